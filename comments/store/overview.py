"""How the desk fares: what waits, what was decided, which checks ask in vain, and what they miss."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Select,
    and_,
    func,
    literal,
    literal_column,
    select,
    type_coerce,
)
from sqlalchemy import case as sql_case

from comments import schema
from comments.intervals import Estimate, estimate
from comments.roles import Scope
from comments.signal import Weight
from comments.status import Status
from comments.store.database import Database
from comments.store.learning import MODEL_TAUGHT

_comments, _decisions, _signals = schema.comments, schema.decisions, schema.signals
_samples, _events = schema.audit_samples, schema.events
_BY_MODERATOR = _decisions.c.made_by == literal_column("'moderator'")  # as in the partial index
_COUNTED = (Weight.SOFT.value, Weight.HOLD.value, Weight.REJECT.value)

# Of more decisions than this the latest are looked at: enough for a share to a percent or two, quick on any site.
MOST_LOOKED_AT = 2_000
MOST_MODELS = 500


class Period(StrEnum):
    """How far back is looked; each is drawn in a few dozen steps."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"

    @property
    def step(self) -> timedelta:
        """How much time one bar of a drawing stands for."""
        return {Period.DAY: timedelta(hours=1), Period.WEEK: timedelta(hours=6), Period.MONTH: timedelta(days=1)}[self]

    @property
    def steps(self) -> int:
        """How many bars a drawing has."""
        return {Period.DAY: 24, Period.WEEK: 28, Period.MONTH: 30}[self]


@dataclass(frozen=True, slots=True)
class Pace:
    """How many decisions were made from a time on, for one step of the period."""

    begins_at: datetime
    people: int
    machine: int


@dataclass(frozen=True, slots=True)
class Waits:
    """How long comments waited from being held to a moderator's decision."""

    number: int
    median: timedelta
    ninth_tenth: timedelta  # nine of ten waited no longer


@dataclass(frozen=True, slots=True)
class CheckFate:
    """What became of the comments for which a check had asked. `overturned` were approved after all."""

    check: str
    held: int
    decided: int
    overturned: int


@dataclass(frozen=True, slots=True)
class Taught:
    """One version of what a site taught: its loss beside that of the shipped model, lower is better.

    A loss is None while too few comments have been decided to measure it.
    """

    site_id: int
    head: str
    at: datetime
    comments: int
    loss: float | None
    shipped_loss: float | None
    is_active: bool


