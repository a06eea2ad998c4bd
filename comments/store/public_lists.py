"""Approved comments of a site one after another, page by page: what WordPress's REST clients ask for."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, bindparam, func, or_, select

from comments import schema
from comments.status import Status
from comments.store.database import Database
from comments.store.lists import has_status

_comments, _threads, _changes = schema.comments, schema.threads, schema.count_changes


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which approved comments of a site, and in which order. An empty tuple asks for any.

    A parent 0 stands for comments that answer none; ask for it within threads, since no index knows them otherwise.
    """

    site_id: int
    thread_keys: tuple[str, ...] = ()
    parents: tuple[int, ...] = ()
    ids: tuple[int, ...] = ()
    not_ids: tuple[int, ...] = ()
    after: datetime | None = None
    before: datetime | None = None
    by_id: bool = False
    oldest_first: bool = False
    offset: int = 0
    limit: int = 10

    @property
    def is_whole_site(self) -> bool:
        """Say whether every approved comment of the site is wanted."""
        return not (self.thread_keys or self.parents or self.ids or self.not_ids or self.after or self.before)


@dataclass(frozen=True, slots=True)
class ListedComment:
    """An approved comment with the thread it stands in. `text` still holds what was typed: mask it on output."""

    id: int
    parent_id: int | None
    thread_key: str
    thread_url: str
    name: str
    text: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class ListPage:
    """One page, and how many comments the whole list has."""

    comments: tuple[ListedComment, ...]
    total: int


_is_public = has_status(_comments, Status.APPROVED)
_ROWS = (
    select(
        _comments.c.id,
        _comments.c.parent_id,
        _threads.c.key,
        _threads.c.url,
        _comments.c.name.label("author_name"),
        _comments.c.text,
        _comments.c.created_at,
    )
    .join(_threads, _threads.c.id == _comments.c.thread_id)
    .where(_comments.c.id.in_(bindparam("ids", expanding=True)), _is_public)
)
# What the triggers counted: nobody counts a million rows for a page of ten.
_OF_SITE = select(func.coalesce(func.sum(_changes.c.delta), 0)).where(
    _changes.c.site_id == bindparam("site_id"), _changes.c.list == Status.APPROVED.value
)


class PublicLists:
    """What is public, as lists."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def page(self, wanted: Wanted) -> ListPage:
        """Return one page of approved comments."""
        with self._database.read() as connection:
            conditions = _conditions(wanted)
            column = _comments.c.id if wanted.by_id else _comments.c.created_at
            columns = (column, _comments.c.id)  # the number decides between two of the same moment
            order = (each.asc() if wanted.oldest_first else each.desc() for each in columns)
            ids = select(_comments.c.id).where(*conditions).order_by(*order).offset(wanted.offset).limit(wanted.limit)
            found = connection.execute(ids).scalars().all()
            return ListPage(_read(connection, found), _total(connection, wanted, conditions))


def _conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [_comments.c.site_id == wanted.site_id, _is_public]
    if wanted.thread_keys:
        threads = select(_threads.c.id).where(
            _threads.c.site_id == wanted.site_id, _threads.c.key.in_(wanted.thread_keys)
        )
        conditions.append(_comments.c.thread_id.in_(threads))
    if wanted.parents:
        conditions.append(_answers(wanted.parents))
    if wanted.ids:
        conditions.append(_comments.c.id.in_(wanted.ids))
    if wanted.not_ids:
        conditions.append(_comments.c.id.not_in(wanted.not_ids))
    if wanted.after:
        conditions.append(_comments.c.created_at > wanted.after)
    if wanted.before:
        conditions.append(_comments.c.created_at < wanted.before)
    return conditions


def _answers(parents: tuple[int, ...]) -> ColumnElement[bool]:
    """Answers to these comments: found by their conversations, for there is no index of parents."""
    parent = _comments.alias("parent")
    roots = select(func.coalesce(parent.c.root_id, parent.c.id)).where(parent.c.id.in_(parents))
    answers = _comments.c.root_id.in_(roots) & _comments.c.parent_id.in_(parents)
    return or_(_comments.c.root_id.is_(None), answers) if 0 in parents else answers


def _total(connection: Connection, wanted: Wanted, conditions: list[ColumnElement[bool]]) -> int:
    if wanted.is_whole_site:
        return int(connection.execute(_OF_SITE, {"site_id": wanted.site_id}).scalar_one())
    count = select(func.count()).select_from(_comments).where(*conditions)
    return int(connection.execute(count).scalar_one())


def _read(connection: Connection, ids: Any) -> tuple[ListedComment, ...]:
    if not ids:
        return ()
    rows = {row.id: row for row in connection.execute(_ROWS, {"ids": list(ids)})}
    return tuple(
        ListedComment(row.id, row.parent_id, row.key, row.url, row.author_name, row.text, row.created_at)
        for row in (rows[each] for each in ids if each in rows)
    )
