"""Guessing made slow: after a few wrong passwords each further try must wait twice as long.

Nobody is locked out by somebody else's guesses for long: waits have an end, tries during a wait do not count, and a
browser that has logged in before has a count of its own (service/auth/login.py says what counts against what).
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock

FORGET_AFTER = timedelta(hours=24)
# A guesser with many names fills the table; the oldest counts give way.
MAX_COUNTS = 100_000


@dataclass(frozen=True, slots=True)
class Subject:
    """What a try counts against: `free` tries go by unhindered, then the wait doubles up to `longest`."""

    key: str
    free: int
    longest: timedelta


@dataclass(slots=True)
class _Count:
    tries: int
    last_at: datetime


class Backoff:
    """The counts of one process, in memory: a restart forgets them, which costs a guesser's wait and no more."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._lock = Lock()
        self._counts: dict[str, _Count] = {}

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
                tries = self._tries(subject.key, now) + 1
                self._counts.pop(subject.key, None)  # so that the latest stand last
                self._counts[subject.key] = _Count(tries, now)
            while len(self._counts) > MAX_COUNTS:
                del self._counts[next(iter(self._counts))]
        return None

    def forget(self, key: str) -> None:
        """Start anew for one subject: somebody has shown the right password."""
        with self._lock:
            self._counts.pop(key, None)

    def _tries(self, key: str, now: datetime) -> int:
        count = self._counts.get(key)
        return 0 if count is None or count.last_at + FORGET_AFTER <= now else count.tries

    def _wait(self, subject: Subject, now: datetime) -> timedelta:
        tries = self._tries(subject.key, now)
        if tries < subject.free:
            return timedelta(0)
        # 2, 4, 8 … seconds; the exponent is bounded because the wait is.
        due = min(timedelta(seconds=2 ** min(tries - subject.free + 1, 20)), subject.longest)
        return self._counts[subject.key].last_at + due - now
