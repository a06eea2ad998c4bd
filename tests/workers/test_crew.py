"""The crew as real processes: killed, hung, without Redis. Every comment ends up settled, once."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from redis import Redis
from redis.exceptions import RedisError

from comments.identity import create_root_key
from comments.roles import EVERY_SITE
from comments.status import Status
from comments.store import Store
from comments.store.leases import WORKER
from comments.wakeup import QUEUE, Wakeup, connect_quickly, enqueue_drain
from ops.clock import utc_now
from tests.factories import accept
from tests.servers.valkey import running_valkey

pytestmark = pytest.mark.faults

ROOT = Path(__file__).parents[2]
LEASE_SECONDS = 2
# The lease, ten seconds, and a slow machine that is shared.
PATIENCE_SECONDS = 60.0


class CrewProcess:
    """A running crew and what can be done to it."""

    def __init__(self, process: subprocess.Popen[bytes], log: Path) -> None:
        self.process = process
        self.log = log

    def children(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children()

    def pids(self, child: str) -> list[int]:
        """Return the pids that the log names for "worker-1" or "sweeper", the latest last."""
        started = [line for line in self.log.read_text().splitlines() if '"child started"' in line and child in line]
        return [int(line.split('"pid": ')[1].split(",")[0]) for line in started]


@contextlib.contextmanager
def running_crew(url: str, redis_url: str, directory: Path, *arguments: str) -> Iterator[CrewProcess]:
    key = directory / "root.key"
    if not key.exists():
        create_root_key(key)
    environment = os.environ | {
        "REPLYDESK_ROOT_KEY_FILE": str(key),
        "REPLYDESK_DATABASE_URL": url,
        "REPLYDESK_REDIS_URL": redis_url,
        "REPLYDESK_LEASE_SECONDS": str(LEASE_SECONDS),
        "REPLYDESK_SWEEP_SECONDS": "0.5",
    }
    path = directory / "crew.log"
    with path.open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.workers.crew_process", *arguments], cwd=ROOT, env=environment, stderr=log
        )
    try:
        yield CrewProcess(process, path)
    finally:
        for child in psutil.Process(process.pid).children() if process.poll() is None else []:
            child.kill()
        process.kill()
        process.wait()


@pytest.fixture
def crew(sqlite_store: Store, sqlite_url: str, valkey: str, tmp_path: Path) -> Iterator[CrewProcess]:
    """A crew of one worker and the sweeper, at work."""
    with running_crew(sqlite_url, valkey, tmp_path) as running:
        until(lambda: sqlite_store.leases.count_alive(WORKER, utc_now()) > 0)
        yield running


def until(is_so: Callable[[], bool]) -> None:
    ends_at = time.monotonic() + PATIENCE_SECONDS
    while not is_so():
        assert time.monotonic() < ends_at, "it never became so"
        time.sleep(0.05)


def post(store: Store, redis: Redis, **overrides: object) -> int:
    """Keep a comment and ring, as the service does."""
    made = accept(store, now=utc_now(), **overrides).id
    Wakeup(redis).ring()
    return made


def answers(redis: Redis) -> bool:
    with contextlib.suppress(RedisError):
        return bool(redis.ping())
    return False


def status_of(store: Store, comment_id: int) -> Status:
    return store.desk.card(comment_id, now=utc_now(), scope=EVERY_SITE).status


def until_settled(store: Store, *comment_ids: int) -> None:
    until(lambda: all(status_of(store, comment_id) is not Status.PENDING for comment_id in comment_ids))


def test_a_comment_is_settled_within_a_second_or_so(crew: CrewProcess, sqlite_store: Store, redis: Redis) -> None:
    comment_id = post(sqlite_store, redis)

    until_settled(sqlite_store, comment_id)

    assert status_of(sqlite_store, comment_id) is Status.APPROVED


def test_a_comment_that_kills_its_worker_is_held_and_the_others_are_settled(
    crew: CrewProcess, sqlite_store: Store, redis: Redis
) -> None:
    ids = [accept(sqlite_store, now=utc_now()).id for _ in range(5)]
    killer = post(sqlite_store, redis, text="please die")

    until_settled(sqlite_store, killer, *ids)

    assert {status_of(sqlite_store, comment_id) for comment_id in ids} == {Status.APPROVED}
    last = sqlite_store.desk.history(killer, scope=EVERY_SITE)[-1]
    assert (last.new_status, last.made_by) == (Status.HELD, "system")


def test_a_killed_worker_is_replaced(crew: CrewProcess, sqlite_store: Store, redis: Redis) -> None:
    os.kill(crew.pids("worker-1")[-1], signal.SIGKILL)

    comment_id = post(sqlite_store, redis)

    until_settled(sqlite_store, comment_id)
    until(lambda: len(crew.pids("worker-1")) == 2)


def test_a_worker_that_hangs_where_no_signal_is_heard_is_killed_and_replaced(
    sqlite_store: Store, sqlite_url: str, valkey: str, redis: Redis, tmp_path: Path
) -> None:
    hung_seconds = "12"  # more than the ten seconds that an idle worker waits for a job
    with running_crew(sqlite_url, valkey, tmp_path, hung_seconds) as crew:
        until(lambda: sqlite_store.leases.count_alive(WORKER, utc_now()) > 0)
        frozen = post(sqlite_store, redis, text="please freeze")

        until_settled(sqlite_store, frozen)

        assert status_of(sqlite_store, frozen) is Status.HELD
        assert '"child hangs"' in crew.log.read_text()


def test_comments_are_settled_while_redis_is_away_and_after(
    sqlite_store: Store, sqlite_url: str, tmp_path: Path
) -> None:
    with running_valkey() as server, running_crew(sqlite_url, server.url, tmp_path):
        redis = connect_quickly(server.url)
        until(lambda: sqlite_store.leases.count_alive(WORKER, utc_now()) > 0)
        server.process.kill()
        server.process.wait()

        while_away = post(sqlite_store, redis)
        until_settled(sqlite_store, while_away)

        again = subprocess.Popen(server.process.args)
        try:
            until(lambda: answers(redis))
            enqueue_drain(redis)
            until(lambda: not redis.llen(f"rq:queue:{QUEUE}"))  # nobody but the worker takes it
        finally:
            again.kill()
            again.wait()
            redis.close()


def test_an_emptied_redis_loses_no_comment(crew: CrewProcess, sqlite_store: Store, redis: Redis) -> None:
    os.kill(crew.pids("worker-1")[-1], signal.SIGSTOP)
    comment_id = post(sqlite_store, redis)
    redis.flushall()

    until_settled(sqlite_store, comment_id)


def test_when_the_parent_is_killed_its_children_end(crew: CrewProcess) -> None:
    if sys.platform != "linux":
        pytest.skip("only Linux tells a child of its parent's death")
    children = crew.children()
    assert len(children) == 2, "else this proves nothing"

    crew.process.kill()

    _, alive = psutil.wait_procs(children, timeout=PATIENCE_SECONDS)
    assert not alive


def test_sigterm_ends_everybody_and_the_leases(crew: CrewProcess, sqlite_store: Store) -> None:
    children = crew.children()

    crew.process.terminate()

    assert crew.process.wait(PATIENCE_SECONDS) == 0
    assert not [child for child in children if child.is_running()]
    assert sqlite_store.leases.count_alive(WORKER, utc_now()) == 0
    assert sqlite_store.leases.take("sweeper", "another", seconds=1, now=utc_now())


def test_a_file_that_became_wrong_is_told_with_its_sentence(
    sqlite_store: Store, sqlite_url: str, valkey: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At the start it is refused (`replydesk worker`); what is changed later is read by whoever starts anew."""
    (tmp_path / "checkers.toml").write_text('[[cheker]]\nname = "acme"\n')
    monkeypatch.setenv("REPLYDESK_CHECKERS_FILE", str(tmp_path / "checkers.toml"))

    with running_crew(sqlite_url, valkey, tmp_path) as running:
        until(lambda: '"child cannot start"' in running.log.read_text())

        assert "checkers.toml: cheker: Extra inputs" in running.log.read_text()
