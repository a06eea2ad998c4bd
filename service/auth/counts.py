"""Where wrong passwords are counted: in Redis for all web processes, in this process while Redis is away."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol

import structlog
from redis import Redis
from redis.exceptions import RedisError

from comments.wakeup import BREAK_SECONDS

log = structlog.get_logger()

FORGET_AFTER = timedelta(hours=24)
# A guesser with many names fills the table; the oldest counts give way.
MAX_COUNTS = 100_000
_PREFIX = "replydesk:login:"


@dataclass(frozen=True, slots=True)
class Count:
    """How often somebody has tried, and when last."""

    tries: int
    last_at: datetime


class Counts(Protocol):
    """A place that remembers counts for a day. Keys are keyed hashes: nobody who reads it learns a login."""

    def read(self, key: str) -> Count | None:
        """Return the count, or None."""

    def write(self, key: str, count: Count) -> None:
        """Keep the count."""

    def forget(self, key: str) -> None:
        """Drop the count."""


class OwnCounts:
    """The counts of one process. A restart forgets them, which costs a guesser's wait and no more."""

    def __init__(self) -> None:
        self._counts: dict[str, Count] = {}

    def __len__(self) -> int:
        return len(self._counts)

    def read(self, key: str) -> Count | None:
        """Return the count, or None."""
        return self._counts.get(key)

    def write(self, key: str, count: Count) -> None:
        """Keep the count, the latest last."""
        self._counts.pop(key, None)
        self._counts[key] = count
        while len(self._counts) > MAX_COUNTS:
            del self._counts[next(iter(self._counts))]

    def forget(self, key: str) -> None:
        """Drop the count."""
        self._counts.pop(key, None)


class SharedCounts:
    """The counts of all web processes. Everything is also counted here, so that Redis going away frees nobody."""

    def __init__(self, redis: Redis, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._redis = redis
        self._own = OwnCounts()
        self._monotonic = monotonic
        self._broken_until = 0.0

    def read(self, key: str) -> Count | None:
        """Return the shared count; our own while Redis is away."""
        if self._monotonic() >= self._broken_until:
            try:
                return _parse(self._redis.get(_PREFIX + key))
            except (RedisError, OSError):
                self._broken_until = self._monotonic() + BREAK_SECONDS
            except (ValueError, OverflowError):  # not written by us; what we counted ourselves holds
                log.error("login count unreadable")  # noqa: TRY400 - the message would repeat what stands there
        return self._own.read(key)

    def write(self, key: str, count: Count) -> None:
        """Keep the count here and for the others."""
        self._own.write(key, count)
        value = f"{count.tries}:{count.last_at.timestamp()}"
        self._tell(lambda: self._redis.set(_PREFIX + key, value, ex=FORGET_AFTER))

    def forget(self, key: str) -> None:
        """Drop the count here and for the others."""
        self._own.forget(key)
        self._tell(lambda: self._redis.delete(_PREFIX + key))

    def _tell(self, tell: Callable[[], object]) -> None:
        if self._monotonic() < self._broken_until:
            return
        try:
            tell()
        except (RedisError, OSError):
            self._broken_until = self._monotonic() + BREAK_SECONDS


def _parse(raw: bytes | str | None) -> Count | None:
    """Read what `write` wrote. Raises ValueError or OverflowError for anything else."""
    if raw is None:
        return None
    tries, _, last_at = (raw if isinstance(raw, str) else raw.decode()).partition(":")
    return Count(int(tries), datetime.fromtimestamp(float(last_at), UTC))
