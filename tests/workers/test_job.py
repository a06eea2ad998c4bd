"""The allow-list against a real Valkey: whoever can write to Redis can have nothing done but a drain."""

import contextlib
import importlib
import json
import os
import pickle
import pkgutil
import re
import threading
import time
import zlib
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from redis import Redis
from redis.exceptions import RedisError
from rq import Callback, Queue, Webhook
from rq.executions import Execution
from rq.group import Group
from rq.job import Job, JobStatus
from rq.registry import FailedJobRegistry, StartedJobRegistry
from rq.serializers import JSONSerializer, PickleSerializer
from rq.worker import BaseWorker
from structlog.testing import capture_logs

import workers
from comments.roles import EVERY_SITE
from comments.status import Status
from comments.store import Store
from comments.store.alarms import JOBS_REFUSED, Alarm
from comments.store.leases import WORKER
from comments.wakeup import DRAIN, LEARN_KEY, QUEUE, WAKE_KEY, Wakeup, enqueue_drain
from tests.factories import accept
from tests.servers.listener import listening
from tests.workers import opinions
from workers import runtime
from workers.heartbeat import Heartbeat, Pulse
from workers.job import DrainJob, why_refused
from workers.runtime import Runtime
from workers.sweep import Sweeper
from workers.worker import DrainQueue, Worker

ROOT = Path(__file__).parents[2]
Logs = list[Any]


@pytest.fixture
def worker(sqlite_store: Store, valkey: str, redis: Redis, now: datetime) -> Iterator[Worker]:
    """A worker of this process, as a child of the crew is one."""
    beat = Heartbeat(sqlite_store, "worker/test", Pulse(), lambda: now)
    runtime.use(Runtime(sqlite_store, redis, opinions.approve, 60, beat, lambda: now))
    yield Worker(valkey, "test", runtime.current().beat)
    runtime.use(None)


@pytest.fixture
def trap(tmp_path: Path) -> Path:
    """A file that is there only if somebody's code was run."""
    return tmp_path / "executed"


@pytest.fixture
def queue(redis: Redis) -> Queue:
    return Queue(QUEUE, connection=redis, serializer=JSONSerializer)


def work_and_prove_alive(worker: Worker, store: Store, now: datetime) -> Logs:
    """Let the worker take what is queued, then a real drain; return what it logged."""
    comment_id = accept(store).id
    enqueue_drain(worker.connection)
    with capture_logs() as logs:
        worker.work(burst=True)
    assert store.desk.card(comment_id, now=now, scope=EVERY_SITE).status is Status.APPROVED, (
        "the worker did not survive"
    )
    return logs


def refusals(logs: Logs) -> list[str]:
    return [line["why"] for line in logs if line["event"] == "job refused" and line["log_level"] == "error"]


def test_a_drain_job_is_ours(queue: Queue, redis: Redis) -> None:
    enqueue_drain(redis)

    job = DrainJob.fetch(queue.job_ids[0], connection=redis, serializer=JSONSerializer)

    assert job.func_name == DRAIN


def test_a_forged_call_is_not_made(
    worker: Worker, queue: Queue, sqlite_store: Store, now: datetime, trap: Path
) -> None:
    queue.enqueue("os.system", f"touch {trap}")
    queue.enqueue("subprocess.run", ["touch", str(trap)])
    queue.enqueue("pathlib.Path.touch", str(trap))

    logs = work_and_prove_alive(worker, sqlite_store, now)

    assert not trap.exists()
    assert refusals(logs) == ["a call that we do not make"] * 3


def test_the_forgeries_do_work_on_a_plain_worker(queue: Queue, redis: Redis, trap: Path) -> None:
    """Else the tests above and below prove nothing."""
    from rq import SimpleWorker

    queue.enqueue("os.system", f"touch {trap}")

    SimpleWorker([queue], connection=redis, serializer=JSONSerializer).work(burst=True, logging_level="CRITICAL")

    assert trap.exists()


@pytest.mark.parametrize(
    "call",
    [
        [DRAIN, None, ["argument"], {}],
        [DRAIN, None, [], {"keyword": 1}],
        [DRAIN, "instance", [], {}],
        ["system", {"__reduce__": "os"}, [], {}],
        [f"{DRAIN}.__globals__", None, [], {}],
        [DRAIN],
        {"func": DRAIN},
        None,
        "",
    ],
)
def test_our_own_job_with_anything_added_is_refused(call: object) -> None:
    assert why_refused({b"data": zlib.compress(json.dumps(call).encode())}) == "a call that we do not make"


