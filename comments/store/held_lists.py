"""The lists of what waits for a person. A campaign is one card: its first comment, with the number of the others."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, FromClause, Select, func, or_, select

from comments import schema
from comments.queue_query import Order
from comments.search_words import SearchWords
from comments.status import Status
from comments.store.cards import Alike
from comments.store.lists import Asked, Sorting, cursor_of, has_status, of_age, of_kind, of_sites
from comments.store.search import found_ids, has_words

_comments = schema.comments
_others = schema.comments.alias("others")

# When so many have the words, the first page of them is soon found by looking at one comment after the other.
MANY = 500
# The conditions of a search without any other filter: the status and the words.
_WORDS_ALONE = 2


@dataclass(frozen=True, slots=True)
class Listed:
    """One page of a list before its cards are read. `total` is None where the counters know it."""

    ids: tuple[int, ...]
    next_cursor: str | None
    alike: dict[int, Alike]
    total: int | None
    total_is_exact: bool
    oldest_at: datetime | None


def list_held(connection: Connection, asked: Asked, cursor: str | None, limit: int) -> Listed:
    """Return one page of what is held. At most three statements."""
    sorting = sorting_of(asked.query.order)
    total, oldest_at = _total(connection, asked, _conditions(connection, _comments, asked))
    is_common = asked.words is not None and (total or 0) > MANY
    inside = _conditions(connection, _comments, asked, one_by_one=is_common)
    is_first = _is_first(_conditions(connection, _others, asked, one_by_one=is_common))
    first = select(*sorting.columns, _comments.c.cluster_id).where(*inside, is_first)
    # One more than is shown tells whether another page follows.
    rows = connection.execute(sorting.behind(first, cursor).limit(limit + 1)).all()
    shown = rows[:limit]
    return Listed(
        ids=tuple(row[-2] for row in shown),
        next_cursor=cursor_of(*shown[-1][:-1]) if len(rows) > limit else None,
        alike=_alike(connection, asked, shown),
        total=total,
        total_is_exact=True,
        oldest_at=oldest_at,
    )


def sorting_of(order: Order) -> Sorting:
    """Return the order of a list whose comments can all be looked at; the comment's number comes last."""
    if order is Order.RISK:
        return Sorting((_comments.c.risk, _comments.c.id), descending=True)
    if order is Order.STORY:
        return Sorting((_comments.c.thread_id, _comments.c.id), descending=False)
    return Sorting((_comments.c.id,), descending=order is Order.NEWEST)


def _conditions(
    connection: Connection, table: FromClause, asked: Asked, *, one_by_one: bool = False
) -> list[ColumnElement[bool]]:
    """Return what makes a comment part of the list; all of it is in the indexes of what is held, but for the words.

    Those are in an index of their own, or are looked up for one comment after the other.
    """
    query = asked.query
    found = [has_status(table, Status.HELD), *of_sites(table, asked), *of_kind(table, asked), *of_age(table, asked)]
    if query.thread_id is not None:
        found.append(table.c.thread_id == query.thread_id)
    place = func.instr if connection.dialect.name == "sqlite" else func.strpos

    def holds(word: str) -> ColumnElement[bool]:
        return place(table.c.found, word) > 0

    if query.check:
        found.append(holds(f" {query.check} "))
    if query.reason:
        found.append(holds(f" #{query.reason} "))
    if asked.words is not None and one_by_one:
        found.append(has_words(connection, table, asked.words))
    elif asked.words is not None:
        found.append(table.c.id.in_(found_ids(connection, asked.words, Status.HELD)[0]))
    return found


def _is_first(inside: list[ColumnElement[bool]]) -> ColumnElement[bool]:
    """Return the condition that no earlier comment of the same campaign is in the list."""
    earlier = select(_others.c.id).where(
        *inside,
        _others.c.cluster_id == _comments.c.cluster_id,
        _others.c.id < _comments.c.id,
    )
    return or_(_comments.c.cluster_id.is_(None), ~earlier.exists())


def _total(
    connection: Connection, asked: Asked, inside: list[ColumnElement[bool]]
) -> tuple[int | None, datetime | None]:
    oldest = func.min(_comments.c.created_at).label("oldest_at")
    if asked.words is not None and len(inside) == _WORDS_ALONE:
        row = connection.execute(_counted_words(connection, asked.words)).one()
        return row.number, row.oldest_at
    if asked.query.is_filtered:
        row = connection.execute(select(func.count().label("number"), oldest).where(*inside)).one()
        return row.number, row.oldest_at
    return None, connection.execute(select(oldest).where(*inside)).scalar_one()


def _counted_words(connection: Connection, words: SearchWords) -> Select[Any]:
    """Count in the index of the words alone. The one that came first is taken for the oldest: no other is looked at."""
    found, number = found_ids(connection, words, Status.HELD)
    counted = found.with_only_columns(func.count().label("number"), func.min(number).label("first")).subquery()
    first = _comments.c.id == counted.c.first
    return select(counted.c.number, _comments.c.created_at.label("oldest_at")).select_from(
        counted.outerjoin(_comments, first)
    )


def _alike(connection: Connection, asked: Asked, shown: Iterable[Any]) -> dict[int, Alike]:
    """Return what each of these stands for: all that is held of its campaign, as it is decided together."""
    first_of = {row.cluster_id: row[-2] for row in shown if row.cluster_id is not None}
    if not first_of:
        return {}
    held = (has_status(_comments, Status.HELD), *of_sites(_comments, asked))
    last = func.max(_comments.c.id).label("last_id")
    campaigns = select(_comments.c.cluster_id, func.count().label("number"), last).where(
        *held, _comments.c.cluster_id.in_(sorted(first_of))
    )
    found = connection.execute(campaigns.group_by(_comments.c.cluster_id))
    return {first_of[row.cluster_id]: Alike(row.number - 1, row.last_id) for row in found if row.number > 1}
