"""The whole trail, read: decisions and events together, machine and human alike, newest or oldest first."""

import heapq
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, Table, and_, or_, select, true

from comments import schema
from comments.audit_export import TrailLine
from comments.roles import Scope
from comments.status import Status
from comments.store.audit import MODERATOR
from comments.store.chain import DECISION, EVENT
from comments.store.database import Database
from comments.store.scopes import within
from comments.trail_query import Kind, TrailQuery, Who

_decisions, _events, _chain = schema.decisions, schema.events, schema.audit_chain
_sites, _moderators = schema.sites, schema.moderators

PAGE_LINES = 50
_STREAMED_LINES = 1_000
_MADE_BY = {Who.PEOPLE: (MODERATOR,), Who.MACHINE: ("policy", "system", "import"), Who.READERS: ("reader",)}
_NEW_STATUS = {
    Kind.RECEIVED: Status.PENDING,
    Kind.APPROVED: Status.APPROVED,
    Kind.HELD: Status.HELD,
    Kind.REJECTED: Status.REJECTED,
    Kind.ERASED: Status.ERASED,
}


class Cursor(NamedTuple):
    """How far the decisions and the events have been read; None before the first."""

    decision_id: int | None = None
    event_id: int | None = None


@dataclass(frozen=True, slots=True)
class TrailPage:
    """Some lines, and where the next ones begin; None when there are no more."""

    lines: tuple[TrailLine, ...]
    next_cursor: Cursor | None


