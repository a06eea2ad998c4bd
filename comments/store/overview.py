"""How the desk fares: what waits, what was decided, which checks ask in vain, and what they miss."""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, Connection, Select, func, literal, literal_column, select, type_coerce
from sqlalchemy import case as sql_case

from comments import schema
from comments.intervals import Estimate, estimate
from comments.roles import Scope
from comments.status import Status
from comments.store.database import Database
from comments.store.floods import turned_away
from comments.store.learning import MODEL_TAUGHT
from comments.store.overview_checks import decided_of, fates_of, holds_of, in_period, waits_of
from comments.store.overview_records import Overview, Pace, Period, Taught

_comments, _decisions, _samples, _events = schema.comments, schema.decisions, schema.audit_samples, schema.events
MOST_MODELS = 500


class Overviews:
    """The numbers of the desk."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def look(self, *, scope: Scope, site_id: int | None, period: Period, now: datetime) -> Overview:
        """Return the numbers of one site or of all in the scope; a handful of statements in one transaction."""
        with self._database.read() as connection:
            sites = _sites(connection, scope, site_id)
            since = _first_step(period, now)
            held, oldest_at = connection.execute(_held(sites)).one()
            holds = connection.execute(holds_of(sites, since)).all()
            decided = connection.execute(decided_of(sites, since)).all()
            return Overview(
                held=held,
                oldest_held_at=oldest_at,
                paces=_paces(connection, sites, period, since),
                waits=waits_of(decided),
                holds=len(holds),
                checks=fates_of(connection, holds, decided),
                audit=_audit(connection, sites, since),
                taught=_taught(connection, sites),
                turned_away=turned_away(connection, since, site_ids=sites),
            )


def _sites(connection: Connection, scope: Scope, site_id: int | None) -> list[int]:
    """Return the sites by number: with each of them named, an index on site and time serves."""
    if site_id is not None:
        return [site_id] if scope.covers(site_id) else []
    if scope.site_ids is not None:
        return sorted(scope.site_ids)
    return list(connection.execute(select(schema.sites.c.id).order_by(schema.sites.c.id)).scalars())


def _first_step(period: Period, now: datetime) -> datetime:
    """Return when the first bar begins: the last one holds `now`, and bars begin at whole hours or days (UTC)."""
    begun = (now - schema.EPOCH) // period.step * period.step + schema.EPOCH
    return begun - (period.steps - 1) * period.step


def _held(sites: Sequence[int]) -> Select[int, Any]:
    return select(func.count(), func.min(_comments.c.decided_at)).where(
        _comments.c.status == literal_column("'held'"), _comments.c.site_id.in_(sites)
    )


def _paces(connection: Connection, sites: Sequence[int], period: Period, since: datetime) -> tuple[Pace, ...]:
    microsecond = timedelta(microseconds=1)
    passed_us = type_coerce(_decisions.c.made_at, BigInteger) - literal(
        (since - schema.EPOCH) // microsecond, BigInteger
    )
    step = (passed_us // literal(period.step // microsecond, BigInteger)).label("step")
    is_person = sql_case((_decisions.c.made_by == "moderator", 1), else_=0).label("is_person")
    statement = (
        select(step, is_person, func.count().label("number"))
        # What came in, from a reader, a file or the newsroom itself, was not decided by that.
        .where(
            in_period(sites, since),
            _decisions.c.made_by.not_in(["reader", "import"]),
            _decisions.c.old_status.is_not(None),
        )
        .group_by(step, is_person)
    )
    found = {(row.step, row.is_person): row.number for row in connection.execute(statement)}
    return tuple(
        Pace(since + number * period.step, found.get((number, 1), 0), found.get((number, 0), 0))
        for number in range(period.steps)
    )


def _audit(connection: Connection, sites: Sequence[int], since: datetime) -> Estimate | None:
    statement = (
        select(_comments.c.status, _samples.c.rate)
        .join(_comments, _comments.c.id == _samples.c.comment_id)
        .where(
            _samples.c.site_id.in_(sites),
            _samples.c.decided_at >= since,
            _comments.c.status.in_([Status.APPROVED.value, Status.REJECTED.value]),
        )
    )
    judged = connection.execute(statement).all()
    return estimate((row.status == Status.REJECTED.value, row.rate) for row in judged)


def _taught(connection: Connection, sites: Sequence[int]) -> tuple[Taught, ...]:
    """Return what the latest lessons were worth, oldest first."""
    statement = (
        select(_events.c.site_id, _events.c.detail, _events.c.made_at)
        .where(_events.c.site_id.in_(sites), _events.c.kind == MODEL_TAUGHT)
        .order_by(_events.c.id.desc())
        .limit(MOST_MODELS)
    )
    return tuple(_lesson(row) for row in reversed(connection.execute(statement).all()))


def _lesson(row: Any) -> Taught:
    told = json.loads(row.detail)
    return Taught(
        site_id=row.site_id,
        head=told["head"],
        at=row.made_at,
        comments=told["comments"],
        loss=told["loss"],
        shipped_loss=told["shipped_loss"],
        is_active=told["is_active"],
    )
