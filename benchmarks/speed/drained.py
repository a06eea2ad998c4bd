"""How many comments a second one worker judges when many wait: checks, look-ups and verdicts on disk."""

import contextlib
import os
import random
import shutil
import sqlite3
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.speed.ours import SETTINGS, seeded
from benchmarks.speed.poster import a_body
from comments.identity import load_root_key
from comments.store import Store, open_store
from comments.store.leases import WORKER
from comments.wakeup import Wakeup, connect_quickly
from tests.factories import an_arrival
from tests.servers.replydesk import wait_until
from tests.servers.valkey import running_valkey

_LOOK_SECONDS = 0.01


def measure_drain(directory: Path, *, rounds: int, comments: int) -> dict[str, object]:
    """Let so many comments wait, ring, and time one worker until none waits; so many times."""
    shutil.rmtree(directory, ignore_errors=True)
    data = directory / "data"
    with seeded(data), running_valkey() as valkey, _running_worker(data, valkey.url):
        store = open_store(f"sqlite:///{(data / 'replydesk.sqlite3').absolute()}")
        with contextlib.closing(store):
            wait_until(lambda: store.leases.count_alive(WORKER, datetime.now(UTC)), seconds=60)
            bell = Wakeup(connect_quickly(valkey.url))
            rates = [_drain_once(store, data, bell, turn, comments) for turn in range(rounds)]
    return {
        "per_second": round(statistics.median(rates), 1),
        "rounds": [round(rate, 1) for rate in rates],
        "comments": comments,
    }


def _drain_once(store: Store, data: Path, bell: Wakeup, turn: int, comments: int) -> float:
    key, chance = load_root_key(data / "root.key"), random.Random(turn)
    for number in range(comments):
        now = datetime.now(UTC)
        store.inbox.accept(an_arrival(key, now, **a_body(chance, turn * comments + number)), now)
    with contextlib.closing(sqlite3.connect(data / "replydesk.sqlite3", timeout=10)) as connection:
        bell.ring()
        first = _wait_below(connection, comments)
        last = _wait_below(connection, 1)
    rate = (first[1] - last[1]) / (last[0] - first[0])
    print(f"drain {turn + 1}: {rate:9.1f}/s", flush=True)
    return rate


def _wait_below(connection: sqlite3.Connection, number: int) -> tuple[float, int]:
    """Return when fewer wait than this, and how many."""
    while True:
        [waiting] = connection.execute("SELECT count(*) FROM comments WHERE status = 'pending'").fetchone()
        if waiting < number:
            return time.monotonic(), waiting
        time.sleep(_LOOK_SECONDS)


@contextlib.contextmanager
def _running_worker(data: Path, redis_url: str) -> Iterator[None]:
    settings = SETTINGS | {"data_dir": str(data.absolute()), "redis_url": redis_url, "workers": "1"}
    environment = {name: value for name, value in os.environ.items() if not name.startswith("REPLYDESK_")}
    environment |= {f"REPLYDESK_{name.upper()}": value for name, value in settings.items()}
    with (data.parent / "worker.log").open("wb") as log:
        worker = subprocess.Popen([sys.executable, "-m", "ops", "worker"], env=environment, stdout=log, stderr=log)
    try:
        yield
    finally:
        worker.terminate()
        worker.wait()
