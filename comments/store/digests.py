"""Digests: how a site's desk stands, in numbers alone, and which digest of which period is done with.

A period is claimed in the database, so that of many sweepers one sends it; what a period could not be told is in the
next one's digest, so that after a long silence there is one and not many.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, and_, func, literal_column, or_, select, update

from comments import schema
from comments.roles import EVERY_SITE
from comments.status import Status
from comments.store.audit import MODERATOR
from comments.store.counters import read_counts
from comments.store.database import Database
from comments.store.leases import has_ended
from comments.store.outbox import LONGEST_PAUSE, pause
from comments.store.upsert import upsert

_digests, _comments, _decisions, _threads = schema.digests, schema.comments, schema.decisions, schema.threads

# A digest is a few numbers and one message, to a mail server that is slow to answer.
LEASE_SECONDS = 120


@dataclass(frozen=True, slots=True)
class Decisions:
    """How many comments were published, held and rejected by whom since the digest before."""

    approved: int
    held: int
    rejected: int

    @property
    def total(self) -> int:
        """All of them."""
        return self.approved + self.held + self.rejected


@dataclass(frozen=True, slots=True)
class DeskNumbers:
    """What waits on a site and what was decided since a moment. No name, no text, no address."""

    held: int
    suspected_spam: int
    suspected_abuse: int
    oldest_held_at: datetime | None
    appeals: int
    overrun_stories: int
    by_policy: Decisions
    by_moderators: Decisions
    taken_down: int  # public before, whoever had approved it
    let_in_after_all: int  # rejected before, whoever had rejected it

    @property
    def is_quiet(self) -> bool:
        """Say whether nobody has to look."""
        return not (self.held or self.appeals or self.overrun_stories)


@dataclass(frozen=True, slots=True)
class ClaimedDigest:
    """A digest that this process is to send: what was decided until then has been told."""

    site_id: int
    name: str
    period_at: datetime
    told_until: datetime
    attempts: int


class Digests:
    """Every digest that is, was or will be sent."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def claim(self, site_id: int, name: str, period_at: datetime, now: datetime) -> ClaimedDigest | None:
        """Take on the digest of the period that began at `period_at`; None when it is done with or somebody has it.

        A digest that was never heard of begins with the next period.
        """
        mine = and_(_digests.c.site_id == site_id, _digests.c.name == name)
        with self._database.read() as connection:  # a look without a lock first: nearly always there is nothing to do
            known = connection.execute(select(_digests.c.period_at).where(mine)).scalar_one_or_none()
        if known is not None and known >= period_at:
            return None
        with self._database.write() as connection:
            if known is None:
                self._begin(connection, site_id, name, period_at, now)
                return None
            # Its lease may also be a pause after a failure.
            is_free = or_(
                _digests.c.lease_until.is_(None),
                has_ended(_digests.c.lease_until, now, LONGEST_PAUSE.total_seconds()),
            )
            lease = {"lease_until": now + timedelta(seconds=LEASE_SECONDS), "attempts": _digests.c.attempts + 1}
            claim = update(_digests).where(mine, _digests.c.period_at < period_at, is_free).values(**lease)
            row = connection.execute(claim.returning(_digests.c.told_until, _digests.c.attempts)).one_or_none()
        return None if row is None else ClaimedDigest(site_id, name, period_at, row.told_until, row.attempts)

    def done(self, claimed: ClaimedDigest, *, told_until: datetime | None) -> None:
        """Be done with a period; without `told_until` nothing was sent, and the next one tells of this one, too."""
        values = {"period_at": claimed.period_at, "attempts": 0, "lease_until": None}
        if told_until is not None:
            values["told_until"] = told_until
        with self._database.write() as connection:
            connection.execute(update(_digests).where(_is(claimed)).values(values))

    def put_off(self, claimed: ClaimedDigest, now: datetime) -> None:
        """Try it again later, each time after twice as long, until the next period's takes its place."""
        with self._database.write() as connection:
            again = update(_digests).where(_is(claimed)).values(lease_until=now + pause(claimed.attempts))
            connection.execute(again)

    def numbers(self, site_id: int, *, since: datetime, now: datetime) -> DeskNumbers:
        """Return how the desk stands, all from one moment."""
        with self._database.read() as connection:
            counts = read_counts(connection).within(EVERY_SITE, site_id)
            decided = _decided(connection, site_id, since, now)
            return DeskNumbers(
                held=counts.review,
                suspected_spam=counts.spam,
                suspected_abuse=counts.abuse,
                oldest_held_at=connection.execute(_oldest_held(site_id)).scalar_one(),
                appeals=counts.appeals,
                overrun_stories=connection.execute(_overrun(site_id, now)).scalar_one(),
                by_policy=_by(decided, is_person=False),
                by_moderators=_by(decided, is_person=True),
                taken_down=_changed(decided, Status.APPROVED, (Status.HELD, Status.REJECTED)),
                let_in_after_all=_changed(decided, Status.REJECTED, (Status.APPROVED,)),
            )

    def _begin(self, connection: Connection, site_id: int, name: str, period_at: datetime, now: datetime) -> None:
        row = {"site_id": site_id, "name": name, "period_at": period_at, "told_until": now, "attempts": 0}
        connection.execute(upsert(connection, _digests).values(**row).on_conflict_do_nothing())


# (made by a moderator, old status, new status) → how many.
_Decided = dict[tuple[bool, str, str], int]


def _is(claimed: ClaimedDigest) -> Any:
    return and_(_digests.c.site_id == claimed.site_id, _digests.c.name == claimed.name)


def _oldest_held(site_id: int) -> Any:
    is_held = _comments.c.status == literal_column("'held'")  # as in the partial index
    return select(func.min(_comments.c.created_at)).where(is_held, _comments.c.site_id == site_id)


def _overrun(site_id: int, now: datetime) -> Any:
    is_overrun = and_(_threads.c.burst_until.is_not(None), _threads.c.burst_until > now)
    return select(func.count()).where(is_overrun, _threads.c.site_id == site_id)


def _decided(connection: Connection, site_id: int, since: datetime, until: datetime) -> _Decided:
    place = (_decisions.c.made_by, _decisions.c.old_status, _decisions.c.new_status)
    statement = (
        select(*place, func.count().label("number"))
        .where(_decisions.c.site_id == site_id, _decisions.c.made_at >= since, _decisions.c.made_at < until)
        .where(_decisions.c.made_by != "reader")
        # Looks that change nothing are the desk's own business; what was undone was not decided.
        .where(_decisions.c.old_status.is_distinct_from(_decisions.c.new_status), _decisions.c.undoes_id.is_(None))
        .where(~_was_undone())
        .group_by(*place)
    )
    found: _Decided = {}
    for row in connection.execute(statement):
        key = (row.made_by == MODERATOR, row.old_status or "", row.new_status)
        found[key] = found.get(key, 0) + row.number
    return found


def _was_undone() -> Any:
    later = _decisions.alias("later")
    is_undone = and_(later.c.comment_id == _decisions.c.comment_id, later.c.undoes_id == _decisions.c.id)
    return select(later.c.id).where(is_undone).correlate(_decisions).exists()


def _by(decided: _Decided, *, is_person: bool) -> Decisions:
    def number(new: Status) -> int:
        return sum(count for (by, _, status), count in decided.items() if by is is_person and status == new)

    return Decisions(number(Status.APPROVED), number(Status.HELD), number(Status.REJECTED))


def _changed(decided: _Decided, old: Status, new: tuple[Status, ...]) -> int:
    return sum(count for (by, was, status), count in decided.items() if by and was == old and status in new)
