"""The outbox: what leaves the service because of a decision, kept with it and sent when it can no longer be undone.

A letter is written in the decision's own transaction, so it is never lost and never sent for what did not happen. It
is sent at least once: who receives it has to bear a second copy.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, func, insert, or_, select, true, update

from comments import schema
from comments.store.database import Database
from comments.store.events import add_event
from comments.store.leases import has_ended

_outbox = schema.outbox

# So long everything can be undone in passing; nothing leaves before.
UNDO_WINDOW = timedelta(minutes=2)
LEASE_SECONDS = 60
FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=2)
GIVE_UP_AFTER = timedelta(days=1)
UNCLAIMED_AFTER = timedelta(days=7)
GIVEN_UP = "delivery given up"


@dataclass(frozen=True, slots=True)
class Letter:
    """Something to be sent. `content` is what its kind needs, without an address of a reader."""

    id: int
    site_id: int
    comment_id: int | None
    decision_id: int | None
    kind: str
    content: Mapping[str, object]
    attempts: int
    created_at: datetime


@dataclass(frozen=True, slots=True)
class NewLetter:
    """A letter before it is put into the outbox."""

    site_id: int
    kind: str
    content: Mapping[str, object]
    comment_id: int | None = None
    decision_id: int | None = None


def put(connection: Connection, letters: Sequence[NewLetter], now: datetime, *, wait: timedelta = UNDO_WINDOW) -> None:
    """Keep letters until they are due, in the transaction of what they are about."""
    if not letters:
        return
    rows = [
        {
            "site_id": letter.site_id,
            "comment_id": letter.comment_id,
            "decision_id": letter.decision_id,
            "kind": letter.kind,
            "content": json.dumps(letter.content, ensure_ascii=False, sort_keys=True),
            "due_at": now + wait,
            "attempts": 0,
            "created_at": now,
        }
        for letter in letters
    ]
    connection.execute(insert(_outbox), rows)


def cancel(connection: Connection, decision_ids: Sequence[int]) -> None:
    """Take back what was to be sent because of decisions that are being undone. What was sent stays sent."""
    if decision_ids:
        connection.execute(delete(_outbox).where(_outbox.c.decision_id.in_(decision_ids)))


class Outbox:
    """What waits to be sent."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def take(self, now: datetime, *, limit: int, kinds: Collection[str] | None = None) -> tuple[Letter, ...]:
        """Take letters that are due, the longest due first, under a lease; each counts as an attempt.

        Only those of `kinds`: the others are for processes that know how to send them.
        """
        due = (
            select(_outbox.c.id)
            .where(
                _outbox.c.due_at <= now,
                or_(_outbox.c.lease_until.is_(None), has_ended(_outbox.c.lease_until, now, LEASE_SECONDS)),
                true() if kinds is None else _outbox.c.kind.in_(kinds),
            )
            .order_by(_outbox.c.due_at, _outbox.c.id)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        taken = update(_outbox).where(_outbox.c.id.in_(due.scalar_subquery()))
        values = {"lease_until": now + timedelta(seconds=LEASE_SECONDS), "attempts": _outbox.c.attempts + 1}
        with self._database.write() as connection:
            rows = connection.execute(taken.values(**values).returning(_outbox)).all()
        return tuple(_letter(row) for row in sorted(rows, key=lambda row: (row.due_at, row.id)))

    def done(self, letter: Letter) -> None:
        """Forget a letter that was sent, or that nobody wants."""
        with self._database.write() as connection:
            connection.execute(delete(_outbox).where(_outbox.c.id == letter.id))

    def postpone(self, letter: Letter, until: datetime) -> None:
        """Take it up again then: nothing was tried, so it is no attempt, and the day of trying begins then."""
        later = {"due_at": until, "created_at": until, "lease_until": None, "attempts": max(letter.attempts - 1, 0)}
        with self._database.write() as connection:
            connection.execute(update(_outbox).where(_outbox.c.id == letter.id).values(**later))

    def put_off(self, letter: Letter, now: datetime) -> bool:
        """Try again later, each time after twice as long. Returns False when it was given up: then it is an event."""
        with self._database.write() as connection:
            if now - letter.created_at < GIVE_UP_AFTER:
                due_at = now + pause(letter.attempts)
                again = update(_outbox).where(_outbox.c.id == letter.id).values(due_at=due_at, lease_until=None)
                connection.execute(again)
                return True
            if connection.execute(delete(_outbox).where(_outbox.c.id == letter.id)).rowcount:
                told = {"kind": letter.kind, "attempts": letter.attempts, "comment_id": letter.comment_id}
                add_event(connection, letter.site_id, None, GIVEN_UP, told, now=now)
            return False

    def give_up_unclaimed(self, now: datetime) -> int:
        """Give up what nobody has taken for a week: no process here sends its kind any more. Returns how many."""
        old = delete(_outbox).where(_outbox.c.created_at < now - UNCLAIMED_AFTER, _outbox.c.attempts == 0)
        with self._database.write() as connection:
            gone = connection.execute(old.returning(_outbox.c.site_id, _outbox.c.kind, _outbox.c.comment_id)).all()
            for row in gone:
                told = {"kind": row.kind, "attempts": 0, "comment_id": row.comment_id}
                add_event(connection, row.site_id, None, GIVEN_UP, told, now=now)
        return len(gone)

    def count(self) -> int:
        """Return how many letters wait."""
        with self._database.read() as connection:
            return connection.execute(select(func.count()).select_from(_outbox)).scalar_one()


def pause(attempts: int) -> timedelta:
    """Return how long to wait after so many attempts: 1, 2, 4 … minutes, two hours at most."""
    doublings = min(attempts - 1, 20)
    return min(FIRST_PAUSE * (1 << doublings), LONGEST_PAUSE)


def _letter(row: Any) -> Letter:
    return Letter(
        id=row.id,
        site_id=row.site_id,
        comment_id=row.comment_id,
        decision_id=row.decision_id,
        kind=row.kind,
        content=json.loads(row.content),
        attempts=row.attempts,
        created_at=row.created_at,
    )
