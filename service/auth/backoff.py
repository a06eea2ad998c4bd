"""Guessing made slow: after a few wrong passwords each further try must wait twice as long.

Nobody is locked out by somebody else's guesses for long: waits have an end, tries during a wait do not count, and a
browser that has logged in before has a count of its own (service/auth/login.py says what counts against what).
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock

from service.auth.counts import FORGET_AFTER, Count, Counts

# A try from a later time than that was not counted by us: it would keep somebody out until then.
_CLOCKS_DIFFER = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Subject:
    """What a try counts against: `free` tries go by unhindered, then the wait doubles up to `longest`."""

    key: str
    free: int
    longest: timedelta


class Backoff:
    """Takes or delays tries. Two processes that look at the same moment may each let one by; that is all."""

    def __init__(self, now: Callable[[], datetime], counts: Counts) -> None:
        self._now = now
        self._counts = counts
        self._lock = Lock()

    def take(self, subjects: Iterable[Subject]) -> timedelta | None:
        """Count one try against every subject, before it is known to be wrong. Returns how long to wait, or None.

        A try that must wait is not counted, so that knocking on never makes the wait longer.
        """
        now, wanted = self._now(), list(subjects)
        with self._lock:
            wait = max((self._wait(subject, now) for subject in wanted), default=timedelta(0))
            if wait > timedelta(0):
                return wait
            for subject in wanted:
                tries, _ = self._count(subject.key, now)
                self._counts.write(subject.key, Count(tries + 1, now))
        return None

    def forget(self, key: str) -> None:
        """Start anew for one subject: somebody has shown the right password."""
        with self._lock:
            self._counts.forget(key)

    def _count(self, key: str, now: datetime) -> tuple[int, datetime]:
        count = self._counts.read(key)
        if count is None or count.last_at <= now - FORGET_AFTER or count.last_at > now + _CLOCKS_DIFFER:
            return 0, now
        return count.tries, count.last_at

    def _wait(self, subject: Subject, now: datetime) -> timedelta:
        tries, last_at = self._count(subject.key, now)
        if tries < subject.free:
            return timedelta(0)
        # 2, 4, 8 … seconds; the exponent is bounded because the wait is.
        due = min(timedelta(seconds=2 ** min(tries - subject.free + 1, 20)), subject.longest)
        return last_at + due - now