class _Bomb:
    def __init__(self, trap: Path) -> None:
        self.trap = trap

    def __reduce__(self) -> tuple[Any, ...]:
        return os.system, (f"touch {self.trap}",)


def forged(redis: Redis, **fields: object) -> str:
    """Write a job's hash by hand, whole but for `fields`, and queue it."""
    hash_ = {
        "created_at": "2026-05-04T12:00:00.000000Z",
        "data": zlib.compress(json.dumps([DRAIN, None, [], {}]).encode()),
        "status": "queued",
        "origin": QUEUE,
        **fields,
    }
    job_id = f"forged-{next(_numbers)}"
    redis.hset(f"rq:job:{job_id}", mapping=hash_)  # type: ignore[arg-type]  # what Redis takes
    redis.rpush(f"rq:queue:{QUEUE}", job_id)
    return job_id


_numbers = iter(range(1_000))


def test_pickles_are_never_opened(worker: Worker, redis: Redis, sqlite_store: Store, now: datetime, trap: Path) -> None:
    pickled = pickle.dumps((DRAIN, None, (_Bomb(trap),), {}))
    forged(redis, data=zlib.compress(pickled))
    forged(redis, data=pickled)
    forged(redis, meta=pickle.dumps(_Bomb(trap)))
    forged(redis, result=pickle.dumps(_Bomb(trap)))
    # RQ's tidying of groups reads their jobs with pickle, whatever serializer the worker has.
    group = Group.create(connection=redis, name="group")
    job_id = forged(redis, meta=pickle.dumps(_Bomb(trap)), group_id="group")
    redis.sadd(group.key, job_id)

    logs = work_and_prove_alive(worker, sqlite_store, now)

    assert not trap.exists()
    assert len(refusals(logs)) == 5


def test_pickle_is_opened_by_a_plain_worker_s_groups(redis: Redis, trap: Path) -> None:
    """Else the group above proves nothing."""
    group = Group.create(connection=redis, name="group")
    redis.sadd(group.key, forged(redis, meta=pickle.dumps(_Bomb(trap)), group_id="group"))

    Group.fetch("group", redis).get_jobs()

    assert trap.exists()


def test_callbacks_are_not_called(
    worker: Worker, queue: Queue, redis: Redis, sqlite_store: Store, now: datetime
) -> None:
    for moment in ("on_success", "on_failure", "on_stopped"):
        queue.enqueue(DRAIN, **{moment: Callback("os.system")})
    # and for a job that seems abandoned, where the tidying worker would call it
    job = queue.enqueue(DRAIN, on_failure=Callback("os.system"))
    job.set_status(JobStatus.STARTED)
    queue.remove(job.id)
    with redis.pipeline() as pipeline:
        StartedJobRegistry(QUEUE, redis).add_execution(Execution("e", job.id, redis), pipeline, ttl=-1)
        pipeline.zadd(StartedJobRegistry(QUEUE, redis).key, {f"{job.id}:e": 1})
        pipeline.execute()

    logs = work_and_prove_alive(worker, sqlite_store, now)

    assert refusals(logs) == ["a field that we do not write"] * 4
    assert not FailedJobRegistry(QUEUE, redis).get_job_ids(cleanup=False)


def test_no_web_request_is_sent(worker: Worker, queue: Queue, sqlite_store: Store, now: datetime) -> None:
    with listening() as (url, requests):
        queue.enqueue(DRAIN, webhooks=[Webhook(url, "finished"), Webhook(url, "failed")])
        logs = work_and_prove_alive(worker, sqlite_store, now)

    assert not requests
    assert refusals(logs) == ["a field that we do not write"]


