"""Triggers of revision 0003: every change of a comment's list is written down, also by older code and by imports.

A pending comment is in no list, so that keeping a submission costs what it did.
"""

_INTO = "INSERT INTO count_changes (site_id, list, suspected, delta)"
_IS_OTHER = """
(OLD.status <> NEW.status OR OLD.suspected <> NEW.suspected OR OLD.site_id <> NEW.site_id)
"""
# A comment of the audit sample that nobody has judged is in that list while it is public.
_DRAWN = "FROM audit_samples WHERE comment_id = {row}.id AND decided_at IS NULL AND {row}.status = 'approved'"


def _left(row: str) -> str:
    drawn = _DRAWN.format(row=row)
    return f"""
    {_INTO} SELECT {row}.site_id, {row}.status, {row}.suspected, -1 WHERE {row}.status <> 'pending';
    {_INTO} SELECT {row}.site_id, 'audit', '', -1 {drawn};
    """


def _joined(row: str) -> str:
    drawn = _DRAWN.format(row=row)
    return f"""
    {_INTO} SELECT {row}.site_id, {row}.status, {row}.suspected, 1 WHERE {row}.status <> 'pending';
    {_INTO} SELECT {row}.site_id, 'audit', '', 1 {drawn};
    """


def _of_sample(row: str, sign: str) -> str:
    public = f"FROM comments WHERE id = {row}.comment_id AND status = 'approved'"
    return f"{_INTO} SELECT site_id, 'audit', '', {sign}1 {public};"


# (name, when, on which table, condition, statements). Before a deletion, because what hangs on a comment goes with it.
_TRIGGERS: tuple[tuple[str, str, str, str, str], ...] = (
    ("count_new_comment", "AFTER INSERT", "comments", "NEW.status <> 'pending'", _joined("NEW")),
    (
        "count_moved_comment",
        "AFTER UPDATE OF status, suspected, site_id",
        "comments",
        _IS_OTHER,
        _left("OLD") + _joined("NEW"),
    ),
    ("count_gone_comment", "BEFORE DELETE", "comments", "OLD.status <> 'pending'", _left("OLD")),
    ("count_new_sample", "AFTER INSERT", "audit_samples", "NEW.decided_at IS NULL", _of_sample("NEW", "")),
    (
        "count_judged_sample",
        "AFTER UPDATE OF decided_at",
        "audit_samples",
        "OLD.decided_at IS NULL AND NEW.decided_at IS NOT NULL",
        _of_sample("NEW", "-"),
    ),
    (
        "count_unjudged_sample",
        "AFTER UPDATE OF decided_at",
        "audit_samples",
        "OLD.decided_at IS NOT NULL AND NEW.decided_at IS NULL",
        _of_sample("NEW", ""),
    ),
    ("count_gone_sample", "AFTER DELETE", "audit_samples", "OLD.decided_at IS NULL", _of_sample("OLD", "-")),
)
_COUNT_NOW = (
    f"""
    {_INTO} SELECT site_id, status, suspected, count(*) FROM comments WHERE status <> 'pending'
    GROUP BY site_id, status, suspected
    """,  # noqa: S608 - put together from this file alone
    f"""
    {_INTO} SELECT comments.site_id, 'audit', '', count(*) FROM audit_samples
    JOIN comments ON comments.id = audit_samples.comment_id
    WHERE audit_samples.decided_at IS NULL AND comments.status = 'approved' GROUP BY comments.site_id
    """,  # noqa: S608 - as above
)


def on_sqlite(name: str, when: str, table: str, condition: str, body: str) -> tuple[str, ...]:
    """Return the statement that makes a trigger of SQLite."""
    return (f"CREATE TRIGGER {name} {when} ON {table} FOR EACH ROW WHEN {condition} BEGIN {body} END",)


def on_postgresql(name: str, when: str, table: str, condition: str, body: str) -> tuple[str, ...]:
    """Return the statements that make a function and a trigger of PostgreSQL."""
    back = "OLD" if when.startswith("BEFORE DELETE") else "NULL"
    return (
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} RETURN {back}; END $$",
        f"CREATE TRIGGER {name} {when} ON {table} FOR EACH ROW WHEN ({condition}) EXECUTE FUNCTION {name}()",
    )


BEGIN = {
    "sqlite": (*_COUNT_NOW, *(made for trigger in _TRIGGERS for made in on_sqlite(*trigger))),
    "postgresql": (*_COUNT_NOW, *(made for trigger in _TRIGGERS for made in on_postgresql(*trigger))),
}
END = {
    "sqlite": tuple(f"DROP TRIGGER {name}" for name, *_ in _TRIGGERS),
    "postgresql": tuple(
        statement
        for name, _, table, *_ in _TRIGGERS
        for statement in (f"DROP TRIGGER {name} ON {table}", f"DROP FUNCTION {name}()")
    ),
}
