"""Pending comments: claim them under a lease, look up what came before, settle them."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection, Select, bindparam, func, insert, or_, select, update

from comments import schema
from comments.door_hold import DoorHold
from comments.failpoints import Point, reach
from comments.findings import NOTHING_FOUND, Findings, found_words
from comments.signal import Signal
from comments.status import Status
from comments.store.clusters import join_clusters, lock_for_joining
from comments.store.database import Database
from comments.store.edits import count_stranded_edits, lease_edits, put_on_hold, settle_edits, waiting_edits
from comments.store.leases import has_ended
from comments.store.moves import Move, apply_moves
from comments.store.records import Claimed, History, Similar
from comments.store.samples import draw
from comments.store.search import index_words
from comments.store.similar import author_histories, may_be_similar, similar_to
from comments.store.sites import site_of
from comments.verdict import Verdict

_comments, _identities, _fingerprints = schema.comments, schema.identities, schema.fingerprints
_edits = schema.edits

BATCH = 50
# The first attempt is made in a batch, the second alone; what fails twice goes to a person.
MAX_ATTEMPTS = 2
CRASHED = "A check could not finish, so a person has to look."
PUT_ON_HOLD = "A moderator had put it on hold, so a person has to look."


@dataclass(frozen=True, slots=True)
class Settlement:
    """The verdict on one claimed comment with what was learned on the way. `bands` are (band, value) pairs.

    `alike` are the earlier comments it joins as one campaign. With an `audit_rate` it is drawn for the audit sample, if
    it is approved.
    """

    claimed: Claimed
    verdict: Verdict
    bands: tuple[tuple[int, int], ...] = ()
    alike: tuple[int, ...] = ()
    audit_rate: float | None = None
    findings: Findings = NOTHING_FOUND


class Pending:
    """The comments that wait for their checks. The table is the queue; Redis only rings the bell."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def claim(self, now: datetime, *, lease_seconds: int, limit: int = BATCH) -> tuple[Claimed, ...]:
        """Take up to `limit` comments that nobody has tried yet, oldest first; empty when there are none."""
        untried = _waiting(now, lease_seconds).where(_comments.c.attempts == 0)
        return self._claim(untried, limit, now, lease_seconds)

    def claim_again(self, now: datetime, *, lease_seconds: int) -> tuple[Claimed, ...]:
        """Take one comment whose first attempt never ended, alone, so that it can spoil nobody else's."""
        tried = _waiting(now, lease_seconds).where(_comments.c.attempts.between(1, MAX_ATTEMPTS - 1))
        return self._claim(tried, 1, now, lease_seconds)

    def hold_exhausted(self, now: datetime, *, lease_seconds: int) -> int:
        """Hold the comments whose last attempt never ended either. Returns how many."""
        spent = _waiting(now, lease_seconds).where(_comments.c.attempts >= MAX_ATTEMPTS).limit(BATCH)
        if not self._is_any(spent):
            return 0
        with self._database.write() as connection:
            ids = connection.execute(_locking(spent)).scalars().all()
            moves = [
                Move(comment_id, Status.PENDING, Status.HELD, "system", explanation=(CRASHED,)) for comment_id in ids
            ]
            return len(apply_moves(connection, moves, now))

    def _claim(self, waiting: Select[int], limit: int, now: datetime, lease_seconds: int) -> tuple[Claimed, ...]:
        if not self._is_any(waiting):
            return ()
        with self._database.write() as connection:
            ids = connection.execute(_locking(waiting.limit(limit))).scalars().all()
            if not ids:
                return ()
            lease = {"lease_until": now + timedelta(seconds=lease_seconds), "attempts": _comments.c.attempts + 1}
            connection.execute(update(_comments).where(_comments.c.id.in_(ids)).values(**lease))
            return _read_claimed(connection, ids)

    def _is_any(self, waiting: Select[int]) -> bool:
        """Look without a lock first: a worker that finds nothing must not queue up with the writers."""
        with self._database.read() as connection:
            return connection.execute(waiting.limit(1)).first() is not None

    def claim_edits(self, now: datetime, *, lease_seconds: int, limit: int = BATCH) -> tuple[Claimed, ...]:
        """Take up to `limit` new texts of public comments that nobody has tried yet; empty when there are none."""
        untried = waiting_edits(now, lease_seconds).where(_edits.c.attempts == 0)
        return self._claim_edits(untried, limit, now, lease_seconds)

    def claim_edit_again(self, now: datetime, *, lease_seconds: int) -> tuple[Claimed, ...]:
        """Take one new text whose first attempt never ended, alone."""
        tried = waiting_edits(now, lease_seconds).where(_edits.c.attempts.between(1, MAX_ATTEMPTS - 1))
        return self._claim_edits(tried, 1, now, lease_seconds)

    def hold_exhausted_edits(self, now: datetime, *, lease_seconds: int) -> int:
        """Hold the comments with new texts whose last attempt never ended either. Returns how many."""
        spent = waiting_edits(now, lease_seconds).where(_edits.c.attempts >= MAX_ATTEMPTS).limit(BATCH)
        with self._database.read() as connection:
            texts = connection.execute(spent.add_columns(_edits.c.text, _comments.c.revision)).all()
        moves = [
            Move(
                row.comment_id,
                Status.APPROVED,
                Status.HELD,
                "system",
                revision=row.revision,
                text=row.text,
                explanation=(CRASHED,),
            )
            for row in texts
        ]
        if not moves:
            return 0
        with self._database.write() as connection:
            return len(settle_edits(connection, moves, now))

    def _claim_edits(self, waiting: Select[int], limit: int, now: datetime, lease_seconds: int) -> tuple[Claimed, ...]:
        if not self._is_any(waiting):
            return ()
        with self._database.write() as connection:
            locked = waiting.limit(limit).with_for_update(skip_locked=True, of=_edits)
            ids = connection.execute(locked).scalars().all()
            edits = lease_edits(connection, ids, now, lease_seconds=lease_seconds)
            return tuple(
                replace(
                    claimed,
                    text=edits[claimed.id].text,
                    revision=claimed.revision + 1,
                    attempts=edits[claimed.id].attempts,
                    is_edit=True,
                )
                for claimed in _read_claimed(connection, ids)
            )

    def history(self, claimed: Claimed, now: datetime) -> History:
        """Return how this comment's author fared before."""
        return self.histories([claimed], now)[claimed.id]

    def histories(self, batch: Sequence[Claimed], now: datetime) -> dict[int, History]:
        """Return how the author of each of these comments fared before it."""
        with self._database.read() as connection:
            return author_histories(connection, batch, now)

    def similar(self, claimed: Claimed, bands: Sequence[tuple[int, int]]) -> tuple[Similar, ...]:
        """Return the latest earlier comments of the site with the same or nearly the same text, newest first."""
        if not bands or not may_be_similar(self._database, claimed, bands):
            return ()
        with self._database.read() as connection:
            return similar_to(connection, claimed, bands)

    def settle(self, settlements: Sequence[Settlement], now: datetime) -> int:
        """Write the verdicts with their signals. Returns how many stood; a comment that moved on is left alone.

        What a moderator put on hold is not published by a new text: no verdict on that is better than held.
        Safe to do twice: the second time nothing is pending any more.
        """
        with self._database.write() as connection:
            lock_for_joining(connection, {settlement.claimed.id: settlement.alike for settlement in settlements})
            settlements = _without_overruling(connection, settlements)
            moves = [_move(settlement) for settlement in settlements]
            made = apply_moves(connection, [move for move in moves if not move.is_edit], now)
            made |= settle_edits(connection, [move for move in moves if move.is_edit], now)
            standing = [settlement for settlement in settlements if settlement.claimed.id in made]
            signals = [row for settlement in standing for row in _signal_rows(settlement, now)]
            if signals:
                connection.execute(insert(schema.signals), signals)
            bands = [row for settlement in standing for row in _band_rows(settlement)]
            if bands:
                connection.execute(insert(_fingerprints), bands)
            join_clusters(connection, {settlement.claimed.id: settlement.alike for settlement in standing})
            draw(connection, [drawn for settlement in standing for drawn in _drawn(settlement)], now)
            index_words(connection, [_findable(settlement) for settlement in standing])
            reach(Point.BEFORE_DECISION)
            return len(made)

    def count_stranded(self, now: datetime, *, older_than_seconds: float, lease_seconds: int) -> int:
        """Count what waits, nobody holds and is older than this: the queue was not woken for it."""
        age = timedelta(seconds=older_than_seconds)
        # What will only be written in a while was written before the clock was put back.
        is_old = or_(_comments.c.created_at <= now - age, _comments.c.created_at > now + age)
        stranded = _waiting(now, lease_seconds).where(is_old)
        with self._database.read() as connection:
            count = select(func.count()).select_from(stranded.limit(1000).subquery())
            edits = count_stranded_edits(connection, now, older_than=age, lease_seconds=lease_seconds)
            return connection.execute(count).scalar_one() + edits

    def oldest_at(self) -> datetime | None:
        """Return when the oldest pending comment came, None when nothing waits."""
        oldest = select(func.min(_comments.c.created_at)).where(schema.IS_PENDING)
        with self._database.read() as connection:
            found: datetime | None = connection.execute(oldest).scalar_one()
            return found


