"""Leases: who may do what only one process should do, and who is alive. All in the database, so Redis may be away."""

from datetime import datetime, timedelta

from sqlalchemy import delete, func, or_, select
from sqlalchemy.dialects import postgresql, sqlite

from comments import schema
from comments.store.database import Database

_leases = schema.leases

WORKER = "worker/"


class Leases:
    """Named leases that end by themselves when their holder dies."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def take(self, name: str, holder: str, *, seconds: float, now: datetime) -> bool:
        """Take or renew a lease. Returns False while another holder has it."""
        insert = sqlite.insert if self._database.is_sqlite else postgresql.insert
        values = {"name": name, "holder": holder, "until_at": now + timedelta(seconds=seconds)}
        claim = insert(_leases).values(**values)
        claim = claim.on_conflict_do_update(
            index_elements=[_leases.c.name],
            set_={"holder": claim.excluded.holder, "until_at": claim.excluded.until_at},
            where=or_(_leases.c.until_at <= now, _leases.c.holder == holder),
        )
        with self._database.write() as connection:
            return connection.execute(claim.returning(_leases.c.name)).first() is not None

    def give_back(self, name: str, holder: str) -> None:
        """End a lease early. Does nothing when somebody else holds it."""
        with self._database.write() as connection:
            connection.execute(delete(_leases).where(_leases.c.name == name, _leases.c.holder == holder))

    def count_alive(self, prefix: str, now: datetime) -> int:
        """Count the leases whose name begins with `prefix` and that have not ended."""
        alive = select(func.count()).where(_leases.c.name.startswith(prefix, autoescape=True), _leases.c.until_at > now)
        with self._database.read() as connection:
            return connection.execute(alive).scalar_one()

    def forget_ended(self, now: datetime) -> None:
        """Delete the leases that ended more than a day ago."""
        with self._database.write() as connection:
            connection.execute(delete(_leases).where(_leases.c.until_at < now - timedelta(days=1)))
