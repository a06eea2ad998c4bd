"""Alarms: how often something happened that somebody must look at. In the database, so every process sees them.

They live among the leases, a row for each kind: it ends by itself, and no flood of events makes more rows.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Integer, String, case, cast, select

from comments import schema
from comments.store.database import Database
from comments.store.upsert import upsert

_leases = schema.leases

JOBS_REFUSED = "alarm/jobs-refused"
# So long after it last happened an alarm is still told, and its number goes on.
REMEMBERED = timedelta(days=1)
# A counter that an attacker drives must not outgrow its type.
MAX_COUNT = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Alarm:
    """How often it happened, and when last."""

    count: int
    last_at: datetime


class Alarms:
    """The alarms there are."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def sound(self, name: str, times: int, *, now: datetime) -> None:
        """Add to an alarm's number. Not safe to do twice: the second time counts too."""
        times = min(times, MAX_COUNT)
        first = str(times)
        row = upsert(self._database, _leases).values(name=name, holder=first, until_at=now + REMEMBERED)
        number = cast(_leases.c.holder, Integer)
        more = case((number >= MAX_COUNT - times, MAX_COUNT), else_=number + times)
        row = row.on_conflict_do_update(
            index_elements=[_leases.c.name],
            set_={
                "holder": case((_leases.c.until_at <= now, first), else_=cast(more, String)),
                "until_at": row.excluded.until_at,
            },
        )
        with self._database.write() as connection:
            connection.execute(row)

    def find(self, name: str, now: datetime) -> Alarm | None:
        """Return the alarm, None when it did not happen for a day."""
        row = select(_leases.c.holder, _leases.c.until_at).where(_leases.c.name == name, _leases.c.until_at > now)
        with self._database.read() as connection:
            found = connection.execute(row).first()
        return None if found is None else Alarm(int(found.holder), found.until_at - REMEMBERED)