def _waiting(now: datetime, lease_seconds: int) -> Select[int]:
    free = or_(_comments.c.lease_until.is_(None), has_ended(_comments.c.lease_until, now, lease_seconds))
    return select(_comments.c.id).where(schema.IS_PENDING, free).order_by(_comments.c.attempts, _comments.c.id)


def _locking(statement: Select[int]) -> Select[int]:
    """Skip the rows another worker is claiming (PostgreSQL; SQLite has one writer at a time and ignores this)."""
    return statement.with_for_update(skip_locked=True, key_share=True)


_earlier = _identities.alias("earlier")
_first_by_author = (
    select(func.min(_earlier.c.comment_id))
    .where(_earlier.c.site_id == _identities.c.site_id, _earlier.c.loose_key == _identities.c.loose_key)
    .correlate(_identities)
    .scalar_subquery()
)
_CLAIMED = (
    select(
        _comments.c.id.label("comment_id"),
        _comments.c.thread_id,
        schema.threads.c.title,
        schema.threads.c.url,
        schema.threads.c.lead,
        schema.threads.c.burst_until,
        _comments.c.parent_id,
        _comments.c.revision,
        _comments.c.name.label("author_name"),
        _comments.c.text,
        _comments.c.honeypot_filled,
        _comments.c.seconds_to_submit,
        _comments.c.door_hold,
        _comments.c.attempts,
        func.coalesce(_identities.c.disposable, False).label("disposable"),
        func.coalesce(_first_by_author, _comments.c.id).label("author_number"),
        _comments.c.site_id,
    )
    .join(schema.threads, schema.threads.c.id == _comments.c.thread_id)
    .outerjoin(_identities, _identities.c.comment_id == _comments.c.id)
    .where(_comments.c.id.in_(bindparam("ids", expanding=True)))
    .order_by(_comments.c.id)
)


