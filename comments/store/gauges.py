"""How much stands and waits now, in numbers, for the operator. A handful of indexed counts, in one transaction."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, Table, func, select

from comments import schema
from comments.status import Status
from comments.store.database import Database
from comments.store.lists import has_status

_comments, _changes, _webhooks = schema.comments, schema.count_changes, schema.webhooks
_WAITING: dict[str, Table] = {"outbox": schema.outbox, "webhook": schema.webhook_letters}


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many wait, and since when the oldest does; None when nothing waits."""

    number: int = 0
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """One look. `letters` are by kind, since when the first is due; `webhooks` by how they are."""

    pending: Waiting = field(default_factory=Waiting)
    held: Waiting = field(default_factory=Waiting)
    letters: dict[str, Waiting] = field(default_factory=dict)
    webhooks: dict[str, int] = field(default_factory=dict)


class Gauges:
    """What an operator reads off."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def read(self) -> Reading:
        """Return the numbers of all sites together. Raises StoreUnavailable."""
        with self._database.read() as connection:
            return Reading(
                pending=_pending(connection),
                held=_held(connection),
                letters={kind: _letters(connection, table) for kind, table in _WAITING.items()},
                webhooks=_states(connection),
            )


def _pending(connection: Connection) -> Waiting:
    waiting = select(func.count(), func.min(_comments.c.created_at)).where(schema.IS_PENDING)
    row = connection.execute(waiting).one()
    return Waiting(row[0], row[1])


def _held(connection: Connection) -> Waiting:
    """Count as the desk does, by what triggers wrote down; the oldest is at the beginning of an index."""
    number = select(func.coalesce(func.sum(_changes.c.delta), 0)).where(_changes.c.list == Status.HELD.value)
    since = select(func.min(_comments.c.created_at)).where(has_status(_comments, Status.HELD))
    return Waiting(int(connection.execute(number).scalar_one()), connection.execute(since).scalar_one())


def _letters(connection: Connection, table: Table) -> Waiting:
    row = connection.execute(select(func.count(), func.min(table.c.due_at)).select_from(table)).one()
    return Waiting(row[0], row[1])


def _states(connection: Connection) -> dict[str, int]:
    rows = connection.execute(select(_webhooks.c.paused_at, _webhooks.c.failing_since)).all()
    paused = sum(row.paused_at is not None for row in rows)
    failing = sum(row.paused_at is None and row.failing_since is not None for row in rows)
    return {"sound": len(rows) - paused - failing, "failing": failing, "paused": paused}
