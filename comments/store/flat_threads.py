"""A thread two levels deep, by offset: what Isso's clients ask for. Every reply stands below its conversation."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, and_, bindparam, case, exists, func, or_, select

from comments import schema
from comments.status import Status
from comments.store.database import Database
from comments.store.lists import has_status
from comments.store.records import PublicComment

_comments, _threads, _sites = schema.comments, schema.threads, schema.sites


@dataclass(frozen=True, slots=True)
class Slice:
    """Which part of a thread: `parent` asks for the replies of one conversation, None for conversations."""

    parent: int | None = None
    offset: int = 0
    limit: int = 50
    nested_limit: int = 50
    after: datetime | None = None
    oldest_first: bool = True


@dataclass(frozen=True, slots=True)
class FlatComment:
    """A comment with the first of its replies, and how many replies are public."""

    comment: PublicComment
    replies: tuple[PublicComment, ...] = ()
    reply_count: int = 0


@dataclass(frozen=True, slots=True)
class FlatPage:
    """One part of a thread. `total` counts approved comments of the whole thread or of the parent's replies;

    `level` counts what stands at this level, also the places of comments that are gone but were answered.
    """

    comments: tuple[FlatComment, ...]
    total: int
    level: int


_is_public = has_status(_comments, Status.APPROVED)
_in_thread = _comments.c.thread_id == bindparam("thread_id")
_reply = _comments.alias("reply")
_has_public_reply = exists().where(
    _reply.c.thread_id == _comments.c.thread_id,
    _reply.c.status == Status.APPROVED.value,
    _reply.c.root_id == _comments.c.id,
)
_is_root = and_(_in_thread, _comments.c.root_id.is_(None), or_(_is_public, _has_public_reply))
_is_reply = and_(_in_thread, _is_public, _comments.c.root_id == bindparam("parent"))
_THREAD = (
    select(_threads.c.id)
    .join(_sites, _sites.c.id == _threads.c.site_id)
    .where(_sites.c.key == bindparam("site_key"), _threads.c.key == bindparam("thread_key"))
)
_TOTAL = select(func.count()).select_from(_comments).where(_in_thread, _is_public)
_ROOTS = select(func.count()).select_from(_comments).where(_is_root)
_REPLIES = select(func.count()).select_from(_comments).where(_is_reply)
_WORDS = select(
    _comments.c.id,
    _comments.c.root_id,
    _is_public.label("is_public"),
    func.coalesce(case((_is_public, _comments.c.name)), "").label("author_name"),
    func.coalesce(case((_is_public, _comments.c.text)), "").label("text"),
    _comments.c.created_at,
).where(_comments.c.id.in_(bindparam("ids", expanding=True)))
_REPLY_COUNTS = (
    select(_comments.c.root_id, func.count())
    .where(_in_thread, _is_public, _comments.c.root_id.in_(bindparam("roots", expanding=True)))
    .group_by(_comments.c.root_id)
)


class FlatThreads:
    """The comments under the articles, as Isso has them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def page(self, site_key: str, thread_key: str, part: Slice) -> FlatPage:
        """Return one part of a thread; an empty one of a thread nobody wrote in."""
        with self._database.read() as connection:
            keys = {"site_key": site_key, "thread_key": thread_key}
            thread_id = connection.execute(_THREAD, keys).scalar_one_or_none()
            if thread_id is None:
                return FlatPage((), 0, 0)
            if part.parent is None:
                return _conversations(connection, thread_id, part)
            return _replies(connection, thread_id, part)


def _conversations(connection: Connection, thread_id: int, part: Slice) -> FlatPage:
    thread = {"thread_id": thread_id}
    roots = connection.execute(_cut(select(_comments.c.id).where(_is_root), part), thread).scalars().all()
    counts = {row[0]: row[1] for row in connection.execute(_REPLY_COUNTS, {**thread, "roots": list(roots)})}
    nested = connection.execute(_first_replies(part), {**thread, "roots": list(roots)}).scalars().all()
    words = _read(connection, [*roots, *nested])
    inside: dict[int, list[PublicComment]] = {root: [] for root in roots}
    for each in nested:
        if each in words:  # else it was taken back since
            inside[words[each].parent_id or 0].append(words[each])
    return FlatPage(
        tuple(FlatComment(words[root], tuple(inside[root]), counts.get(root, 0)) for root in roots if root in words),
        total=connection.execute(_TOTAL, thread).scalar_one(),
        level=connection.execute(_ROOTS, thread).scalar_one(),
    )


def _replies(connection: Connection, thread_id: int, part: Slice) -> FlatPage:
    keys = {"thread_id": thread_id, "parent": part.parent}
    ids = connection.execute(_cut(select(_comments.c.id).where(_is_reply), part), keys).scalars().all()
    words = _read(connection, ids)
    total = connection.execute(_REPLIES, keys).scalar_one()
    return FlatPage(tuple(FlatComment(words[each]) for each in ids if each in words), total, total)


def _cut(statement: Select[Any], part: Slice) -> Select[Any]:
    if part.after:
        statement = statement.where(_comments.c.created_at > part.after)
    return statement.order_by(*_in_order(part, _comments.c)).offset(part.offset).limit(part.limit)


def _first_replies(part: Slice) -> Select[Any]:
    """Select the first replies of each conversation in `roots`, in order."""
    order = _in_order(part, _comments.c)
    place = func.row_number().over(partition_by=_comments.c.root_id, order_by=order).label("place")
    statement = select(_comments.c.id, _comments.c.created_at, place).where(
        _in_thread, _is_public, _comments.c.root_id.in_(bindparam("roots", expanding=True))
    )
    if part.after:
        statement = statement.where(_comments.c.created_at > part.after)
    ranked = statement.subquery()
    first = select(ranked.c.id).where(ranked.c.place <= part.nested_limit)
    return first.order_by(*_in_order(part, ranked.c))


def _in_order(part: Slice, columns: Any) -> list[Any]:
    """Return the order by time, then by number: what was imported has a later number than what is newer."""
    order = [columns.created_at, columns.id]
    return order if part.oldest_first else [each.desc() for each in order]


def _read(connection: Connection, ids: Sequence[int]) -> dict[int, PublicComment]:
    """Return comments by number, without words where they are gone. Their parent is the conversation's first one."""
    if not ids:
        return {}
    return {
        row.id: PublicComment(row.id, row.root_id, row.author_name, row.text, row.created_at, is_gone=not row.is_public)
        for row in connection.execute(_WORDS, {"ids": list(ids)})
    }
