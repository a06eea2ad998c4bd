"""What a fault works on: the installation, a pen of its own, a seeded chance, and the time it was given."""

import contextlib
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import psutil

from comments.failpoints import Point
from tests.faults.installation import Installation, give_order
from tests.faults.journal import Journal
from tests.faults.keeper import kill_all, wait_for
from tests.faults.ledger import count_undecided
from tests.faults.reader import Reader
from tests.faults.texts import Expected, Sample

PATIENCE_SECONDS = 20.0


@dataclass
class Stage:
    """One cycle of one fault. `chance` is made from the run's seed, the fault and the cycle's number."""

    installation: Installation
    journal: Journal
    chance: random.Random
    seed: int
    cycle: int
    kills: int = 0
    posted: int = 0

    @property
    def is_sqlite(self) -> bool:
        """Whether the database is a file."""
        return self.installation.postgres is None

    @property
    def article(self) -> str:
        """The thread that this cycle's own comments belong to."""
        return f"rig-{self.seed}"

    def pause(self, longest_seconds: float) -> None:
        """Let the load go on for a random while."""
        time.sleep(self.chance.uniform(0.0, longest_seconds))

    def kill(self, processes: Sequence[psutil.Process]) -> None:
        """Kill -9 and count."""
        self.kills += kill_all(processes)

    def wait_for_victims(self, find: Callable[[], Sequence[psutil.Process]]) -> Sequence[psutil.Process]:
        """Return who can be killed, the moment there is somebody."""
        wait_for("a process to kill", find, seconds=PATIENCE_SECONDS)
        return find() or self.wait_for_victims(find)

    def die_at(self, point: Point, *, times: int = 1) -> None:
        """Have the next process that gets to this instant die there, and wait until one has."""
        order = self.installation.orders / point
        for _ in range(times):
            give_order(order, "kill")
            wait_for(f"somebody dies at {point}", lambda: not order.exists(), seconds=2 * PATIENCE_SECONDS)
            self.kills += 1

    def write_down(self, text: str, expected: Expected = Expected.ANY) -> Sample:
        """Make a comment of this cycle's own."""
        self.posted += 1
        key = f"rig{self.seed}-{self.cycle}-{self.posted}"
        return Sample(key, f"{text} (Note {key})", self.article, expected)

    def post(self, sample: Sample) -> int:
        """Post until it is accepted and return its number. Raises TimeoutError."""
        ends_at = time.monotonic() + PATIENCE_SECONDS
        with contextlib.closing(Reader(self.installation.urls, self.journal, self.chance)) as reader:
            comment_id = reader.post_until_accepted(sample, lambda: time.monotonic() > ends_at)
        if not comment_id:
            raise TimeoutError(f"{sample.key} was not accepted")
        return comment_id

    def wait_until_decided(self, posted: Sequence[int], *, seconds: float) -> None:
        """Wait until none of these is pending. Raises TimeoutError."""
        url = self.installation.database_url
        wait_for("what was posted is decided", lambda: not count_undecided(url, posted), seconds=seconds)
