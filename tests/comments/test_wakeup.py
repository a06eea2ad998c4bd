"""The bell: one job for many comments, and no reader waits for a Redis that is away."""

import json
import signal
import socket
import time
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from redis import Redis
from rq import Queue
from rq.serializers import JSONSerializer

from comments.wakeup import (
    BREAK_SECONDS,
    DRAIN,
    JOB_TIMEOUT_SECONDS,
    QUEUE,
    WAKE_KEY,
    WAKE_SECONDS,
    Wakeup,
    connect_quickly,
    enqueue_drain,
)
from tests.servers.valkey import Valkey, running_valkey

# What a reader may lose at most to a Redis that hangs; the answer to a post must come within a second.
HUNG_SECONDS = 1.5


class Clock:
    """A monotonic clock that a test moves."""

    def __init__(self) -> None:
        self.seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def quick(valkey: str) -> Iterator[Redis]:
    client = connect_quickly(valkey)
    yield client
    client.close()


@pytest.fixture
def own_valkey() -> Iterator[Valkey]:
    """A server that the test may stop."""
    with running_valkey() as server:
        yield server


def queued(redis: Redis) -> list[bytes]:
    return redis.lrange(f"rq:queue:{QUEUE}", 0, -1)


def test_a_ring_puts_one_job_on_the_queue(quick: Redis, redis: Redis) -> None:
    assert Wakeup(quick).ring()

    assert len(queued(redis)) == 1


def test_many_rings_are_one_job(quick: Redis, redis: Redis) -> None:
    bells = [Wakeup(quick), Wakeup(quick)]

    assert all(bell.ring() for bell in bells * 50)

    assert len(queued(redis)) == 1


def test_the_bell_can_be_rung_again_once_the_drain_has_begun(quick: Redis, redis: Redis) -> None:
    bell = Wakeup(quick)
    bell.ring()
    redis.delete(WAKE_KEY)  # what a drain does first

    bell.ring()

    assert len(queued(redis)) == 2


def test_the_wake_key_ends_by_itself(quick: Redis, redis: Redis) -> None:
    Wakeup(quick).ring()

    assert 0 < redis.pttl(WAKE_KEY) <= WAKE_SECONDS * 1000


def test_the_job_has_no_arguments_and_leaves_nothing_behind(redis: Redis) -> None:
    enqueue_drain(redis)

    [job] = Queue(QUEUE, connection=redis, serializer=JSONSerializer).jobs
    assert (job.func_name, job.args, job.kwargs) == (DRAIN, [], {})
    assert (job.timeout, job.result_ttl, job.description) == (JOB_TIMEOUT_SECONDS, 0, "drain")
    assert job.failure_ttl == 86_400
    raw = redis.hget(f"rq:job:{job.id}", "data")
    assert json.loads(zlib.decompress(raw)) == [DRAIN, None, [], {}]


def test_without_redis_nothing_is_rung() -> None:
    assert not Wakeup(None).ring()


def test_a_dead_redis_costs_one_attempt_a_second(tmp_path: Path) -> None:
    # given a bell whose Redis takes connections and never answers
    with socket.socket(socket.AF_UNIX) as silent:
        silent.bind(str(tmp_path / "silent.sock"))
        silent.listen()
        silent.setblocking(False)
        client, clock = connect_quickly(f"unix://{tmp_path}/silent.sock"), Clock()
        bell = Wakeup(client, monotonic=clock)

        # when it is rung many times within a second, and again after it
        assert not any(bell.ring() for _ in range(100))
        clock.seconds += BREAK_SECONDS
        assert not bell.ring()

        # then only two of them asked
        for _ in range(2):
            silent.accept()[0].close()
        with pytest.raises(BlockingIOError):
            silent.accept()
        client.close()


def test_the_bell_works_again_when_redis_is_back(valkey_server: Valkey, valkey: str, tmp_path: Path) -> None:
    clock = Clock()
    path = tmp_path / "valkey.sock"
    client = connect_quickly(f"unix://{path}")
    bell = Wakeup(client, monotonic=clock)
    assert not bell.ring()

    path.symlink_to(valkey_server.directory / "valkey.sock")

    assert not bell.ring(), "the breaker is still open"
    clock.seconds += BREAK_SECONDS
    assert bell.ring()
    client.close()


def test_a_refused_connection_is_quick() -> None:
    client = connect_quickly("redis://127.0.0.1:1/0")
    started = time.monotonic()

    assert not Wakeup(client).ring()

    assert time.monotonic() - started < HUNG_SECONDS
    client.close()


@pytest.mark.parametrize("is_connected", [False, True], ids=["not yet connected", "already connected"])
def test_a_hung_redis_costs_a_bounded_time(own_valkey: Valkey, is_connected: bool) -> None:
    client = connect_quickly(own_valkey.url)
    bell = Wakeup(client)
    if is_connected:
        assert bell.ring()
    own_valkey.process.send_signal(signal.SIGSTOP)
    started = time.monotonic()

    assert not bell.ring()
    first = time.monotonic() - started
    assert not bell.ring()
    second = time.monotonic() - started - first

    assert first < HUNG_SECONDS
    assert second < first, "the breaker answers at once: the first has waited, the second does not"
    client.close()


def test_a_full_redis_is_one_that_is_away(own_valkey: Valkey) -> None:
    admin = Redis.from_url(own_valkey.url)
    admin.config_set("maxmemory", "1")
    client = connect_quickly(own_valkey.url)

    assert not Wakeup(client).ring()

    client.close()
    admin.close()


def test_a_killed_redis_is_one_that_is_away(own_valkey: Valkey) -> None:
    client = connect_quickly(own_valkey.url)
    bell = Wakeup(client)
    assert bell.ring()
    own_valkey.process.kill()
    own_valkey.process.wait()

    assert not bell.ring()
    client.close()
