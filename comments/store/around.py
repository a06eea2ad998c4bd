"""The thread around one comment, for a moderator who wants to know what it answers."""

from typing import Any

from sqlalchemy import Connection, Select, and_, literal, select

from comments import schema
from comments.status import Status
from comments.store.cards_records import Around, ThreadAround
from comments.store.records import PublicComment

_comments = schema.comments
_parents = schema.comments.alias("parents")

NEIGHBOURS = 3
MAX_ANCESTORS = 20
# What a moderator may still meet there; what was rejected is no part of the conversation.
_SHOWN = (Status.APPROVED, Status.HELD)
_COLUMNS = (
    _comments.c.id,
    _comments.c.parent_id,
    _comments.c.name,
    _comments.c.text,
    _comments.c.created_at,
    _comments.c.status,
)


def read_around(connection: Connection, comment_id: int) -> ThreadAround:
    """Return the thread around a comment that is there. Four statements."""
    here = (
        select(*_COLUMNS, _comments.c.thread_id, _comments.c.root_id, schema.threads.c.title, schema.threads.c.url)
        .join(schema.threads, schema.threads.c.id == _comments.c.thread_id)
        .where(_comments.c.id == comment_id)
    )
    row = connection.execute(here).one()
    before = connection.execute(_neighbours(row, are_before=True)).all()
    after = connection.execute(_neighbours(row, are_before=False)).all()
    return ThreadAround(
        thread_id=row.thread_id,
        title=row.title,
        url=row.url,
        ancestors=tuple(_around(each) for each in connection.execute(_ancestors(row.parent_id))),
        before=tuple(_around(each) for each in reversed(before)),
        comment=_around(row),
        after=tuple(_around(each) for each in after),
    )


def _neighbours(row: Any, *, are_before: bool) -> Select[Any]:
    """Select the nearest ones of the conversation, or of the conversations' beginnings for one that began one."""
    side = _comments.c.id < row.id if are_before else _comments.c.id > row.id
    begins = and_(_comments.c.thread_id == row.thread_id, _comments.c.root_id.is_(None))
    place = begins if row.root_id is None else _comments.c.root_id == row.root_id
    near = select(*_COLUMNS).where(place, side, _comments.c.status.in_([status.value for status in _SHOWN]))
    return near.order_by(_comments.c.id.desc() if are_before else _comments.c.id).limit(NEIGHBOURS)


def _ancestors(parent_id: int | None) -> Select[Any]:
    """Select what a comment replies to, and what that replies to, the beginning first."""
    chain = select(_comments.c.id, _comments.c.parent_id, literal(1).label("depth")).where(_comments.c.id == parent_id)
    ancestors = chain.cte("ancestors", recursive=True)
    ancestors = ancestors.union_all(
        select(_parents.c.id, _parents.c.parent_id, ancestors.c.depth + 1).where(
            _parents.c.id == ancestors.c.parent_id, ancestors.c.depth < MAX_ANCESTORS
        )
    )
    return select(*_COLUMNS).join(ancestors, ancestors.c.id == _comments.c.id).order_by(ancestors.c.depth.desc())


def _around(row: Any) -> Around:
    comment = PublicComment(row.id, row.parent_id, row.name, row.text, row.created_at)
    return Around(comment, Status(row.status))
