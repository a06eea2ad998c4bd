"""The lists of the desk, page by page: which comments are in one, in which order, and exactly how many."""

from datetime import datetime

from sqlalchemy import Connection, Select, func, select

from comments import schema
from comments.status import Status
from comments.store.cards import read_cards
from comments.store.records import QueuePage

_comments = schema.comments


def with_status(status: Status) -> Select[int]:
    """Return the statement of the comments with this status."""
    return select(_comments.c.id).where(_comments.c.status == status.value)


def of_site(inside: Select[int], site_key: str) -> Select[int]:
    """Return the statement of those of one site; of all sites when the key is empty."""
    if not site_key:
        return inside
    site_id = select(schema.sites.c.id).where(schema.sites.c.key == site_key).scalar_subquery()
    return inside.where(_comments.c.site_id == site_id)


def number_of(connection: Connection, inside: Select[int]) -> int:
    """Return how many comments the statement finds."""
    return connection.execute(select(func.count()).select_from(inside.subquery())).scalar_one()


def read_page(
    connection: Connection,
    inside: Select[int],
    *,
    now: datetime,
    limit: int,
    after: int | None = None,
    newest_first: bool = False,
) -> QueuePage:
    """Return up to `limit` cards in the order of their numbers, from behind the comment `after` on."""
    total = number_of(connection, inside)
    oldest = select(func.min(_comments.c.created_at)).where(_comments.c.id.in_(inside))
    # One more than is shown tells whether another page follows.
    ids = connection.execute(_ordered(inside, after, newest_first=newest_first).limit(limit + 1)).scalars().all()
    return QueuePage(
        total=total,
        oldest_at=connection.execute(oldest).scalar_one() if total else None,
        cards=read_cards(connection, ids[:limit], now),
        next_after=ids[limit - 1] if len(ids) > limit else None,
    )


def _ordered(inside: Select[int], after: int | None, *, newest_first: bool) -> Select[int]:
    if after is not None:
        inside = inside.where(_comments.c.id < after if newest_first else _comments.c.id > after)
    return inside.order_by(_comments.c.id.desc() if newest_first else _comments.c.id)
