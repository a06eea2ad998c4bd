"""Public reads: named columns of approved rows, and nothing else."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    bindparam,
    case,
    exists,
    func,
    literal,
    or_,
    select,
    tuple_,
)

from comments import schema
from comments.status import Status
from comments.store.database import Database
from comments.store.records import Conversation, PublicComment, ThreadPage
from comments.thread_state import is_burst, is_closed

_comments, _threads, _sites = schema.comments, schema.threads, schema.sites

PAGE_CONVERSATIONS = 50
# Of each conversation on a page of many; the rest is a link away. A conversation by itself shows more at a time.
SHOWN_REPLIES = 20
PAGE_REPLIES = 100


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
_VERSION = _THREAD.with_only_columns(_threads.c.version)
_NO_THREAD = ThreadPage(None, "", "", 0, is_closed=False, total=0, conversations=(), next_after=None)
# By time, then by number: what was imported has a later number than what is newer.
_AS_WRITTEN = (_comments.c.created_at, _comments.c.id)
_is_public = _comments.c.status == Status.APPROVED.value
_TOTAL = select(func.count()).where(_comments.c.thread_id == bindparam("thread_id"), _is_public)
_COUNTS = (
    select(_threads.c.key, func.count())
    .join(_sites, _sites.c.id == _threads.c.site_id)
    .join(_comments, _comments.c.thread_id == _threads.c.id)
    .where(_sites.c.key == bindparam("site_key"), _threads.c.key.in_(bindparam("keys", expanding=True)), _is_public)
    .group_by(_threads.c.key)
)
_REPLY = (
    _comments.c.id,
    _comments.c.parent_id,
    _comments.c.root_id,
    _comments.c.name,
    _comments.c.text,
    _comments.c.created_at,
    _comments.c.by_newsroom,
    _comments.c.language,
)
_numbered = (
    select(
        _comments.c.id,
        func.row_number().over(partition_by=_comments.c.root_id, order_by=_AS_WRITTEN).label("place"),
        func.count().over(partition_by=_comments.c.root_id).label("reply_count"),
    )
    .where(
        _comments.c.thread_id == bindparam("thread_id"),
        _is_public,
        _comments.c.root_id.in_(bindparam("roots", expanding=True)),
    )
    .subquery("numbered")
)
# An index numbers the replies; only the texts of those that are shown are read.
_FIRST_REPLIES = (
    select(*_REPLY, _numbered.c.reply_count)
    .join(_numbered, _numbered.c.id == _comments.c.id)
    .where(_numbered.c.place <= bindparam("most"))
    .order_by(*_AS_WRITTEN)
)
_of_root = (
    _comments.c.thread_id == bindparam("thread_id"),
    _is_public,
    _comments.c.root_id == bindparam("root_id"),
)
_NEXT_REPLIES = select(*_REPLY).where(*_of_root).order_by(*_AS_WRITTEN)
_REPLY_COUNT = select(func.count()).where(*_of_root)
_BEFORE_REPLY = select(_comments.c.id).where(*_of_root).order_by(*(each.desc() for each in _AS_WRITTEN)).limit(1)
# Of the comments answered on a page those that are not on it stand on a page before.
_EARLIER = select(_comments.c.id, _comments.c.name).where(
    *_of_root, _comments.c.id.in_(bindparam("answered", expanding=True))
)
_PLACE = (
    select(
        _threads.c.key,
        _comments.c.thread_id,
        _comments.c.root_id,
    )
    .join(_threads, _threads.c.id == _comments.c.thread_id)
    .join(_sites, _sites.c.id == _threads.c.site_id)
    .where(_sites.c.key == bindparam("site_key"), _comments.c.id == bindparam("comment_id"), _is_public)
)
_reply = _comments.alias("reply")
_has_public_reply = exists().where(
    _reply.c.thread_id == _comments.c.thread_id,
    _reply.c.status == Status.APPROVED.value,
    _reply.c.root_id == _comments.c.id,
)


@dataclass(frozen=True, slots=True)
class CommentPlace:
    """Where a public comment stands: its thread, the conversation, and the cursors of the pages that begin with it.

    `after_root` is a cursor of the thread, the newest first, `after_reply` one of the conversation; None for the first.
    """

    thread_key: str
    root_id: int
    after_root: int | None
    after_reply: int | None


class Threads:
    """The comments under the articles, as anyone may read them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def version(self, site_key: str, thread_key: str) -> int | None:
        """Return the version of what is public in the thread, None when it has no comment yet. One indexed read."""
        row = self._database.glance(_VERSION, {"site_key": site_key, "thread_key": thread_key})
        return None if row is None else int(row[0])

    def page(
        self,
        site_key: str,
        thread_key: str,
        *,
        order: Order = Order.NEWEST,
        after: int | None = None,
        limit: int = PAGE_CONVERSATIONS,
        replies: int = SHOWN_REPLIES,
        now: datetime,
    ) -> ThreadPage:
        """Return one page of conversations, each with its first `replies`.

        A thread nobody wrote in is an empty page with version 0.
        """
        with self._database.read() as connection:
            thread = connection.execute(_THREAD, {"site_key": site_key, "thread_key": thread_key}).one_or_none()
            if thread is None:
                return _NO_THREAD
            roots = connection.execute(_roots(order, after, limit + 1), {"thread_id": thread.id}).all()
            conversations = _conversations(connection, thread.id, roots[:limit], replies)
            next_after = roots[limit - 1].id if len(roots) > limit else None
            return _page(connection, thread, conversations, next_after, now)

    def conversation(
        self,
        site_key: str,
        thread_key: str,
        root_id: int,
        *,
        after: int | None = None,
        limit: int = PAGE_REPLIES,
        now: datetime,
    ) -> ThreadPage:
        """Return one conversation of a thread with a page of its replies; no conversation where there is none.

        `root_id` is the comment that began it, `after` the last reply of the page before.
        """
        with self._database.read() as connection:
            thread = connection.execute(_THREAD, {"site_key": site_key, "thread_key": thread_key}).one_or_none()
            if thread is None:
                return _NO_THREAD
            found = _roots(Order.OLDEST, None, 1).where(_comments.c.id == root_id)
            root = connection.execute(found, {"thread_id": thread.id}).one_or_none()
            if root is None:
                return _page(connection, thread, (), None, now)
            shown = _conversation(connection, thread.id, root, after, limit)
            return _page(connection, thread, (shown,), shown.next_after, now)

    def place_of(self, site_key: str, comment_id: int) -> CommentPlace | None:
        """Return where a public comment of the site stands; None for every other one, whatever became of it."""
        with self._database.read() as connection:
            row = connection.execute(_PLACE, {"site_key": site_key, "comment_id": comment_id}).one_or_none()
            if row is None:
                return None
            root_id = row.root_id or comment_id
            ids = {"thread_id": row.thread_id, "root_id": root_id}
            newer = _roots(Order.OLDEST, root_id, 1).with_only_columns(_comments.c.id)
            after_root = connection.execute(newer, {"thread_id": row.thread_id}).scalar_one_or_none()
            before = _BEFORE_REPLY.where(_is_behind(Order.NEWEST, comment_id))
            after_reply = connection.execute(before, ids).scalar_one_or_none() if row.root_id else None
        return CommentPlace(row.key, root_id, after_root, after_reply)

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
        and_(_is_public, _comments.c.by_newsroom).label("by_newsroom"),
        func.coalesce(_public_only(_comments.c.language), "").label("spoken"),
    ).where(is_root, or_(_is_public, _has_public_reply))
    if after is not None:
        statement = statement.where(_is_behind(order, after))
    in_order = _AS_WRITTEN if order is Order.OLDEST else [each.desc() for each in _AS_WRITTEN]
    return statement.order_by(*in_order).limit(limit)


