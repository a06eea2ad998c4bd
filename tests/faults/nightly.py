"""The nightly amount: every fault on both databases within a given time, and the builds that must be caught."""

import random
import time
from collections.abc import Iterator

from tests.faults.catalogue import FAULTS, Fault
from tests.faults.controls import CONTROLS, caught
from tests.faults.report import Report, note_control, note_run, write
from tests.faults.rig import Outcome, Plan, run
from tests.faults.tell import tell

# Kills take most of the time: they are what the promise is about.
WEIGHTS = {"R-01": 4, "R-02": 4, "R-03": 3, "R-04": 5, "R-05": 2, "R-10": 2}
# Starting an installation, waiting for the last comment and judging, in each run.
OVERHEAD_SECONDS = 22.0
RATE_PER_SECOND = 150.0
REPLICAS = {"sqlite": 1, "postgresql": 2}


def nightly(seed: int, *, minutes: float) -> list[Outcome]:
    """Run everything, writing the table after every run. Returns what was found."""
    report, found = Report(seed), []
    for name in CONTROLS:
        note_control(report, caught(name, seed))
        write(report)
    for plan in plans(seed, seconds=minutes * 60):
        outcome = tell(run(plan))
        found.append(outcome)
        note_run(report, outcome)
        write(report)
    return found


def plans(seed: int, *, seconds: float) -> Iterator[Plan]:
    """Yield one plan for each fault and database, each with its share of the time that is left."""
    ends_at = time.monotonic() + seconds
    left = [(fault, database) for fault in FAULTS.values() for database in fault.databases]
    random.Random(seed).shuffle(left)
    while left:
        for_striking = ends_at - time.monotonic() - OVERHEAD_SECONDS * len(left)
        share = for_striking / sum(_weight(fault) for fault, _ in left)
        fault, database = left.pop()
        yield Plan(
            fault.number,
            cycles=10_000,
            seed=seed,
            database=database,
            replicas=REPLICAS[database],
            rate=RATE_PER_SECOND,
            lasts_seconds=max(share * _weight(fault), 5.0),
        )


def _weight(fault: Fault) -> int:
    return WEIGHTS.get(fault.number, 1)
