"""What is timed, the same questions at every size; each returns milliseconds and fails on a wrong answer."""

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from sqlalchemy import text

from benchmarks.desk.newsroom import Newsroom
from benchmarks.growth.installed import Installed
from workers.chores import CHORES, Chores
from workers.drain import drain_pending
from workers.sweep import Sweeper

SITE = "wazobia"
COUNTED_THREADS = 10
# A batch of the drain: so many are accepted, and judged together.
DRAINED = 20
# What a sweep does every few seconds; the others have their turn once an hour.
_OFTEN = tuple(chore for chore in CHORES if chore.every_seconds <= 10)


@dataclass
class Operations:
    """The operations on one database."""

    installed: Installed
    chance: random.Random = field(default_factory=lambda: random.Random(5))
    _took: float = 0.0
    _number: int = 0

    def __post_init__(self) -> None:
        newsroom = Newsroom(self.installed.size)
        self._words = newsroom.words
        with self.installed.store.database.read() as connection:
            found = connection.execute(
                text("SELECT key FROM threads JOIN (SELECT id AS s FROM sites WHERE key = :site) AS it ON site_id = s"),
                {"site": SITE},
            )
            self._stories = sorted(str(row[0]) for row in found if row[0].startswith("story-"))
        self._sweeper = Sweeper(self.installed.here, "benchmark", sweep_seconds=5.0)
        # A name no other run has used: the same comment twice would be one.
        self._run = time.time_ns()

    @property
    def all(self) -> dict[str, Callable[[], float]]:
        """Return {name: what times it once}."""
        return {
            "accept a comment": self.accept,
            "read a thread, newest first": lambda: self.read("newest"),
            "read a thread, oldest first": lambda: self.read("oldest"),
            "count ten threads": self.count,
            "the thread as a page": lambda: self._get(f"/threads/{SITE}?thread={self._story()}"),
            "the site's feed": lambda: self._get(f"/feeds/{SITE}.atom"),
            "the review queue": lambda: self._get("/review/"),
            "the approved": lambda: self._get("/review/approved"),
            "search the queue": lambda: self._get(f"/review/?words={self._word()}"),
            "search the approved": lambda: self._get(f"/review/approved?words={self._word()}"),
            f"judge and settle {DRAINED}": self.drain,
            "sweep, every few seconds": self.sweep,
            "sweep, once an hour": self.sweep_all,
            "read the gauges": self.gauges,
        }

    def accept(self) -> float:
        """Send one comment, durably kept before the answer."""
        self._number += 1
        body = {
            "site": SITE,
            "thread": {"key": self._story(), "url": "https://news.example/", "title": "A story"},
            "name": "Ngozi Ade",
            "email": f"reader{self._number}@example.org",
            "text": f"{self._text()} {self._run} {self._number}",
        }
        with self._timed():
            answer = self.installed.client.post("/api/v1/comments", json=body)
        _require(answer.status_code == 202, f"accepting answered {answer.status}")
        return self._took

    def read(self, order: str) -> float:
        """Read the first page of a thread of about five hundred."""
        return self._get(f"/api/v1/comments?site={SITE}&thread={self._story()}&sort={order}")

    def count(self) -> float:
        """Ask for the counts of an overview page."""
        asked = {"site": SITE, "threads": self.chance.sample(self._stories, COUNTED_THREADS)}
        with self._timed():
            answer = self.installed.client.post("/api/v1/counts", json=asked)
        _require(answer.status_code == 200, f"counting answered {answer.status}")
        _require(min(answer.get_json()["counts"].values()) > 0, "the counts are wrong")
        return self._took

    def drain(self) -> float:
        """Judge a batch with the shipped models and write the verdicts."""
        for _ in range(DRAINED):
            self.accept()
        here = self.installed.here
        with self._timed():
            done = drain_pending(here.store, here.opinion, lease_seconds=60, now=here.now, audit_seed=here.audit_seed)
        _require(done and here.store.pending.oldest_at() is None, "comments are left")
        return self._took

    def sweep(self) -> float:
        """Look for the forgotten and do what is done every few seconds."""
        here = self.installed.here
        with self._timed():
            Chores(_OFTEN).do_due(here, here.now())
            here.store.pending.count_stranded(here.now(), older_than_seconds=5, lease_seconds=60)
        return self._took

    def sweep_all(self) -> float:
        """Sweep with every chore due."""
        here = self.installed.here
        with self._timed():
            Sweeper(here, "benchmark", sweep_seconds=5.0).sweep(here.now())
        return self._took

    def gauges(self) -> float:
        """Read what an operator's metrics and readiness read."""
        with self._timed():
            self.installed.store.gauges.read()
        return self._took

    def chores(self) -> dict[str, float]:
        """Return how long each chore takes by itself."""
        found = {}
        for chore in CHORES:
            with self._timed():
                chore.do(self.installed.here, self.installed.clock())
            found[chore.name] = self._took
        return found

    def _get(self, address: str) -> float:
        with self._timed():
            answer = self.installed.client.get(address)
        _require(answer.status_code == 200, f"{address} answered {answer.status}")
        return self._took

    @contextmanager
    def _timed(self) -> Iterator[None]:
        self.installed.clock.go_on()
        began_at = time.perf_counter()
        yield
        self._took = (time.perf_counter() - began_at) * 1000

    def _story(self) -> str:
        return self.chance.choice(self._stories)

    def _word(self) -> str:
        return self._words[self.chance.randrange(20, 90)]

    def _text(self) -> str:
        return " ".join(self.chance.choices(self._words[:4000], k=30)).capitalize() + "."


def _require(claim: bool, said: str) -> None:
    if not claim:
        raise SystemExit(said)
