"""What waits to be told to webhooks: taken under a lease, forgotten when it arrived, put off or given up if not.

One receiver that fails is left alone for a while, whatever waits for it, and holds up no other.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import Connection, and_, delete, func, or_, select, update

from comments import metrics, schema
from comments.store.database import Database, after_commit
from comments.store.leases import has_ended
from comments.store.outbox import GIVE_UP_AFTER, GIVEN_UP, LEASE_SECONDS, LONGEST_PAUSE, pause
from comments.store.webhooks import SOUND, WEBHOOKS, Webhook, find_webhook, record, webhook_of

_webhooks, _letters = schema.webhooks, schema.webhook_letters

# What fails for so long without a break is not coming back by itself.
PAUSE_AFTER = timedelta(days=3)
LONGEST_REST = LONGEST_PAUSE
MOST_PROBLEM_CHARS = 100
PAUSED = "webhook paused"
_LOCKED = select(_webhooks.c.failures, _webhooks.c.failing_since).with_for_update(key_share=True)


@dataclass(frozen=True, slots=True)
class WebhookLetter:
    """One announcement on its way to one webhook. Its message id stays the same, however often it is sent."""

    id: int
    webhook_id: int
    message_id: str
    body: str
    attempts: int


class WebhookLetters:
    """The letters of every webhook."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def due(self, now: datetime) -> tuple[Webhook, ...]:
        """Return the webhooks that something is to be sent to now, whoever has waited longest first."""
        first = select(_letters.c.webhook_id, func.min(_letters.c.due_at).label("due_at")).where(_is_due(now))
        first_due = first.group_by(_letters.c.webhook_id).subquery()
        statement = (
            WEBHOOKS.join(first_due, first_due.c.webhook_id == _webhooks.c.id)
            .where(_webhooks.c.paused_at.is_(None))
            .where(
                or_(
                    _webhooks.c.rests_until.is_(None),
                    has_ended(_webhooks.c.rests_until, now, LONGEST_REST.total_seconds()),
                )
            )
            .order_by(first_due.c.due_at)
        )
        with self._database.read() as connection:
            return tuple(webhook_of(row) for row in connection.execute(statement))

    def take(self, webhook_id: int, now: datetime, *, limit: int) -> tuple[WebhookLetter, ...]:
        """Take letters that are due, the longest due first, under a lease; each counts as an attempt."""
        due = (
            select(_letters.c.id)
            .where(_letters.c.webhook_id == webhook_id, _is_due(now))
            .order_by(_letters.c.due_at, _letters.c.id)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        taken = update(_letters).where(_letters.c.id.in_(due.scalar_subquery()))
        values = {"lease_until": now + timedelta(seconds=LEASE_SECONDS), "attempts": _letters.c.attempts + 1}
        with self._database.write() as connection:
            rows = connection.execute(taken.values(**values).returning(_letters)).all()
        return tuple(_letter(row) for row in sorted(rows, key=lambda row: (row.due_at, row.id)))

    def give_back(self, letters: Sequence[WebhookLetter]) -> None:
        """Let go of letters that were taken and not sent after all."""
        if not letters:
            return
        values = {"lease_until": None, "attempts": _letters.c.attempts - 1}
        with self._database.write() as connection:
            connection.execute(update(_letters).where(_these(letters)).values(**values))

    def delivered(self, letter: WebhookLetter, now: datetime) -> None:
        """Forget a letter that arrived: its webhook is sound."""
        is_mine = _webhooks.c.id == letter.webhook_id
        with self._database.write() as connection:
            connection.execute(delete(_letters).where(_these([letter])))
            connection.execute(update(_webhooks).where(is_mine).values(**SOUND, delivered_at=now))

    def put_off(self, letter: WebhookLetter, now: datetime) -> None:
        """Try a letter again later, each time after twice as long; give it up when it has been tried for a day."""
        values = {"due_at": now + pause(letter.attempts), "lease_until": None}
        with self._database.write() as connection:
            connection.execute(update(_letters).where(_these([letter])).values(**values))
            old = and_(_these([letter]), _letters.c.attempts > 1, _letters.c.created_at <= now - GIVE_UP_AFTER)
            _give_up(connection, letter.webhook_id, old, now)

    def failed(self, webhook_id: int, problem: str, now: datetime, *, rest: timedelta = timedelta()) -> Webhook | None:
        """Leave a webhook alone for a while after a failure: for `rest`, or longer with each failure in a row.

        What it could not be told within a day is given up; after three days of nothing but failures it is paused.
        Both are events. Returns the webhook as it is now, None when it was removed.
        """
        with self._database.write() as connection:
            row = connection.execute(_LOCKED.where(_webhooks.c.id == webhook_id)).one_or_none()
            if row is None:
                return None
            failing_since = row.failing_since or now
            values = {
                "failures": row.failures + 1,
                "failing_since": failing_since,
                "last_problem": problem[:MOST_PROBLEM_CHARS],
                "rests_until": now + min(max(rest, pause(row.failures + 1)), LONGEST_REST),
            }
            connection.execute(update(_webhooks).where(_webhooks.c.id == webhook_id).values(**values))
            if now - failing_since >= GIVE_UP_AFTER:
                old = and_(_letters.c.webhook_id == webhook_id, _letters.c.created_at <= now - GIVE_UP_AFTER)
                _give_up(connection, webhook_id, old, now)
            if now - failing_since >= PAUSE_AFTER:
                _pause(connection, webhook_id, problem, now)
            return find_webhook(connection, webhook_id)

    def pause(self, webhook_id: int, problem: str, now: datetime) -> None:
        """Send nothing any more to a webhook until somebody resumes it; what waits for it is forgotten."""
        with self._database.write() as connection:
            _pause(connection, webhook_id, problem, now)


def _is_due(now: datetime) -> Any:
    is_free = or_(_letters.c.lease_until.is_(None), has_ended(_letters.c.lease_until, now, LEASE_SECONDS))
    return and_(_letters.c.due_at <= now, is_free)


def _these(letters: Sequence[WebhookLetter]) -> Any:
    # By the message as well: SQLite may have given the number of a letter that is gone to another one.
    return and_(
        _letters.c.id.in_([letter.id for letter in letters]),
        _letters.c.message_id.in_([letter.message_id for letter in letters]),
    )


def _give_up(connection: Connection, webhook_id: int, which: Any, now: datetime) -> None:
    count = connection.execute(delete(_letters).where(which)).rowcount
    if count:
        record(connection, find_webhook(connection, webhook_id), GIVEN_UP, now, count=count)
        after_commit(connection, partial(metrics.count_given_up, metrics.Post.WEBHOOK, count))


def _pause(connection: Connection, webhook_id: int, problem: str, now: datetime) -> None:
    is_at_work = and_(_webhooks.c.id == webhook_id, _webhooks.c.paused_at.is_(None))
    values = {"paused_at": now, "last_problem": problem[:MOST_PROBLEM_CHARS]}
    if connection.execute(update(_webhooks).where(is_at_work).values(values)).rowcount:
        dropped = connection.execute(delete(_letters).where(_letters.c.webhook_id == webhook_id)).rowcount
        record(connection, find_webhook(connection, webhook_id), PAUSED, now, why=problem, dropped=dropped)
        after_commit(connection, partial(metrics.count_given_up, metrics.Post.WEBHOOK, dropped))


def _letter(row: Any) -> WebhookLetter:
    return WebhookLetter(row.id, row.webhook_id, row.message_id, row.body, row.attempts)
