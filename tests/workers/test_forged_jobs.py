"""S-10: forged jobs against `replydesk worker` as an operator runs it: nothing is executed, nobody dies, all is told.

One kind of worker takes jobs (test_job.py holds that there is no other, and what a plain RQ worker does with these);
its parent, the sweeper and the other commands take none.
"""

import contextlib
import json
import os
import pickle
import subprocess
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest
from redis import Redis
from rq import Callback, Queue, Webhook
from rq.serializers import JSONSerializer, PickleSerializer

from comments.clock import utc_now
from comments.roles import EVERY_SITE
from comments.status import Status
from comments.store import Store
from comments.store.alarms import JOBS_REFUSED
from comments.store.leases import WORKER
from comments.wakeup import DRAIN, LEARN, QUEUE, Wakeup
from tests import factories
from tests.servers.listener import listening
from tests.servers.replydesk import under_test, wait_until

ROOT = Path(__file__).parents[2]
WORKERS = 2


@dataclass(frozen=True)
class Running:
    """The command at work, its log, and the folder that only a forged job would write to."""

    process: subprocess.Popen[bytes]
    log: Path
    traps: Path

    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.log.read_text().splitlines() if line.startswith("{")]

    def children(self) -> set[int]:
        return {child.pid for child in psutil.Process(self.process.pid).children()}

    @contextlib.contextmanager
    def standing_still(self) -> Iterator[None]:
        """Stop its children for the length of the block, so that they find everything at once."""
        children = psutil.Process(self.process.pid).children()
        for child in children:
            child.suspend()
        try:
            yield
        finally:
            for child in children:
                child.resume()


@pytest.fixture
def running(sqlite_store: Store, sqlite_url: str, valkey: str, tmp_path: Path) -> Iterator[Running]:
    """`replydesk worker` with two workers. Its sweeper comes too seldom to do their work."""
    traps = tmp_path / "traps"
    traps.mkdir()
    settings = {
        "ROOT_KEY_FILE": str(factories.root_key_file(tmp_path)),
        "DATA_DIR": str(tmp_path / "data"),
        "DATABASE_URL": sqlite_url,
        "REDIS_URL": valkey,
        "WORKERS": str(WORKERS),
        "SECOND_STAGE": "off",
        "SWEEP_SECONDS": "300",
    }
    environment = os.environ | {f"REPLYDESK_{name}": value for name, value in settings.items()}
    path = tmp_path / "worker.log"
    with path.open("wb") as log:
        command = [*under_test(), "worker"]
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=subprocess.STDOUT)
    try:
        wait_until(lambda: sqlite_store.leases.count_alive(WORKER, utc_now()) == WORKERS, seconds=60)
        yield Running(process, path, traps)
    finally:
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(20)
        process.kill()
        process.wait()


class _Bomb:
    def __init__(self, trap: Path) -> None:
        self.trap = trap

    def __reduce__(self) -> tuple[Any, ...]:
        return os.system, (f"touch {self.trap}",)


