"""When a digest is due: every so many minutes or hours, or every day at a time of some place. Pure."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

_STEP = re.compile(r"(\d{1,2})(m|h)", re.ASCII)
_DAILY = re.compile(r"1d at ([01]\d|2[0-3]):([0-5]\d)", re.ASCII)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DAY = timedelta(days=1)
# Whoever wants to know sooner looks at the desk, which updates itself.
SHORTEST = timedelta(minutes=15)


class BadSchedule(Exception):  # noqa: N818 - named for what it says, as in STYLE.md
    """Raised for what says no time."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """Periods that follow each other without a gap. A digest is due when one begins."""

    step: timedelta
    at: time | None = None  # of the day, for a step of a day
    zone: tzinfo = UTC

    def period_at(self, now: datetime) -> datetime:
        """Return when the period that holds `now` began."""
        if self.at is None:
            return _EPOCH + (now - _EPOCH) // self.step * self.step
        today = now.astimezone(self.zone).date()
        moments = (datetime.combine(today - _DAY * days, self.at, self.zone).astimezone(UTC) for days in (0, 1))
        return next(moment for moment in (*moments, now) if moment <= now)


def read_schedule(every: str, zone: str = "UTC") -> Schedule:
    """Return the schedule of `30m`, `6h` or `1d at 07:00`. Raises BadSchedule."""
    daily, step = _DAILY.fullmatch(every), _STEP.fullmatch(every)
    if daily is not None:
        return Schedule(_DAY, time(int(daily[1]), int(daily[2])), _zone(zone))
    length = timedelta(**{"minutes" if step[2] == "m" else "hours": int(step[1])}) if step else timedelta()
    if length < SHORTEST or _DAY % length:
        raise BadSchedule('use "1h" or another part of a day, from "15m" to "12h", or "1d at 07:00"')
    return Schedule(length)


def _zone(name: str) -> tzinfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise BadSchedule("use a time zone as Africa/Lagos or UTC") from None
