"""Public reads: named columns of approved rows, and nothing else."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Select, and_, bindparam, case, exists, func, or_, select

from comments import schema
from comments.status import Status
from comments.store.database import Database
from comments.store.records import Conversation, PublicComment, ThreadPage
from comments.thread_state import is_burst, is_closed

_comments, _threads, _sites = schema.comments, schema.threads, schema.sites

PAGE_CONVERSATIONS = 50


class Order(StrEnum):
    """Which conversations come first. Replies are always oldest first, as they were said."""

    NEWEST = "newest"
    OLDEST = "oldest"


_THREAD = (
    select(
        _threads.c.id,
        _threads.c.title,
        _threads.c.url,
        _threads.c.version,
        _threads.c.closed_at,
        _threads.c.created_at,
        _threads.c.burst_until,
        _sites.c.close_after_days,
    )
    .join(_sites, _sites.c.id == _threads.c.site_id)
    .where(_sites.c.key == bindparam("site_key"), _threads.c.key == bindparam("thread_key"))
)
_is_public = _comments.c.status == Status.APPROVED.value
_TOTAL = select(func.count()).where(_comments.c.thread_id == bindparam("thread_id"), _is_public)
_COUNTS = (
    select(_threads.c.key, func.count())
    .join(_sites, _sites.c.id == _threads.c.site_id)
    .join(_comments, _comments.c.thread_id == _threads.c.id)
    .where(_sites.c.key == bindparam("site_key"), _threads.c.key.in_(bindparam("keys", expanding=True)), _is_public)
    .group_by(_threads.c.key)
)
_REPLIES = (
    select(
        _comments.c.id,
        _comments.c.parent_id,
        _comments.c.root_id,
        _comments.c.name,
        _comments.c.text,
        _comments.c.created_at,
    )
    .where(
        _comments.c.thread_id == bindparam("thread_id"),
        _is_public,
        _comments.c.root_id.in_(bindparam("roots", expanding=True)),
    )
    .order_by(_comments.c.id)
)
_reply = _comments.alias("reply")
_has_public_reply = exists().where(
    _reply.c.thread_id == _comments.c.thread_id,
    _reply.c.status == Status.APPROVED.value,
    _reply.c.root_id == _comments.c.id,
)


class Threads:
    """The comments under the articles, as anyone may read them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def version(self, site_key: str, thread_key: str) -> int | None:
        """Return the version of what is public in the thread, None when it has no comment yet. One indexed read."""
        with self._database.read() as connection:
            row = connection.execute(_THREAD, {"site_key": site_key, "thread_key": thread_key}).one_or_none()
        return None if row is None else int(row.version)

    def page(
        self,
        site_key: str,
        thread_key: str,
        *,
        order: Order = Order.NEWEST,
        after: int | None = None,
        limit: int = PAGE_CONVERSATIONS,
        now: datetime,
    ) -> ThreadPage:
        """Return one page of conversations. A thread nobody wrote in is an empty page with version 0."""
        with self._database.read() as connection:
            thread = connection.execute(_THREAD, {"site_key": site_key, "thread_key": thread_key}).one_or_none()
            if thread is None:
                return ThreadPage(None, "", "", 0, is_closed=False, total=0, conversations=(), next_after=None)
            roots = connection.execute(_roots(order, after, limit + 1), {"thread_id": thread.id}).all()
            total = connection.execute(_TOTAL, {"thread_id": thread.id}).scalar_one()
            conversations = _conversations(connection, thread.id, roots[:limit])
        return ThreadPage(
            thread_id=thread.id,
            title=thread.title,
            url=thread.url,
            version=thread.version,
            is_closed=is_closed(thread.closed_at, thread.created_at, thread.close_after_days, now),
            is_burst=is_burst(thread.burst_until, now),
            total=total,
            conversations=conversations,
            next_after=roots[limit - 1].id if len(roots) > limit else None,
        )

    def counts(self, site_key: str, thread_keys: list[str]) -> dict[str, int]:
        """Return the number of approved comments for each thread key; 0 for one that is not there."""
        with self._database.read() as connection:
            found = {row[0]: row[1] for row in connection.execute(_COUNTS, {"site_key": site_key, "keys": thread_keys})}
        return {key: found.get(key, 0) for key in thread_keys}


def _roots(order: Order, after: int | None, limit: int) -> Select[Any]:
    """Select top-level comments that are public or have public replies; of the latter only number and time."""
    is_root = and_(_comments.c.thread_id == bindparam("thread_id"), _comments.c.root_id.is_(None))
    statement = select(
        _comments.c.id,
        _is_public.label("is_public"),
        func.coalesce(_public_only(_comments.c.name), "").label("author_name"),
        func.coalesce(_public_only(_comments.c.text), "").label("text"),
        _comments.c.created_at,
    ).where(is_root, or_(_is_public, _has_public_reply))
    if after is not None:
        statement = statement.where(_comments.c.id > after if order is Order.OLDEST else _comments.c.id < after)
    return statement.order_by(_comments.c.id if order is Order.OLDEST else _comments.c.id.desc()).limit(limit)


def _public_only(column: Any) -> Any:
    return case((_is_public, column))


def _conversations(connection: Connection, thread_id: int, roots: Any) -> tuple[Conversation, ...]:
    ids = [row.id for row in roots]
    replies: dict[int, list[PublicComment]] = {root: [] for root in ids}
    for row in connection.execute(_REPLIES, {"thread_id": thread_id, "roots": ids}) if ids else ():
        replies[row.root_id].append(PublicComment(row.id, row.parent_id, row.name, row.text, row.created_at))
    return tuple(
        Conversation(
            PublicComment(row.id, None, row.author_name, row.text, row.created_at, is_gone=not row.is_public),
            tuple(replies[row.id]),
        )
        for row in roots
    )
