"""The lists of what is public, rejected, appealed against or drawn for the audit.

They grow without end, so none is ever read whole. A filter that no index knows looks at so many comments at a time, and
the page says where the next look begins.
"""

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, func, select, union_all

from comments import schema
from comments.queue_query import Order, Queue
from comments.store.held_lists import Listed, sorting_of
from comments.store.lists import (
    Asked,
    Sorting,
    cursor_of,
    has_signal,
    has_status,
    moment_number,
    of_age,
    of_kind,
    of_sites,
    was_rejected_for,
)
from comments.store.search import found_ids, has_words

_comments, _samples, _appeals = schema.comments, schema.audit_samples, schema.appeals

# What a costly filter looks at for one page: some milliseconds of work at any size.
LOOKED_AT = 1_000
# Those that were drawn are strewn over the whole table, so a look at each costs more.
DRAWN_LOOKED_AT = 250
# Beyond this a filtered list says "more than".
COUNTED_AT_MOST = 250
# Sites are read one by one and put in order; SQLite joins no more than 500 statements.
_MAX_SITES_APART = 100


@dataclass(frozen=True, slots=True)
class _Source:
    """Where a list comes from: its comments in order, and what costs a look at each of them.

    `arms` are statements of the sorting's columns; a page takes the first rows of all of them together.
    """

    arms: tuple[Select[Any], ...]
    sorting: Sorting
    costly: tuple[ColumnElement[bool], ...]
    looked_at: int = field(default_factory=lambda: LOOKED_AT)

    def rows(self, cursor: str | None, limit: int) -> Any:
        """Return the statement of the next rows, the comment's number last."""
        arms = [self.sorting.behind(arm, cursor).limit(limit) for arm in self.arms]
        if len(arms) == 1:
            return arms[0]
        together = union_all(*(select(arm.subquery()) for arm in arms)).subquery()
        columns = list(together.c)
        return select(*columns).order_by(*(_directed(each, self.sorting) for each in columns)).limit(limit)


def _directed(each: ColumnElement[Any], sorting: Sorting) -> ColumnElement[Any]:
    return each.desc() if sorting.descending else each.asc()


def list_done(
    connection: Connection, asked: Asked, site_ids: tuple[int, ...], cursor: str | None, limit: int
) -> Listed:
    """Return one page. `site_ids` are the moderator's sites that have such comments. At most two statements."""
    source = _source(connection, asked, site_ids)
    if not source.arms:
        return Listed((), None, {}, 0, total_is_exact=True, oldest_at=None)
    if source.costly:
        return _look(connection, source, cursor, limit)
    # The beginning of a filtered list is read as far as it is counted: looking words up twice would cost more.
    counts = asked.query.is_filtered and cursor is None
    rows = connection.execute(source.rows(cursor, (max(limit, COUNTED_AT_MOST) if counts else limit) + 1)).all()
    total = len(rows) if counts else _total(connection, asked, source)
    return Listed(
        ids=tuple(row[-1] for row in rows[:limit]),
        next_cursor=cursor_of(*rows[limit - 1]) if len(rows) > limit else None,
        alike={},
        total=None if total is None else min(total, COUNTED_AT_MOST),
        total_is_exact=total is None or total <= COUNTED_AT_MOST,
        oldest_at=None,
    )


def newest_of(asked: Asked, site_ids: tuple[int, ...], limit: int) -> Select[Any] | None:
    """Return the statement of the newest comments in a list without its filters; None when it is empty."""
    sorting = Sorting((moment_number(_comments), _comments.c.id), descending=True)
    arms = _by_site(select(*sorting.columns).where(has_status(_comments, asked.status)), site_ids)
    if not arms:
        return None
    *_, number = (newest := _Source(arms, sorting, ()).rows(None, limit).subquery()).c
    return select(number).select_from(newest)


def _look(connection: Connection, source: _Source, cursor: str | None, limit: int) -> Listed:
    """Look at the next comments one by one; there may be more further on, however few of these fit."""
    seen = source.rows(cursor, source.looked_at).cte("seen")
    *_, number = seen.c
    fits = and_(*source.costly).label("fits")
    looked = select(*seen.c, fits).join(_comments, _comments.c.id == number)
    rows = connection.execute(looked.order_by(*(_directed(each, source.sorting) for each in seen.c))).all()
    fitting = [row for row in rows if row.fits]
    is_all = len(rows) < source.looked_at
    following = fitting[limit - 1 : limit] if len(fitting) > limit else ([] if is_all else rows[-1:])
    return Listed(
        ids=tuple(row[-2] for row in fitting[:limit]),
        next_cursor=cursor_of(*following[0][:-1]) if following else None,
        alike={},
        total=len(fitting),
        total_is_exact=is_all and cursor is None,
        oldest_at=None,
    )


