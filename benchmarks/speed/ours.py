"""Our own service for the benchmark: `replydesk up` in a directory of its own, with the thread that everybody reads."""

import contextlib
import json
import shutil
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.peers.seed import seed_texts
from comments.identity import create_root_key
from comments.migrations import upgrade
from comments.store import Store, open_store
from tests.factories import an_approved_comment
from tests.servers.replydesk import Replydesk, running_replydesk, wait_until

THREAD = "bench"
DRAIN_SECONDS = 120
# Limits are off by setting. All else is as it comes: two web processes, one worker, synchronous=FULL, every check.
SETTINGS = {"rate_limits": "off", "log_level": "info"}
_MEGABYTE = 1024 * 1024


@dataclass(frozen=True)
class Ours:
    """The running service."""

    running: Replydesk
    database: Path

    @property
    def url(self) -> str:
        """The service's address."""
        return self.running.url

    @property
    def json_url(self) -> str:
        """The thread as JSON."""
        return f"{self.url}/api/v1/comments?site=demo&thread={THREAD}"

    @property
    def page_url(self) -> str:
        """The thread as a page with its reply form."""
        return f"{self.url}/threads/demo?thread={THREAD}"

    def count(self) -> int:
        """Return how many comments are in the database."""
        return self._number("SELECT count(*) FROM comments")

    def count_waiting(self) -> int:
        """Return how many comments have no verdict yet."""
        return self._number("SELECT count(*) FROM comments WHERE status = 'pending'")

    def wait_for_workers(self) -> None:
        """Wait until every comment has its verdict: nobody else is to be measured beside our workers."""
        wait_until(lambda: self.count_waiting() == 0, seconds=DRAIN_SECONDS)

    def etag(self) -> str:
        """Return the tag of the thread as it is now."""
        return self.running.get(self.json_url.removeprefix(self.url)).headers["etag"]

    def shown_as_json(self) -> int:
        """Return how many comments are in the thread's JSON."""
        told = json.loads(self.running.get(self.json_url.removeprefix(self.url)).body)
        return sum(1 + len(each["replies"]) for each in told["comments"])

    def shown_on_page(self) -> int:
        """Return how many comments are on the thread's page: as many as fit into 60 KiB, the rest is a link away."""
        page = self.running.get(self.page_url.removeprefix(self.url)).body
        return sum(text in page for text in seed_texts())

    def web_megabytes(self) -> list[float]:
        """Return the resident memory of each web process that serves, as the kernel counts it."""
        parents = {each.pid for each in self.running.children(" web")}
        served = [each for each in self.running.children() if each.ppid() in parents]
        return [round(each.memory_info().rss / _MEGABYTE, 1) for each in served]

    def _number(self, statement: str) -> int:
        with contextlib.closing(sqlite3.connect(self.database, timeout=10)) as connection:
            return int(connection.execute(statement).fetchone()[0])


@contextlib.contextmanager
def running_ours(directory: Path, **settings: str) -> Iterator[Ours]:
    """Run the service for the length of the block, with an empty database but for the thread."""
    shutil.rmtree(directory, ignore_errors=True)
    data = directory / "data"
    with seeded(data):
        pass
    with running_replydesk(directory, **{**SETTINGS, **settings}) as running:
        ours = Ours(running, data / "replydesk.sqlite3")
        if ours.shown_as_json() != len(seed_texts()):
            raise SystemExit("the thread is not whole")
        yield ours


@contextlib.contextmanager
def seeded(data: Path) -> Iterator[Store]:
    """Make a data directory as `replydesk migrate` does, with the thread in it, and give its store for the block."""
    data.mkdir(parents=True, mode=0o700)
    key = create_root_key(data / "root.key")
    store = open_store(f"sqlite:///{(data / 'replydesk.sqlite3').absolute()}")
    try:
        upgrade(store.database)
        store.sites.add("demo", "The demo newspaper", now=datetime.now(UTC))
        # Fifty conversations of two: as many as a page shows of a thread.
        parent = None
        for number, text in enumerate(seed_texts()):
            fields = {"name": f"Reader {number}", "email": f"reader{number}@example.org", "text": text}
            kept = an_approved_comment(store, key=key, now=datetime.now(UTC), thread=THREAD, parent=parent, **fields)
            parent = kept.id if parent is None else None
        yield store
    finally:
        store.close()
