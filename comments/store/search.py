"""Full-text search over names and texts: what a search finds, and how words get into the index and out of it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    FromClause,
    Select,
    and_,
    cast,
    column,
    func,
    literal,
    select,
    table,
    text,
)
from sqlalchemy.dialects.postgresql import TSQUERY

from comments import schema
from comments.search_words import SearchWords, words_of
from comments.status import Status
from comments.store.database import Database
from comments.store.lists import has_status
from comments.store.upsert import upsert

_comments, _texts, _unsearched = schema.comments, schema.search_texts, schema.unsearched

LISTED = (Status.HELD, Status.APPROVED, Status.REJECTED)
# So many in one transaction, a quarter of a second for SQLite's other writers; and so many before others' turn.
INDEXED_AT_ONCE = 250
INDEXED_IN_A_ROW = 2_000
# Pages of 4 KB that one step of a merge writes: some milliseconds in which nobody else can write.
_MERGE_PAGES = 500
# SQLite says that a merge is done by changing no more than this.
_NOTHING_LEFT = 2


def found_ids(
    connection: Connection, words: SearchWords, status: Status
) -> tuple[Select[tuple[int]], ColumnElement[int]]:
    """Return the statement of the comments with this status that have all these words, and its one column."""
    if connection.dialect.name == "sqlite":
        name = f"{schema.FULL_TEXT_PREFIX}{status.value}"
        full_text = table(name, column("rowid", BigInteger), column(name))
        return select(full_text.c.rowid).where(full_text.c[name].op("MATCH")(_sqlite_query(words))), full_text.c.rowid
    # The status is spelled out: it chooses the index, also in a prepared statement.
    return select(_texts.c.comment_id).where(has_status(_texts, status), _matches(words)), _texts.c.comment_id


def has_words(connection: Connection, comments: FromClause, words: SearchWords) -> ColumnElement[bool]:
    """Return the condition that a comment has all these words, for a list that is looked at comment by comment."""
    if connection.dialect.name == "sqlite":
        between_blanks = literal(" ") + _texts.c.words + literal(" ")
        wanted = [f" {word} " for word in words.whole] + ([f" {words.prefix}"] if words.prefix else [])
        conditions = [func.instr(between_blanks, each) > 0 for each in wanted]
    else:
        conditions = [_matches(words)]
    # A value and no join: so it is looked up for the rows that are looked at, and not found out for all beforehand.
    return select(and_(*conditions)).where(_texts.c.comment_id == comments.c.id).scalar_subquery()


def _matches(words: SearchWords) -> ColumnElement[bool]:
    return _texts.c.words.op("@@", is_comparison=True)(cast(_postgres_query(words), TSQUERY))


def _sqlite_query(words: SearchWords) -> str:
    # Only letters and digits get here (search_words.py); the quotes keep a word like "not" from being an operator.
    whole = [f'"{word}"' for word in words.whole]
    return " AND ".join([*whole, f'"{words.prefix}" *'] if words.prefix else whole)


def _postgres_query(words: SearchWords) -> str:
    whole = [f"'{word}'" for word in words.whole]
    return " & ".join([*whole, f"'{words.prefix}':*"] if words.prefix else whole)


def index_words(connection: Connection, rows: Sequence[tuple[int, int, Status, str, str]]) -> None:
    """Make comments findable: (comment id, site id, status, name, text). One that is not in a list any more is not."""
    added: list[dict[str, object]] = [
        {
            "comment_id": comment_id,
            "site_id": site_id,
            "status": status.value,
            "words": _indexed(connection, name, body),
        }
        for comment_id, site_id, status, name, body in rows
        if status in LISTED
    ]
    if added:
        # An edit to the same words changed nothing: they are there.
        add = upsert(connection, _texts)
        connection.execute(add.on_conflict_do_nothing(), added)


def _indexed(connection: Connection, *texts: str) -> str:
    found = words_of(*texts)
    # A tsvector's own text form; nothing but letters and digits stands between the quotes.
    return " ".join(found) if connection.dialect.name == "sqlite" else " ".join(f"'{word}'" for word in found)


class Search:
    """What the sweeper does for the search."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def index_waiting(self, _: datetime, *, limit: int = INDEXED_IN_A_ROW) -> int:
        """Index comments that were decided by older code or imported, or whose words changed. Returns how many.

        Safe to do twice and by two at once: whoever is second finds nothing left of what the first has taken.
        """
        indexed = 0
        while indexed < limit:
            # A look without a lock first: an idle sweeper must not queue up with the writers.
            with self._database.read() as connection:
                if connection.execute(select(_unsearched.c.comment_id).limit(1)).first() is None:
                    break
            with self._database.write() as connection:
                taken = _index_waiting(connection, min(INDEXED_AT_ONCE, limit - indexed))
            indexed += taken
            if not taken:
                break
        return indexed

    def forget_gone(self, _: datetime) -> int:
        """Overwrite the words of comments that were erased or changed, wherever an index still holds them.

        Returns how many comments it was for. SQLite removes a word from a list by writing that it is gone, until lists
        are merged; PostgreSQL's own cleaning does it there. Safe to be killed in: what is not done is done next time.
        """
        if not self._database.is_sqlite:
            return 0
        with self._database.read() as connection:
            until, count = connection.execute(text("SELECT max(id), count(*) FROM gone_words")).one()
        if until is None:
            return 0
        for status in LISTED:
            self._merge(f"{schema.FULL_TEXT_PREFIX}{status.value}")
        with self._database.write() as connection:
            connection.execute(text("DELETE FROM gone_words WHERE id <= :until"), {"until": until})
        return int(count)

    def _merge(self, name: str) -> None:
        """Make one list of all there is; a negative number of pages begins that, a positive one goes on with it."""
        pages = -_MERGE_PAGES
        while True:
            with self._database.write() as connection:
                before = _changes(connection)
                step = f"INSERT INTO {name} ({name}, rank) VALUES ('merge', :pages)"  # noqa: S608 - one of our own names
                connection.execute(text(step), {"pages": pages})
                if _changes(connection) - before < _NOTHING_LEFT:
                    return
            pages = _MERGE_PAGES


def _changes(connection: Connection) -> int:
    return int(connection.execute(text("SELECT total_changes()")).scalar_one())


def _index_waiting(connection: Connection, limit: int) -> int:
    waiting = select(_unsearched.c.comment_id).order_by(_unsearched.c.comment_id).limit(limit)
    ids = connection.execute(waiting).scalars().all()
    listed: Any = (
        select(_comments.c.id, _comments.c.site_id, _comments.c.status, _comments.c.name, _comments.c.text)
        .where(_comments.c.id.in_(ids))
        .order_by(_comments.c.id)
        # A decision must not slip between this look and the index: it would be kept under the list before. The comment
        # comes before its mark, as for whoever decides or edits it; one that somebody has just now is done next time.
        .with_for_update(key_share=True, skip_locked=True)
    )
    rows = connection.execute(listed).all()
    taken = [row.id for row in rows]
    known = set(connection.execute(select(_texts.c.comment_id).where(_texts.c.comment_id.in_(taken))).scalars())
    fresh = [row for row in rows if row.id not in known]
    index_words(connection, [(row.id, row.site_id, Status(row.status), row.name, row.text) for row in fresh])
    connection.execute(_unsearched.delete().where(_unsearched.c.comment_id.in_(taken)))
    return len(taken)


def number_waiting(connection: Connection) -> int:
    """Return how many comments a search cannot find yet."""
    return connection.execute(select(func.count()).select_from(_unsearched)).scalar_one()