def forge(redis: Redis, traps: Path, listener: str) -> int:
    """Enqueue every forgery there is, each with a trap of its own. Returns how many."""
    ours = Queue(QUEUE, connection=redis, serializer=JSONSerializer)
    ours.enqueue("os.system", f"touch {traps}/call")
    ours.enqueue("subprocess.check_call", ["touch", f"{traps}/subprocess"])
    ours.enqueue("pathlib.Path.touch", f"{traps}/path")
    ours.enqueue("builtins.exec", f"open('{traps}/exec', 'w')")
    ours.enqueue("workers.job.ALLOWED.clear")
    ours.enqueue(DRAIN, f"touch {traps}/argument")
    for job in (DRAIN, LEARN):
        for moment in ("on_success", "on_failure", "on_stopped"):
            ours.enqueue(job, **{moment: Callback("os.system")})
    ours.enqueue(DRAIN, webhooks=[Webhook(listener, "finished"), Webhook(listener, "failed")])
    ours.enqueue(DRAIN, meta={"who": "forged"})
    Queue(QUEUE, connection=redis, serializer=PickleSerializer).enqueue(os.system, f"touch {traps}/pickle")
    call = zlib.compress(json.dumps([DRAIN, None, [], {}]).encode())
    bomb = pickle.dumps((DRAIN, None, (_Bomb(traps / "bomb"),), {}))
    by_hand: tuple[dict[str, object], ...] = (
        {"data": zlib.compress(bomb)},
        {"data": bomb},
        {"data": call, "meta": pickle.dumps(_Bomb(traps / "meta"))},
        {"data": call, "group_id": "group", "meta": pickle.dumps(_Bomb(traps / "group"))},
        {"data": call, "dependency_ids": json.dumps(["forged-1"])},
        {"data": call, "repeats_left": 5, "repeat_intervals": "[0]"},
        {"data": call, "success_callback_name": "os.system"},
        {"data": b"x" * 100_000},
        {"data": zlib.compress(b"[" * 200)},
    )
    for number, fields in enumerate(by_hand):
        redis.hset(f"rq:job:forged-{number}", mapping=fields)  # type: ignore[arg-type]  # what Redis takes
        redis.sadd("rq:group:group", f"forged-{number}")
        redis.rpush(f"rq:queue:{QUEUE}", f"forged-{number}")
    no_names = (b"\xff\xfe", b"a b", b"../etc")
    redis.rpush(f"rq:queue:{QUEUE}", *no_names)
    # Not the queue's length: a worker that waits for a job gets the first one at once.
    return len(list(redis.scan_iter("rq:job:*"))) + len(no_names)


def meddle(redis: Redis) -> None:
    """Write what is no job: orders to workers, keys of wrong types and of another program."""
    redis.set("rq:suspended", 1)
    for command in ("shutdown", "kill-horse", "stop-job"):
        for name in redis.smembers("rq:workers"):
            redis.publish(f"rq:pubsub:{name.decode().removeprefix('rq:worker:')}", json.dumps({"command": command}))
    for key in ("rq:groups", f"rq:failed:{QUEUE}", f"rq:finished:{QUEUE}", f"rq:scheduled:{QUEUE}"):
        redis.delete(key)
        redis.set(key, b"\xff\xfe")
    redis.set("session:of:another:program", "x")


def test_forged_jobs_execute_nothing_and_workers_go_on(running: Running, sqlite_store: Store, redis: Redis) -> None:
    # given
    children = running.children()
    assert len(children) == WORKERS + 1, "else this proves nothing"

    # when
    with listening() as (listener, requests):
        with running.standing_still():
            forged = forge(redis, running.traps, listener)
        first = post(sqlite_store, redis, "My grandmother remembers when that market was a field.")
        wait_until(lambda: is_settled(sqlite_store, first) and not redis.llen(f"rq:queue:{QUEUE}"))
        survivors = running.children()
        meddle(redis)
        second = post(sqlite_store, redis, "The ferry timetable changed in March, which explains the queue.")
        wait_until(lambda: is_settled(sqlite_store, second))
        running.process.terminate()

        # then
        assert running.process.wait(20) == 0
    assert survivors == children, "somebody died of a forged job"
    assert list(running.traps.iterdir()) == []
    assert requests == []
    assert forged == 27, "else forgeries are missing"
    refused = [line for line in running.lines() if line["event"] == "job refused"]
    assert {line["level"] for line in refused} == {"error"}
    alarm = sqlite_store.alarms.find(JOBS_REFUSED, utc_now())
    assert alarm is not None
    assert len(refused) == alarm.count == forged
    assert redis.get("session:of:another:program") == b"x"


def post(store: Store, redis: Redis, text: str) -> int:
    """Keep a comment and ring, as the service does."""
    made = factories.accept(store, now=utc_now(), text=text).id
    Wakeup(redis).ring()
    return made


def is_settled(store: Store, comment_id: int) -> bool:
    return store.desk.card(comment_id, now=utc_now(), scope=EVERY_SITE).status is not Status.PENDING