def _read_claimed(connection: Connection, ids: Sequence[int]) -> tuple[Claimed, ...]:
    rows = connection.execute(_CLAIMED, {"ids": list(ids)}).all()
    site_ids = {row.site_id for row in rows}
    found = connection.execute(select(schema.sites).where(schema.sites.c.id.in_(site_ids)))
    sites = {row.id: site_of(row) for row in found}
    return tuple(
        Claimed(
            id=row.comment_id,
            site=sites[row.site_id],
            thread_id=row.thread_id,
            thread_title=row.title,
            parent_id=row.parent_id,
            revision=row.revision,
            name=row.author_name,
            text=row.text,
            honeypot_filled=row.honeypot_filled,
            seconds_to_submit=row.seconds_to_submit,
            disposable_email=bool(row.disposable),
            attempts=row.attempts,
            author_number=row.author_number,
            thread_url=row.url,
            thread_lead=row.lead,
            burst_until=row.burst_until,
            door_hold=DoorHold(row.door_hold),
        )
        for row in rows
    )


def _move(settlement: Settlement) -> Move:
    claimed, verdict = settlement.claimed, settlement.verdict
    return Move(
        claimed.id,
        Status.APPROVED if claimed.is_edit else Status.PENDING,
        verdict.status,
        "policy",
        revision=claimed.revision - claimed.is_edit,
        text=claimed.text if claimed.is_edit else None,
        explanation=verdict.reasons,
        policy_version=claimed.site.policy.version,
        findings=settlement.findings,
        found=found_words(verdict.signals),
    )


def _without_overruling(connection: Connection, settlements: Sequence[Settlement]) -> list[Settlement]:
    """Leave to people what would be approved though the last that a moderator did with it was to hold it.

    The comments are locked: none can be put on hold between this look and the verdict.
    """
    edited = [each.claimed for each in settlements if each.claimed.revision > 1]
    on_hold = put_on_hold(connection, [each.id for each in edited]) if edited else frozenset()
    return [_left_to_people(each) if each.claimed.id in on_hold else each for each in settlements]


def _left_to_people(settlement: Settlement) -> Settlement:
    verdict = settlement.verdict
    if verdict.status is not Status.APPROVED:
        return settlement
    return replace(settlement, verdict=replace(verdict, status=Status.HELD, reasons=(*verdict.reasons, PUT_ON_HOLD)))


def _findable(settlement: Settlement) -> tuple[int, int, Status, str, str]:
    claimed = settlement.claimed
    return claimed.id, claimed.site.id, settlement.verdict.status, claimed.name, claimed.text


def _signal_rows(settlement: Settlement, now: datetime) -> list[dict[str, object]]:
    claimed = settlement.claimed
    return [_signal_row(signal, claimed.id, claimed.revision, now) for signal in settlement.verdict.signals]


def _signal_row(signal: Signal, comment_id: int, revision: int, now: datetime) -> dict[str, object]:
    return {
        "comment_id": comment_id,
        "revision": revision,
        "check_name": signal.check,
        "check_version": signal.version,
        "category": signal.category.value,
        "score": signal.score,
        "weight": signal.weight.value,
        "detail": signal.detail,
        "spans": json.dumps([[s.start, s.end, s.field.value, s.shown] for s in signal.spans], ensure_ascii=False),
        "microseconds": signal.microseconds,
        "shadow": signal.shadow,
        "created_at": now,
    }


def _band_rows(settlement: Settlement) -> list[dict[str, int]]:
    site_id, comment_id = settlement.claimed.site.id, settlement.claimed.id
    return [
        {"comment_id": comment_id, "band": band, "site_id": site_id, "value": value} for band, value in settlement.bands
    ]


def _drawn(settlement: Settlement) -> list[tuple[int, int, float]]:
    """Return the comment as drawn if it is to be: only what goes public without anybody's look."""
    if settlement.audit_rate is None or settlement.verdict.status is not Status.APPROVED:
        return []
    return [(settlement.claimed.id, settlement.claimed.site.id, settlement.audit_rate)]
