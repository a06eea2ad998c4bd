"""Rate limits at the door: fixed windows in Redis, or stricter ones of this process while Redis is away.

Who writes too much is turned away by their author key. A network is no person: thousands of readers share one address
behind a mobile carrier, so what comes from a crowded one is kept and held, and its quiet authors never hear of it.
Keys are keyed hashes, so that nobody who reads Redis learns a network or an author.
"""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass

from limits import RateLimitItem, RateLimitItemPerHour, RateLimitItemPerMinute
from limits.storage import MemoryStorage, RedisStorage
from limits.strategies import FixedWindowRateLimiter
from redis import Redis
from redis.exceptions import RedisError

from comments.identity import RootKey
from comments.metrics import Limit, count_limited
from comments.wakeup import BREAK_SECONDS
from service.problems import TooMany

_PREFIX = "replydesk:limit"


@dataclass(frozen=True, slots=True)
class Bucket:
    """How often one kind of sender may post: with Redis, and in one process without it."""

    name: Limit
    shared: RateLimitItem
    alone: RateLimitItem


AUTHOR = Bucket(Limit.AUTHOR, RateLimitItemPerMinute(6), RateLimitItemPerMinute(3))
# From here on a network is crowded: what comes from it is held.
CROWD = Bucket(Limit.CROWD, RateLimitItemPerMinute(30), RateLimitItemPerMinute(15))
# And an author there who writes more than this is not a quiet one.
CROWD_AUTHOR = Bucket(Limit.CROWD_AUTHOR, RateLimitItemPerMinute(2), RateLimitItemPerMinute(2))
# What no crowd of people sends: the one limit of a network that turns everybody away, for the sake of the machine.
# Only what came through the limits above it counts, so nobody fills it under one name.
NETWORK = Bucket(Limit.NETWORK, RateLimitItemPerMinute(600), RateLimitItemPerMinute(300))
# What cannot be kept has no author key; it is counted by itself, so that it does not fill the limit of what can.
UNFIT = Bucket(Limit.UNFIT, RateLimitItemPerMinute(600), RateLimitItemPerMinute(300))
# What another limit turns away may repeat a kept comment, and looking for that asks the database. Who fills this one
# takes from those who share the network no more than that look.
REPEAT = Bucket(Limit.REPEAT, RateLimitItemPerMinute(600), RateLimitItemPerMinute(300))
# Each request has a mail sent to whatever address was typed. Not counted by address: whoever asks must not learn that
# somebody has asked for it before.
REQUEST = Bucket(Limit.REQUEST, RateLimitItemPerHour(20), RateLimitItemPerHour(10))


class RateLimits:
    """Counts what came in. Redis being away costs one attempt a second, and never a comment."""

    def __init__(
        self, redis: Redis | None, key: RootKey, *, is_on: bool, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._key = key
        self._is_on = is_on
        self._monotonic = monotonic
        self._alone = FixedWindowRateLimiter(MemoryStorage())
        self._shared = None if redis is None else FixedWindowRateLimiter(_storage(redis))
        self._broken_until = 0.0

    def count(self, bucket: Bucket, sender: bytes) -> None:
        """Count one post of a sender. Raises TooMany."""
        if not self._is_on:
            return
        name = self._key.token(f"ratelimit/{bucket.name}", sender)
        try:
            if not self._counted_in_redis(bucket, name):
                _hit(self._alone, bucket.alone, name)
        except TooMany:
            count_limited(bucket.name)
            raise

    def is_over(self, bucket: Bucket, sender: bytes) -> bool:
        """Count one post of a sender and say whether it is more than the bucket holds."""
        try:
            self.count(bucket, sender)
        except TooMany:
            return True
        return False

    def _counted_in_redis(self, bucket: Bucket, name: str) -> bool:
        if self._shared is None or self._monotonic() < self._broken_until:
            return False
        try:
            _hit(self._shared, bucket.shared, name)
        except (RedisError, OSError):
            self._broken_until = self._monotonic() + BREAK_SECONDS
            return False
        return True


def _storage(redis: Redis) -> RedisStorage:
    # The address only names the kind; the connections are the quick ones we hand over.
    return RedisStorage("redis://", connection_pool=redis.connection_pool, key_prefix=_PREFIX)


def _hit(limiter: FixedWindowRateLimiter, item: RateLimitItem, name: str) -> None:
    if not limiter.hit(item, name):
        ends_at_seconds = limiter.get_window_stats(item, name).reset_time
        raise TooMany(math.ceil(ends_at_seconds - time.time()))
