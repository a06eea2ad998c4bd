"""R-08: what stands in the queue is doubled, late, unknown, garbage or forged."""

import contextlib
import json
import zlib

from redis import Redis
from redis.exceptions import RedisError
from rq import Queue
from rq.serializers import JSONSerializer

from comments.wakeup import QUEUE, enqueue_drain
from tests.faults.stage import Stage

_LIST = f"rq:queue:{QUEUE}"


def disturb_queue(stage: Stage) -> None:
    """R-08: five drains at once, and among them what nobody of us enqueued. A forged job must leave no trace."""
    stage.pause(0.5)
    trace = stage.installation.directory / f"forged-{stage.cycle}"
    with contextlib.closing(stage.installation.redis()) as redis:
        for disturb in stage.chance.sample([_double, _unknown, _garbage, lambda one: _forge(one, str(trace))], 4):
            with contextlib.suppress(RedisError):
                disturb(redis)
    stage.pause(1.5)
    if trace.exists():
        stage.journal.problem("a forged job was run")


def _double(redis: Redis) -> None:
    for _ in range(5):
        enqueue_drain(redis)


def _unknown(redis: Redis) -> None:
    redis.rpush(_LIST, "5e4a0b3c-0000-4000-8000-000000000000")


def _garbage(redis: Redis) -> None:
    redis.rpush(_LIST, b"\xff\xfe../..\x00", b"")
    redis.set("replydesk:wake", b"\xff")


def _forge(redis: Redis, trace: str) -> None:
    Queue(QUEUE, connection=redis, serializer=JSONSerializer).enqueue("os.mkdir", trace)
    job = {"data": zlib.compress(json.dumps(["os.system", None, [f"touch {trace}"], {}]).encode()), "origin": QUEUE}
    redis.hset("rq:job:forged", mapping=job)
    redis.rpush(_LIST, "forged")