@dataclass(frozen=True, slots=True)
class Overview:
    """Everything the page shows, from one moment."""

    held: int
    oldest_held_at: datetime | None
    paces: tuple[Pace, ...]
    waits: Waits | None
    holds: int  # that were looked at for `checks`
    checks: tuple[CheckFate, ...]
    audit: Estimate | None
    taught: tuple[Taught, ...]


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
            holds = connection.execute(_holds(sites, since)).all()
            decided = connection.execute(_decided(sites, since)).all()
            return Overview(
                held=held,
                oldest_held_at=oldest_at,
                paces=_paces(connection, sites, period, since),
                waits=_waits(decided),
                holds=len(holds),
                checks=_fates(connection, holds, decided),
                audit=_audit(connection, sites, since),
                taught=_taught(connection, sites),
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


def _in_period(sites: Sequence[int], since: datetime) -> ColumnElement[bool]:
    return and_(_decisions.c.site_id.in_(sites), _decisions.c.made_at >= since)


def _paces(connection: Connection, sites: Sequence[int], period: Period, since: datetime) -> tuple[Pace, ...]:
    microsecond = timedelta(microseconds=1)
    passed_us = type_coerce(_decisions.c.made_at, BigInteger) - literal(
        (since - schema.EPOCH) // microsecond, BigInteger
    )
    step = (passed_us // literal(period.step // microsecond, BigInteger)).label("step")
    is_person = sql_case((_decisions.c.made_by == "moderator", 1), else_=0).label("is_person")
    statement = (
        select(step, is_person, func.count().label("number"))
        .where(_in_period(sites, since), _decisions.c.made_by != "reader")
        .group_by(step, is_person)
    )
    found = {(row.step, row.is_person): row.number for row in connection.execute(statement)}
    return tuple(
        Pace(since + number * period.step, found.get((number, 1), 0), found.get((number, 0), 0))
        for number in range(period.steps)
    )


def _holds(sites: Sequence[int], since: datetime) -> Select[Any]:
    """Return the statement of the policy's latest holds."""
    return (
        select(_decisions.c.comment_id, _decisions.c.revision)
        .where(
            _in_period(sites, since),
            _decisions.c.made_by == "policy",
            _decisions.c.new_status == literal_column("'held'"),
        )
        .order_by(_decisions.c.made_at.desc())
        .limit(MOST_LOOKED_AT)
    )


def _decided(sites: Sequence[int], since: datetime) -> Select[Any]:
    """Return the statement of moderators' latest last words on held comments, with when each had been held."""
    later, holding = _decisions.alias("later"), _decisions.alias("holding")
    last_word = (
        select(func.max(later.c.id))
        .where(later.c.comment_id == _decisions.c.comment_id, later.c.made_by == literal_column("'moderator'"))
        .correlate(_decisions)
        .scalar_subquery()
    )
    held_at = (
        select(func.max(holding.c.made_at))
        .where(
            holding.c.comment_id == _decisions.c.comment_id,
            holding.c.id < _decisions.c.id,
            holding.c.new_status == Status.HELD.value,
            holding.c.made_by != "moderator",
        )
        .correlate(_decisions)
        .scalar_subquery()
    )
    return (
        select(
            _decisions.c.comment_id,
            _decisions.c.revision,
            _decisions.c.new_status,
            _decisions.c.made_at,
            held_at.label("held_at"),
        )
        .where(
            _in_period(sites, since),
            _BY_MODERATOR,
            _decisions.c.old_status == Status.HELD.value,
            _decisions.c.new_status.in_([Status.APPROVED.value, Status.REJECTED.value]),
            _decisions.c.id == last_word,
        )
        .order_by(_decisions.c.id.desc())
        .limit(MOST_LOOKED_AT)
    )


def _waits(decided: Sequence[Any]) -> Waits | None:
    waits = sorted(row.made_at - row.held_at for row in decided if row.held_at is not None)
    if not waits:
        return None
    return Waits(len(waits), waits[len(waits) // 2], waits[min(len(waits) * 9 // 10, len(waits) - 1)])


def _fates(connection: Connection, holds: Sequence[Any], decided: Sequence[Any]) -> tuple[CheckFate, ...]:
    checks = _checks(connection, {(row.comment_id, row.revision) for row in (*holds, *decided)})
    held = Counter(name for row in holds for name in checks.get((row.comment_id, row.revision), ()))
    judged = Counter(name for row in decided for name in checks.get((row.comment_id, row.revision), ()))
    overturned = Counter(
        name
        for row in decided
        if row.new_status == Status.APPROVED.value
        for name in checks.get((row.comment_id, row.revision), ())
    )
    names = sorted({*held, *judged}, key=lambda name: (-held[name], -judged[name], name))
    return tuple(CheckFate(name, held[name], judged[name], overturned[name]) for name in names)


def _checks(connection: Connection, revisions: set[tuple[int, int]]) -> dict[tuple[int, int], set[str]]:
    """Return which checks found something that counted, for each revision of a comment."""
    statement = (
        select(_signals.c.comment_id, _signals.c.revision, _signals.c.check_name)
        .where(
            _signals.c.comment_id.in_([comment_id for comment_id, _ in revisions]),
            _signals.c.shadow.is_(False),
            _signals.c.weight.in_(_COUNTED),
        )
        .distinct()
    )
    found: dict[tuple[int, int], set[str]] = {}
    for row in connection.execute(statement):
        found.setdefault((row.comment_id, row.revision), set()).add(row.check_name)
    return found


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
