"""What was published last, on a site or in one thread, for feeds: named columns of approved rows, and nothing else."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Connection, bindparam, select, type_coerce

from comments import schema
from comments.status import Status
from comments.store.database import Database
from comments.store.lists import Sorting, cursor_of, has_status

_comments, _threads, _sites = schema.comments, schema.threads, schema.sites

PAGE_ENTRIES = 50


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """One published comment. Name and text still hold what was typed: mask addresses on output."""

    id: int
    parent_id: int | None
    name: str
    text: str
    language: str
    created_at: datetime
    published_at: datetime
    by_newsroom: bool
    thread_key: str
    thread_url: str
    thread_title: str


@dataclass(frozen=True, slots=True)
class FeedPage:
    """One page of a feed, what was published last first. `next_before` is the cursor of the next, None on the last.

    `begun_at` is when the site or the thread began: the time of a feed in which nothing has happened.
    """

    site_begun_at: datetime
    begun_at: datetime
    title: str
    url: str
    entries: tuple[FeedEntry, ...]
    next_before: str | None


_SITE = select(_sites.c.id, _sites.c.created_at).where(_sites.c.key == bindparam("site_key"))
_THREAD = select(_threads.c.id, _threads.c.title, _threads.c.url, _threads.c.created_at).where(
    _threads.c.site_id == bindparam("site_id"), _threads.c.key == bindparam("thread_key")
)
_ENTRIES = (
    select(
        _comments.c.id,
        _comments.c.parent_id,
        _comments.c.name.label("author_name"),
        _comments.c.text,
        _comments.c.language,
        _comments.c.created_at,
        _comments.c.decided_at,
        type_coerce(_comments.c.decided_at, BigInteger).label("moment"),
        _comments.c.by_newsroom,
        _threads.c.key.label("thread_key"),
        _threads.c.url,
        _threads.c.title,
    )
    .join(_threads, _threads.c.id == _comments.c.thread_id)
    .where(has_status(_comments, Status.APPROVED))
)
_LATEST_FIRST = Sorting((type_coerce(_comments.c.decided_at, BigInteger), _comments.c.id), descending=True)


class Feeds:
    """What was published last."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def page(
        self,
        site_key: str,
        thread_key: str | None,
        *,
        before: str | None = None,
        limit: int = PAGE_ENTRIES,
    ) -> FeedPage | None:
        """Return a page of a site's feed, or of one thread's. None for a site that is not there.

        A thread nobody wrote in has a feed without entries, as old as its site.
        """
        with self._database.read() as connection:
            site = connection.execute(_SITE, {"site_key": site_key}).one_or_none()
            if site is None:
                return None
            if thread_key is None:
                rows = _latest(connection, _comments.c.site_id == site.id, before, limit)
                return _page(rows, limit, site.created_at, site)
            named = {"site_id": site.id, "thread_key": thread_key}
            thread = connection.execute(_THREAD, named).one_or_none()
            if thread is None:
                return FeedPage(site.created_at, site.created_at, "", "", (), None)
            rows = _latest(connection, _comments.c.thread_id == thread.id, before, limit)
            return _page(rows, limit, site.created_at, thread, title=thread.title, url=thread.url)


def _latest(connection: Connection, where: ColumnElement[bool], before: str | None, limit: int) -> Sequence[Any]:
    """Return the entries of a page and one more, which tells whether another page follows."""
    return connection.execute(_LATEST_FIRST.behind(_ENTRIES.where(where), before).limit(limit + 1)).all()


def _page(
    rows: Sequence[Any], limit: int, site_begun_at: datetime, of: Any, *, title: str = "", url: str = ""
) -> FeedPage:
    shown = rows[:limit]
    return FeedPage(
        site_begun_at=site_begun_at,
        begun_at=of.created_at,
        title=title,
        url=url,
        entries=tuple(_entry(row) for row in shown),
        next_before=cursor_of(shown[-1].moment, shown[-1].id) if len(rows) > limit else None,
    )


def _entry(row: Any) -> FeedEntry:
    return FeedEntry(
        id=row.id,
        parent_id=row.parent_id,
        name=row.author_name,
        text=row.text,
        language=row.language,
        created_at=row.created_at,
        published_at=row.decided_at,
        by_newsroom=row.by_newsroom,
        thread_key=row.thread_key,
        thread_url=row.url,
        thread_title=row.title,
    )
