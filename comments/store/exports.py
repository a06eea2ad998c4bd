"""Everything of a site, read from one moment and never held in memory as a whole. No hash of anybody is among it."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, bindparam, func, select

from comments import schema
from comments.status import Status
from comments.store.database import Database

_comments, _threads, _decisions = schema.comments, schema.threads, schema.decisions

ROWS_AT_ONCE = 500

_last = _decisions.alias("last")
_LAST_ID = (
    select(func.max(_last.c.id)).where(_last.c.comment_id == _comments.c.id).correlate(_comments).scalar_subquery()
)
_THREADS: Select[Any] = (
    select(
        _threads.c.id,
        _threads.c.key,
        _threads.c.url,
        _threads.c.title,
        _threads.c.section,
        _threads.c.closed_at,
        _threads.c.created_at,
    )
    .where(_threads.c.site_id == bindparam("site_id"))
    .order_by(_threads.c.key)
)
_COMMENTS: Select[Any] = (
    select(
        _comments.c.id,
        _comments.c.parent_id,
        _comments.c.status,
        _comments.c.revision,
        _comments.c.name,
        _comments.c.by_newsroom,
        _comments.c.text,
        _comments.c.language,
        _comments.c.created_at,
        _comments.c.edited_at,
        _comments.c.decided_at,
        _decisions.c.made_by,
        _decisions.c.reason,
        _decisions.c.explanation,
    )
    .select_from(_comments)
    .outerjoin(_decisions, _decisions.c.id == _LAST_ID)
    .where(_comments.c.thread_id == bindparam("thread_id"))
    # The order of an index: a database that sorted would hold all the texts of the thread.
    .order_by(_comments.c.status, _comments.c.root_id, _comments.c.id)
)


@dataclass(frozen=True, slots=True)
class ExportedThread:
    """A thread as a file of ours names it."""

    id: int
    key: str
    url: str
    title: str
    section: str
    closed_at: datetime | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class ExportedComment:
    """A comment with the last decision on it. Its words are as they are kept: who writes them out masks them."""

    id: int
    thread: ExportedThread
    parent_id: int | None
    status: Status
    revision: int
    name: str
    by_newsroom: bool
    text: str
    language: str
    created_at: datetime
    edited_at: datetime | None
    decided_at: datetime | None
    decided_by: str  # reader, policy, moderator, system or import
    reason: str
    explanation: tuple[str, ...]


class Exports:
    """A site's threads and comments for a file."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def stream(self, site_id: int) -> Iterator[ExportedThread | ExportedComment]:
        """Yield every thread, each followed by its comments in no order that means anything, of one moment."""
        with self._database.read() as connection:
            threads = connection.execution_options(yield_per=ROWS_AT_ONCE).execute(_THREADS, {"site_id": site_id})
            for row in threads:
                thread = ExportedThread(*row)
                yield thread
                yield from _comments_of(connection, thread)

    def count(self, site_id: int) -> int:
        """Return how many comments a file will hold."""
        with self._database.read() as connection:
            return connection.execute(select(func.count()).where(_comments.c.site_id == site_id)).scalar_one()


def _comments_of(connection: Connection, thread: ExportedThread) -> Iterator[ExportedComment]:
    rows = connection.execution_options(yield_per=ROWS_AT_ONCE).execute(_COMMENTS, {"thread_id": thread.id})
    for row in rows:
        yield ExportedComment(
            id=row.id,
            thread=thread,
            parent_id=row.parent_id,
            status=Status(row.status),
            revision=row.revision,
            name=row.name,
            by_newsroom=row.by_newsroom,
            text=row.text,
            language=row.language,
            created_at=row.created_at,
            edited_at=row.edited_at,
            decided_at=row.decided_at,
            decided_by=row.made_by or "",
            reason=row.reason or "",
            explanation=tuple(json.loads(row.explanation)) if row.explanation else (),
        )