class Trail:
    """The trail as auditors read it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def page(
        self,
        query: TrailQuery,
        *,
        scope: Scope,
        after: Cursor = Cursor(),  # noqa: B008 - a tuple cannot change
        newest_first: bool = True,
        limit: int = PAGE_LINES,
    ) -> TrailPage:
        """Return the next lines within the scope. Within a table the order is that of the ids, between them of time."""
        with self._database.read() as connection:
            found = [
                [(source, row) for row in connection.execute(statement).all()]
                for source, statement in _statements(query, scope, after, newest_first, limit + 1)
            ]
        sign = -1 if newest_first else 1
        merged = list(heapq.merge(*found, key=lambda pair: sign * pair[1].made_at.timestamp()))
        shown = merged[:limit]
        lines = tuple(_decision_line(row) if source == DECISION else _event_line(row) for source, row in shown)
        return TrailPage(lines, _moved(after, shown) if len(merged) > limit else None)

    def stream(self, query: TrailQuery, *, scope: Scope) -> Iterator[TrailLine]:
        """Return every line, oldest first, a thousand at a time: no transaction stays open while it is sent."""
        cursor: Cursor | None = Cursor()
        while cursor is not None:
            page = self.page(query, scope=scope, after=cursor, newest_first=False, limit=_STREAMED_LINES)
            yield from page.lines
            cursor = page.next_cursor

    def moderators(self, scope: Scope) -> tuple[str, ...]:
        """Return the logins that may be asked for: everybody with a role on one of these sites."""
        if scope.site_ids is None:
            statement = select(_moderators.c.login)
        else:
            may = select(schema.roles.c.moderator_id).where(
                or_(schema.roles.c.site_id.is_(None), within(scope, schema.roles.c.site_id))
            )
            statement = select(_moderators.c.login).where(_moderators.c.id.in_(may))
        with self._database.read() as connection:
            return tuple(connection.execute(statement.order_by(_moderators.c.login)).scalars())


def _statements(
    query: TrailQuery, scope: Scope, after: Cursor, newest_first: bool, limit: int
) -> Iterator[tuple[str, Select[Any]]]:
    for source, table, start, wanted in (
        (DECISION, _decisions, after.decision_id, _wanted_decisions(query)),
        (EVENT, _events, after.event_id, _wanted_events(query)),
    ):
        if wanted is None:
            continue
        statement = _from(source, table).where(wanted, _of_query(query, table), _inside(scope, table))
        if start is not None:
            statement = statement.where(table.c.id < start if newest_first else table.c.id > start)
        yield source, statement.order_by(table.c.id.desc() if newest_first else table.c.id).limit(limit)


def _from(source: str, table: Table) -> Select[Any]:
    return (
        select(
            *table.c,
            _sites.c.key.label("site_key"),
            _moderators.c.login,
            _chain.c.position,
            _chain.c.seal,
        )
        .outerjoin(_sites, _sites.c.id == table.c.site_id)
        .outerjoin(_moderators, _moderators.c.id == table.c.moderator_id)
        .outerjoin(_chain, and_(_chain.c.source == source, _chain.c.source_id == table.c.id))
    )


def _inside(scope: Scope, table: Table) -> ColumnElement[bool]:
    """Limit to a scope. What was done to no site in particular is for those who may see every site."""
    return true() if scope.site_ids is None else within(scope, table.c.site_id)


def _of_query(query: TrailQuery, table: Table) -> ColumnElement[bool]:
    wanted: list[ColumnElement[bool]] = [true()]
    if query.site_key:
        wanted.append(table.c.site_id == select(_sites.c.id).where(_sites.c.key == query.site_key).scalar_subquery())
    if query.moderator:
        asked = select(_moderators.c.id).where(_moderators.c.login == query.moderator).scalar_subquery()
        wanted.append(table.c.moderator_id == asked)
    if query.from_at is not None:
        wanted.append(table.c.made_at >= query.from_at)
    if query.before_at is not None:
        wanted.append(table.c.made_at < query.before_at)
    return and_(*wanted)


def _wanted_decisions(query: TrailQuery) -> ColumnElement[bool] | None:
    if query.kind is Kind.EVENTS:
        return None
    wanted: list[ColumnElement[bool]] = [true()]
    if query.kind in _NEW_STATUS:
        wanted.append(_decisions.c.new_status == _NEW_STATUS[query.kind].value)
    if query.kind is Kind.UNDONE:
        wanted.append(_decisions.c.undoes_id.is_not(None))
    if query.who in _MADE_BY:
        wanted.append(_decisions.c.made_by.in_(_MADE_BY[query.who]))
    if query.comment_id is not None:
        wanted.append(_decisions.c.comment_id == query.comment_id)
    return and_(*wanted)


def _wanted_events(query: TrailQuery) -> ColumnElement[bool] | None:
    """Return the condition on events, None when none is asked for: they are about no comment and made by no reader."""
    if query.kind not in {Kind.ANYTHING, Kind.EVENTS} or query.comment_id is not None or query.who is Who.READERS:
        return None
    if query.who is Who.ANYBODY:
        return true()
    by_somebody = _events.c.moderator_id.is_not(None)
    return by_somebody if query.who is Who.PEOPLE else ~by_somebody


def _moved(cursor: Cursor, shown: list[tuple[str, Any]]) -> Cursor:
    last = {source: row.id for source, row in shown}
    return Cursor(last.get(DECISION, cursor.decision_id), last.get(EVENT, cursor.event_id))


def _decision_line(row: Any) -> TrailLine:
    return TrailLine(
        **_shared(DECISION, row),
        made_by=row.made_by,
        kind="undoing" if row.undoes_id is not None else "decision",
        comment_id=row.comment_id,
        revision=row.revision,
        old_status=row.old_status or "",
        new_status=row.new_status,
        reason=row.reason or "",
        note=row.note or "",
        explanation=tuple(json.loads(row.explanation)),
        policy_version=row.policy_version or "",
        undoes_id=row.undoes_id,
        batch_id=row.batch_id,
    )


def _event_line(row: Any) -> TrailLine:
    by = "system" if row.moderator_id is None else MODERATOR
    return TrailLine(**_shared(EVENT, row), made_by=by, kind=row.kind, detail=row.detail)


def _shared(source: str, row: Any) -> dict[str, Any]:
    return {
        "source": source,
        "id": row.id,
        "made_at": row.made_at,
        "site": row.site_key or "",
        "moderator": row.login or "",
        "place": row.position,
        "seal": "" if row.seal is None else row.seal.hex(),
    }
