"""Ring the workers' bell: one RQ job without arguments, at most once a second. No comment depends on Redis.

The row is committed before the bell is rung, and the drain job deletes the wake key before its first claim: so a
comment is either seen by that claim or rings a bell of its own.
"""

import time
from collections.abc import Callable

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry
from rq import Queue
from rq.serializers import JSONSerializer

QUEUE = "replydesk"
DRAIN = "workers.drain.drain"
LEARN = "workers.learning.job.learn"
WAKE_KEY = "replydesk:wake"
WAKE_SECONDS = 1
LEARN_KEY = "replydesk:learn"
LEARN_SECONDS = 30
JOB_TIMEOUT_SECONDS = 60
FAILURE_TTL_SECONDS = 86_400

# redis-py's defaults keep a request waiting 3.7 s when Redis is down (measured); a reader waits this long at most.
CONNECT_SECONDS = 0.25
ANSWER_SECONDS = 0.5
# After a failure nobody asks Redis again for so long.
BREAK_SECONDS = 1.0


def connect_quickly(url: str) -> Redis:
    """Return a client that fails at once instead of waiting for Redis. It connects when it is first used."""
    return Redis.from_url(
        url,
        socket_connect_timeout=CONNECT_SECONDS,
        socket_timeout=ANSWER_SECONDS,
        retry=Retry(NoBackoff(), 0),
        health_check_interval=0,
    )


class Wakeup:
    """The bell of one process, with a breaker so that a dead Redis costs one attempt a second."""

    def __init__(self, redis: Redis | None, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._redis = redis
        self._monotonic = monotonic
        self._broken_until = 0.0

    def ring(self) -> bool:
        """Ask for a drain. Returns False when Redis is away; the sweeper will find the comment then."""
        if self._redis is None or self._monotonic() < self._broken_until:
            return False
        try:
            if self._redis.set(WAKE_KEY, 1, nx=True, ex=WAKE_SECONDS):
                enqueue_drain(self._redis)
        except (RedisError, OSError):
            self._broken_until = self._monotonic() + BREAK_SECONDS
            return False
        return True


def enqueue_drain(redis: Redis) -> None:
    """Put one drain job on the queue: no arguments, no result, no description."""
    _enqueue(redis, DRAIN, "drain")


def ring_to_learn(redis: Redis) -> bool:
    """Ask for a learning job, at most once in half a minute. Returns False when Redis is away: ask again later."""
    try:
        if redis.set(LEARN_KEY, 1, nx=True, ex=LEARN_SECONDS):
            _enqueue(redis, LEARN, "learn")
    except (RedisError, OSError):
        return False
    return True


def _enqueue(redis: Redis, function: str, description: str) -> None:
    Queue(QUEUE, connection=redis, serializer=JSONSerializer).enqueue(
        function,
        job_timeout=JOB_TIMEOUT_SECONDS,
        result_ttl=0,
        failure_ttl=FAILURE_TTL_SECONDS,
        description=description,
    )