def _total(connection: Connection, asked: Asked, source: _Source) -> int | None:
    """Return how many there are, one more than is counted at most; None where the counters know it."""
    if not asked.query.is_filtered:
        return None
    counted = source.rows(None, COUNTED_AT_MOST + 1).subquery()
    return connection.execute(select(func.count()).select_from(counted)).scalar_one()


def _source(connection: Connection, asked: Asked, site_ids: tuple[int, ...]) -> _Source:
    query, status = asked.query, asked.status
    descending = query.order is Order.NEWEST
    costly = (*_of_what(asked), *_of_words(connection, asked))
    if query.queue is Queue.AUDIT:
        arm = select(_samples.c.comment_id).join(_comments, _comments.c.id == _samples.c.comment_id)
        waiting = arm.where(_samples.c.decided_at.is_(None), has_status(_comments, status), *of_sites(_comments, asked))
        costly = (*_of_thread(asked), *of_age(_comments, asked), *costly)
        return _Source(
            (waiting,), Sorting((_samples.c.comment_id,), descending), costly, min(LOOKED_AT, DRAWN_LOOKED_AT)
        )
    if asked.words is not None and query.thread_id is None:
        arm, number = found_ids(connection, asked.words, status)
        costly = (*of_sites(_comments, asked), *of_age(_comments, asked), *_of_what(asked))
        return _Source((arm,), Sorting((number,), descending), costly)
    sorting = Sorting((moment_number(_comments), _comments.c.id), descending)
    inside = select(*sorting.columns).where(has_status(_comments, status), *of_age(_comments, asked))
    if query.thread_id is not None:
        return _Source((inside.where(*_of_thread(asked), *of_sites(_comments, asked)),), sorting, costly)
    return _Source(_by_site(inside, site_ids), sorting, costly)


def _by_site(inside: Select[Any], site_ids: tuple[int, ...]) -> tuple[Select[Any], ...]:
    if len(site_ids) > _MAX_SITES_APART:
        return (inside.where(_comments.c.site_id.in_(site_ids)),)
    return tuple(inside.where(_comments.c.site_id == site_id) for site_id in site_ids)


def _of_thread(asked: Asked) -> list[ColumnElement[bool]]:
    return [] if asked.query.thread_id is None else [_comments.c.thread_id == asked.query.thread_id]


def _of_what(asked: Asked) -> list[ColumnElement[bool]]:
    query, found = asked.query, of_kind(_comments, asked)
    if query.check:
        found.append(has_signal(_comments, check=query.check))
    if query.reason and query.queue is Queue.REJECTED:
        found.append(was_rejected_for(_comments, query.reason))
    elif query.reason:
        found.append(has_signal(_comments, category=query.reason))
    return found


def _of_words(connection: Connection, asked: Asked) -> list[ColumnElement[bool]]:
    return [] if asked.words is None else [has_words(connection, _comments, asked.words)]


def list_appeals(connection: Connection, asked: Asked, cursor: str | None, limit: int) -> Listed:
    """Return one page of the rejected comments whose authors wait for an answer: few, so all are looked at.

    Two statements.
    """
    sorting = sorting_of(asked.query.order)
    waiting = select(_appeals.c.comment_id).where(_appeals.c.answer_id.is_(None))
    inside = [
        _comments.c.id.in_(waiting),
        has_status(_comments, asked.status),
        *of_sites(_comments, asked),
        *_of_thread(asked),
        *of_age(_comments, asked),
        *_of_what(asked),
        *_of_words(connection, asked),
    ]
    rows = connection.execute(sorting.behind(select(*sorting.columns).where(*inside), cursor).limit(limit + 1)).all()
    oldest = func.min(_appeals.c.made_at).label("oldest_at")
    counted = select(func.count(_comments.c.id.distinct()).label("number"), oldest).join(
        _appeals, and_(_appeals.c.comment_id == _comments.c.id, _appeals.c.answer_id.is_(None))
    )
    total = connection.execute(counted.where(*inside)).one()
    return Listed(
        ids=tuple(row[-1] for row in rows[:limit]),
        next_cursor=cursor_of(*rows[limit - 1]) if len(rows) > limit else None,
        alike={},
        total=total.number,
        total_is_exact=True,
        oldest_at=total.oldest_at,
    )
