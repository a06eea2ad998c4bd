"""R-05: Redis is there and of no use: hung, emptied, read-only, full, with another password, or away for a while."""

import contextlib
import signal
import time
from collections.abc import Callable, Iterator

from redis import Redis

from tests.faults.keeper import wait_for
from tests.faults.stage import PATIENCE_SECONDS, Stage

PASSWORD = "rig"


def trouble_redis(stage: Stage) -> None:
    """R-05: one trouble for one to three seconds, then none."""
    stage.pause(0.5)
    with TROUBLES[stage.cycle % len(TROUBLES)](stage):
        stage.pause(2.0)
        time.sleep(1.0)


@contextlib.contextmanager
def _away(stage: Stage) -> Iterator[None]:
    valkey = stage.installation.valkey
    with stage.installation.keeper.hold(valkey):
        stage.kill(stage.wait_for_victims(valkey.family))
        yield


@contextlib.contextmanager
def _hung(stage: Stage) -> Iterator[None]:
    process = stage.wait_for_victims(stage.installation.valkey.family)[0]
    process.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        process.send_signal(signal.SIGCONT)


@contextlib.contextmanager
def _flushed(stage: Stage) -> Iterator[None]:
    for _ in range(20):
        with _client(stage) as client:
            client.flushall()
        time.sleep(0.05)
    yield


@contextlib.contextmanager
def _read_only(stage: Stage) -> Iterator[None]:
    with _client(stage) as client:
        client.replicaof("127.0.0.1", "1")
        try:
            yield
        finally:
            client.replicaof("NO", "ONE")


@contextlib.contextmanager
def _full(stage: Stage) -> Iterator[None]:
    with _client(stage) as client:
        client.config_set("maxmemory", "1")
        try:
            yield
        finally:
            client.config_set("maxmemory", "0")


@contextlib.contextmanager
def _another_password(stage: Stage) -> Iterator[None]:
    with _client(stage) as client:
        client.config_set("requirepass", PASSWORD)
        client.client_kill_filter(_type="normal", skipme=True)
        try:
            yield
        finally:
            client.execute_command("AUTH", PASSWORD)
            client.config_set("requirepass", "")


TROUBLES: tuple[Callable[[Stage], contextlib.AbstractContextManager[None]], ...] = (
    _away,
    _hung,
    _flushed,
    _read_only,
    _full,
    _another_password,
)


@contextlib.contextmanager
def _client(stage: Stage) -> Iterator[Redis]:
    def answers() -> bool:
        with contextlib.suppress(Exception), contextlib.closing(stage.installation.redis()) as probe:
            return bool(probe.ping())
        return False

    wait_for("Valkey answers", answers, seconds=PATIENCE_SECONDS)
    # One connection, kept: after a change of password nobody else gets in.
    with contextlib.closing(Redis.from_url(stage.installation.redis_url, single_connection_client=True)) as client:
        yield client