def _is_behind(order: Order, after: int) -> ColumnElement[bool]:
    """Return the condition that a comment comes after that one, which may have been taken down meanwhile."""
    place, last = tuple_(*_AS_WRITTEN), _comments.alias("last")
    its_place = tuple_(select(last.c.created_at).where(last.c.id == after).scalar_subquery(), literal(after))
    return place > its_place if order is Order.OLDEST else place < its_place


def _public_only(column: Any) -> Any:
    return case((_is_public, column))


def _page(
    connection: Connection, thread: Any, conversations: tuple[Conversation, ...], next_after: int | None, now: datetime
) -> ThreadPage:
    return ThreadPage(
        thread_id=thread.id,
        title=thread.title,
        url=thread.url,
        version=thread.version,
        is_closed=is_closed(thread.closed_at, thread.created_at, thread.close_after_days, now),
        is_burst=is_burst(thread.burst_until, now),
        total=connection.execute(_TOTAL, {"thread_id": thread.id}).scalar_one(),
        conversations=conversations,
        next_after=next_after,
    )


def _conversations(connection: Connection, thread_id: int, roots: Any, most: int) -> tuple[Conversation, ...]:
    ids = [row.id for row in roots]
    replies: dict[int, list[PublicComment]] = {root: [] for root in ids}
    counts: dict[int, int] = {}
    values = {"thread_id": thread_id, "roots": ids, "most": most}
    for row in connection.execute(_FIRST_REPLIES, values) if ids else ():
        replies[row.root_id].append(_reply_of(row))
        counts[row.root_id] = row.reply_count
    return tuple(
        Conversation(
            _root_of(row),
            tuple(replies[row.id]),
            reply_count=counts.get(row.id, 0),
            next_after=replies[row.id][-1].id if counts.get(row.id, 0) > most else None,
        )
        for row in roots
    )


def _conversation(connection: Connection, thread_id: int, root: Any, after: int | None, limit: int) -> Conversation:
    values = {"thread_id": thread_id, "root_id": root.id}
    replies = _NEXT_REPLIES if after is None else _NEXT_REPLIES.where(_is_behind(Order.OLDEST, after))
    found = connection.execute(replies.limit(limit + 1), values).all()
    shown = found[:limit]
    answered = {row.parent_id for row in shown} - {row.id for row in shown} - {root.id}
    earlier = connection.execute(_EARLIER, {**values, "answered": sorted(answered)}) if after is not None else ()
    return Conversation(
        _root_of(root),
        tuple(_reply_of(row) for row in shown),
        reply_count=connection.execute(_REPLY_COUNT, values).scalar_one(),
        next_after=shown[-1].id if len(found) > limit else None,
        earlier={row.id: row.name for row in earlier},
    )


def _root_of(row: Any) -> PublicComment:
    return PublicComment(
        row.id,
        None,
        row.author_name,
        row.text,
        row.created_at,
        is_gone=not row.is_public,
        by_newsroom=row.by_newsroom,
        language=row.spoken,
    )


def _reply_of(row: Any) -> PublicComment:
    return PublicComment(
        row.id,
        row.parent_id,
        row.name,
        row.text,
        row.created_at,
        by_newsroom=row.by_newsroom,
        language=row.language,
    )
