"""Triggers and full-text tables of revision 0003: the words of a comment follow it from list to list and go with it.

The words themselves come from the store, which takes the addresses out first: no trigger reads a comment's text.
"""

from comments.migrations.counting import on_postgresql, on_sqlite

# One full-text table for each list: a word that everybody uses is found among the held without a look at the others.
LISTS = ("held", "approved", "rejected")
_IS_LISTED = "{row}.status IN ('held', 'approved', 'rejected')"
_HAVE_NO_WORDS = """
NOT EXISTS (SELECT 1 FROM search_texts WHERE comment_id = NEW.id)
AND NOT EXISTS (SELECT 1 FROM unsearched WHERE comment_id = NEW.id)
"""
_ASK_FOR_WORDS = f"""
INSERT INTO unsearched (comment_id) SELECT NEW.id WHERE {_IS_LISTED.format(row="NEW")} AND {_HAVE_NO_WORDS};
"""
_FORGET_WORDS = """
DELETE FROM search_texts WHERE comment_id = NEW.id;
DELETE FROM unsearched WHERE comment_id = NEW.id;
"""
_TRIGGERS: tuple[tuple[str, str, str, str, str], ...] = (
    ("search_new_comment", "AFTER INSERT", "comments", _IS_LISTED.format(row="NEW"), _ASK_FOR_WORDS),
    (
        "search_moved_comment",
        "AFTER UPDATE OF status, site_id",
        "comments",
        f"(OLD.status <> NEW.status OR OLD.site_id <> NEW.site_id) AND {_IS_LISTED.format(row='NEW')}",
        f"""
        UPDATE search_texts SET status = NEW.status, site_id = NEW.site_id WHERE comment_id = NEW.id;
        {_ASK_FOR_WORDS}
        """,  # noqa: S608 - put together from this file alone
    ),
    (
        "search_unlisted_comment",
        "AFTER UPDATE OF status",
        "comments",
        f"NOT {_IS_LISTED.format(row='NEW')}",
        _FORGET_WORDS,
    ),
    (
        "search_other_words",
        "AFTER UPDATE OF text, name",
        "comments",
        "(OLD.text <> NEW.text OR OLD.name <> NEW.name)",
        _FORGET_WORDS + _ASK_FOR_WORDS,
    ),
    (
        "search_found_words",
        "AFTER INSERT",
        "search_texts",
        "NEW.comment_id IS NOT NULL",
        "DELETE FROM unsearched WHERE comment_id = NEW.comment_id;",
    ),
)


def _full_text(status: str) -> tuple[str, ...]:
    """Return the full-text table of one list and what keeps it. Its tokenizer splits at blanks alone."""
    table = f"words_{status}"
    add = f"INSERT INTO {table} (rowid, words) VALUES (NEW.comment_id, NEW.words);"  # noqa: S608 - as above
    remove = f"INSERT INTO {table} ({table}, rowid, words) VALUES ('delete', OLD.comment_id, OLD.words);"  # noqa: S608 - as above
    left = f"OLD.status = '{status}' AND (NEW.status <> OLD.status OR NEW.words <> OLD.words)"
    joined = f"NEW.status = '{status}' AND (NEW.status <> OLD.status OR NEW.words <> OLD.words)"
    return (
        f"CREATE VIRTUAL TABLE {table} USING fts5(words, content='', detail=none, tokenize='ascii')",
        *on_sqlite(f"{table}_new", "AFTER INSERT", "search_texts", f"NEW.status = '{status}'", add),
        *on_sqlite(f"{table}_gone", "AFTER DELETE", "search_texts", f"OLD.status = '{status}'", remove),
        *on_sqlite(f"{table}_left", "AFTER UPDATE OF status, words", "search_texts", left, remove),
        *on_sqlite(f"{table}_joined", "AFTER UPDATE OF status, words", "search_texts", joined, add),
    )


# Full-text tables keep a removed word until they are merged: erasing leaves a mark for who does that (store/search.py).
_MARK = on_sqlite(
    "search_words_gone",
    "AFTER DELETE",
    "search_texts",
    "OLD.comment_id IS NOT NULL",
    "INSERT INTO gone_words (comment_id) VALUES (OLD.comment_id);",
)
_ASK_FOR_ALL = (
    "INSERT INTO unsearched (comment_id) SELECT id FROM comments WHERE status IN ('held', 'approved', 'rejected')"
)
BEGIN = {
    "sqlite": (
        "CREATE TABLE gone_words (id INTEGER PRIMARY KEY, comment_id INTEGER NOT NULL)",
        *(statement for status in LISTS for statement in _full_text(status)),
        *_MARK,
        *(made for trigger in _TRIGGERS for made in on_sqlite(*trigger)),
        _ASK_FOR_ALL,
    ),
    "postgresql": (
        # Of how many comments a word is in, the planner must know more than of the hundred commonest: taking a rare
        # word for a common one, it would go through a million comments from the newest on.
        "ALTER TABLE search_texts ALTER COLUMN words SET STATISTICS 1000",
        *(
            f"CREATE INDEX ix_search_texts_{status} ON search_texts USING gin (words) WITH (fastupdate = off) "
            f"WHERE status = '{status}'"
            for status in LISTS
        ),
        *(made for trigger in _TRIGGERS for made in on_postgresql(*trigger)),
        _ASK_FOR_ALL,
    ),
}
END = {
    "sqlite": (
        *(f"DROP TRIGGER {name}" for name, *_ in _TRIGGERS),
        "DROP TRIGGER search_words_gone",
        *(f"DROP TRIGGER words_{status}_{end}" for status in LISTS for end in ("new", "gone", "left", "joined")),
        *(f"DROP TABLE words_{status}" for status in LISTS),
        "DROP TABLE gone_words",
    ),
    "postgresql": tuple(
        statement
        for name, _, table, *_ in _TRIGGERS
        for statement in (f"DROP TRIGGER {name} ON {table}", f"DROP FUNCTION {name}()")
    ),
}
