"""Leases: who may do what only one process should do, and who is alive. All in the database, so Redis may be away."""

from datetime import datetime, timedelta

from sqlalchemy import Column, ColumnElement, delete, func, or_, select

from comments import schema
from comments.store.database import Database
from comments.store.upsert import upsert

_leases = schema.leases

WORKER = "worker/"
# A worker that cannot read its model: it is alive, and holds every comment.
BLIND_WORKER = f"{WORKER}blind/"
NOTIFIER = "notifier/"
# Taken for no time at all by whoever answers for readiness, to see whether the database can be written.
PROBE = "probe/web"
# Nobody's sign of life is good for longer; what says so was written under another clock.
LONGEST_SIGN_OF_LIFE = timedelta(minutes=10)
# A lease that ends later than this many times its length from now was taken before the clock was put back.
CLOCK_TOLERANCE = 2


class Leases:
    """Named leases that end by themselves when their holder dies."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def take(self, name: str, holder: str, *, seconds: float, now: datetime) -> bool:
        """Take or renew a lease. Returns False while another holder has it."""
        values = {"name": name, "holder": holder, "until_at": now + timedelta(seconds=seconds)}
        claim = upsert(self._database, _leases).values(**values)
        claim = claim.on_conflict_do_update(
            index_elements=[_leases.c.name],
            set_={"holder": claim.excluded.holder, "until_at": claim.excluded.until_at},
            where=or_(has_ended(_leases.c.until_at, now, seconds), _leases.c.holder == holder),
        )
        with self._database.write() as connection:
            return connection.execute(claim.returning(_leases.c.name)).first() is not None

    def give_back(self, name: str, holder: str) -> None:
        """End a lease early. Does nothing when somebody else holds it."""
        with self._database.write() as connection:
            connection.execute(delete(_leases).where(_leases.c.name == name, _leases.c.holder == holder))

    def count_alive(self, prefix: str, now: datetime) -> int:
        """Count the leases whose name begins with `prefix` and that have not ended."""
        alive = select(func.count()).where(
            _leases.c.name.startswith(prefix, autoescape=True),
            _leases.c.until_at > now,
            _leases.c.until_at <= now + LONGEST_SIGN_OF_LIFE,
        )
        with self._database.read() as connection:
            return connection.execute(alive).scalar_one()

    def last_holder(self, name: str, *, since: datetime) -> str | None:
        """Return who held a lease last, None when that ended before `since` or there was nobody."""
        with self._database.read() as connection:
            held = select(_leases.c.holder).where(_leases.c.name == name, _leases.c.until_at >= since)
            return connection.execute(held).scalar_one_or_none()

    def forget_ended(self, now: datetime) -> int:
        """Delete the leases that ended more than a day ago. Returns how many."""
        with self._database.write() as connection:
            return connection.execute(delete(_leases).where(_leases.c.until_at < now - timedelta(days=1))).rowcount


def has_ended(until_at: Column[datetime], now: datetime, seconds: float) -> ColumnElement[bool]:
    """Say whether a lease of this length is over.

    A clock that was put back must not make a dead holder's lease last until the old time comes round again.
    """
    return or_(until_at <= now, until_at > now + timedelta(seconds=CLOCK_TOLERANCE * seconds))