@pytest.mark.parametrize(
    "fields",
    [
        {"status": "no such status"},
        {"created_at": "yesterday"},
        {"timeout": "forever"},
        {"result_ttl": "x"},
        {"worker_name": b"\xff\xfe"},
        {"data": b""},
        {"data": b"\x00" * 40},
        {"data": b"x" * 1_000_000},
        {"data": zlib.compress(b"[" * 200)},
        {"dependency_ids": json.dumps(["another"])},
        {"repeats_left": 5, "repeat_intervals": "[0]"},
        {"retries_left": 99},
        {"rate_limit_key": "k", "rate_limit_concurrency": 1},
        {b"\xff": "x"},
    ],
)
def test_garbage_does_not_stop_the_worker(
    worker: Worker, redis: Redis, sqlite_store: Store, now: datetime, fields: dict[Any, object]
) -> None:
    job_id = forged(redis)
    redis.hset(f"rq:job:{job_id}", mapping=fields)  # type: ignore[arg-type]  # garbage, as it says

    logs = work_and_prove_alive(worker, sqlite_store, now)

    assert len(refusals(logs)) == 1


def test_a_name_that_is_no_job_s_does_not_stop_the_worker(
    worker: Worker, redis: Redis, sqlite_store: Store, now: datetime
) -> None:
    redis.rpush(f"rq:queue:{QUEUE}", b"\xff\xfe\xfd", b"a b", b"x" * 500, b"", b"not-there")
    redis.rpush(f"rq:queue:{QUEUE}:intermediate", b"\xff")
    redis.zadd(StartedJobRegistry(QUEUE, redis).key, {b"\xff": 1})

    logs = work_and_prove_alive(worker, sqlite_store, now)

    assert len(refusals(logs)) == 4


def test_limits_that_redis_names_do_not_count(redis: Redis) -> None:
    job_id = forged(
        redis, timeout=1, result_ttl=-1, failure_ttl=-1, origin="elsewhere", description="words of a reader"
    )

    job = DrainJob.fetch(job_id, connection=redis, serializer=JSONSerializer)

    assert (job.timeout, job.result_ttl, job.origin, job.description) == (60, 0, QUEUE, "drain")


def test_an_error_leaves_its_class_in_redis_and_not_its_words(
    worker: Worker, redis: Redis, sqlite_store: Store, now: datetime
) -> None:
    def fail(moment: datetime, **_: object) -> None:
        raise LookupError("the words\nof a reader")

    sqlite_store.pending.claim = fail  # type: ignore[method-assign, assignment]  # what goes wrong outside a comment
    enqueue_drain(redis)

    with capture_logs() as logs:
        worker.work(burst=True)

    failed = FailedJobRegistry(QUEUE, redis, serializer=JSONSerializer).get_job_ids(cleanup=False)
    assert len(failed) == 1
    kept = DrainJob.fetch(failed[0], connection=redis, serializer=JSONSerializer).latest_result()
    assert kept is not None
    assert kept.exc_string == "LookupError"
    assert "reader" not in str(logs)
    assert any(line["event"] == "drain failed" and line["error"] == "LookupError" for line in logs)


def test_a_plain_pickling_client_cannot_reach_the_worker(
    worker: Worker, redis: Redis, sqlite_store: Store, now: datetime, trap: Path
) -> None:
    Queue(QUEUE, connection=redis, serializer=PickleSerializer).enqueue(os.system, f"touch {trap}")

    logs = work_and_prove_alive(worker, sqlite_store, now)

    assert not trap.exists()
    assert refusals(logs) == ["a call that we do not make"]


def test_commands_over_redis_are_not_heard(worker: Worker, redis: Redis, sqlite_store: Store, now: datetime) -> None:
    redis.set("rq:suspended", 1)
    heard: list[int] = []

    def shout() -> None:
        for _ in range(20):
            heard.append(redis.publish("rq:pubsub:test", json.dumps({"command": "shutdown"})))
            time.sleep(0)

    shouting = threading.Thread(target=shout)
    shouting.start()
    work_and_prove_alive(worker, sqlite_store, now)
    shouting.join()

    assert set(heard) == {0}


def test_refusals_raise_an_alarm_that_everybody_sees(
    worker: Worker, queue: Queue, redis: Redis, sqlite_store: Store, now: datetime
) -> None:
    assert sqlite_store.alarms.find(JOBS_REFUSED, now) is None

    queue.enqueue("os.system", "true")
    redis.rpush(f"rq:queue:{QUEUE}", b"\xff\xfe")
    work_and_prove_alive(worker, sqlite_store, now)
    runtime.current().close()

    assert sqlite_store.alarms.find(JOBS_REFUSED, now) == Alarm(2, now)
    assert sqlite_store.leases.count_alive(WORKER, now) == 0, "an alarm is nobody's sign of life"


# Every key that RQ and we ourselves read, as a type that it should not have.
_KEYS = (
    *(
        "rq:queues",
        "rq:workers",
        f"rq:workers:{QUEUE}",
        f"rq:wip:{QUEUE}",
        f"rq:failed:{QUEUE}",
        f"rq:finished:{QUEUE}",
    ),
    *(f"rq:queue:{QUEUE}:intermediate", f"rq:clean_registries:{QUEUE}", "rq:groups", f"rq:scheduled:{QUEUE}"),
    *("rq:worker:test", "rq:suspended", WAKE_KEY, LEARN_KEY, f"rq:deferred:{QUEUE}", "rq:executions:x", "rq:results:x"),
)


def spoil(redis: Redis, key: str, kind: str) -> None:
    redis.delete(key)
    if kind == "string":
        redis.set(key, b"\xff\xfe\x00")
    elif kind == "list":
        redis.rpush(key, b"\xff", b"")
    elif kind == "hash":
        redis.hset(key, b"\xff", b"\xfe")
    elif kind == "set":
        redis.sadd(key, b"\xff", b"rq:worker:\xff")
    else:
        redis.zadd(key, {b"\xff": 1.0, b"a:b:c": float("inf")})


@pytest.mark.parametrize("kind", ["string", "list", "hash", "set", "sorted set"])
def test_wrong_types_and_foreign_keys_keep_no_comment_waiting(
    worker: Worker, redis: Redis, sqlite_store: Store, now: datetime, kind: str
) -> None:
    """RQ may give up on such a Redis; the crew begins anew, and the sweeper drains by itself."""
    redis.set("session:of:another:program", "x")
    for key in _KEYS:
        spoil(redis, key, kind)
    comment_id = accept(sqlite_store).id
    Wakeup(redis).ring()

    with capture_logs() as logs, contextlib.suppress(RedisError):
        enqueue_drain(redis)
        worker.work(burst=True)
    sweeper = Sweeper(runtime.current(), "sweeper", sweep_seconds=5)
    later = now + timedelta(seconds=30)
    for _ in range(3):
        sweeper.sweep(later)

    assert sqlite_store.desk.card(comment_id, now=later, scope=EVERY_SITE).status is Status.APPROVED
    assert "\\xff" not in str(logs)
    assert redis.get("session:of:another:program") == b"x", "what is another program's is left alone"


def test_every_worker_there_is_has_the_allow_list(valkey: str) -> None:
    """A forged job runs nowhere if no class that takes jobs can read one that is not ours."""
    for module in pkgutil.walk_packages(workers.__path__, "workers."):
        importlib.import_module(module.name)

    ours = {each for each in _subclasses(BaseWorker) if each.__module__.split(".")[0] in {"workers", "service", "ops"}}

    assert ours == {Worker}
    built = Worker(valkey, "x", lambda: None)
    assert (built.job_class, built.queue_class, built.serializer) == (DrainJob, DrainQueue, JSONSerializer)
    assert DrainJob.perform is Job.perform
    assert DrainJob.func is not Job.func


def _subclasses(kind: type) -> set[type]:
    return {deeper for each in kind.__subclasses__() for deeper in {each, *_subclasses(each)}}


def test_nothing_but_the_crew_takes_jobs() -> None:
    """Whoever adds another worker, RQ's own command or its scheduler has to come by here."""
    takers = re.compile(
        r"from rq[.\w]* import .*(Worker|Scheduler|Pool)\b|rq\.(cli|worker|scheduler)|\"rq\", ?\"worker"
    )
    found = {
        str(path.relative_to(ROOT))
        for folder in ("comments", "service", "workers", "ops", "demo", "deploy")
        for path in (ROOT / folder).rglob("*")
        if path.is_file()
        and path.suffix in {".py", ".yaml", ".yml", ".service", ".sh"}
        and takers.search(path.read_text())
    }

    assert found == {"workers/worker.py"}


def test_the_lease_of_a_worker_that_looks_at_the_queue_is_renewed(
    worker: Worker, sqlite_store: Store, now: datetime
) -> None:
    assert sqlite_store.leases.count_alive("worker/", now) == 0

    worker.work(burst=True)

    assert sqlite_store.leases.count_alive("worker/", now) == 1
    assert sqlite_store.leases.count_alive("worker/", now + timedelta(seconds=31)) == 0
