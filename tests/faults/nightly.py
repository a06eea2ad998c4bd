"""The nightly amount: every fault on both databases within a given time, and the builds that must be caught."""

import random
import time
from collections.abc import Iterator
from dataclasses import dataclass

from tests.faults.catalogue import FAULTS, Fault
from tests.faults.controls import CONTROLS, caught
from tests.faults.report import Report, note_control, note_run, note_skip, write
from tests.faults.rig import Plan, run
from tests.faults.tell import tell, tell_caught, tell_skip

# Kills take most of the time: they are what the promise is about.
WEIGHTS = {"R-01": 6, "R-02": 6, "R-03": 4, "R-04": 6, "R-20": 2}
# Starting an installation, waiting for the last comment and judging, in each run.
OVERHEAD_SECONDS = 14.0
# What a cycle takes where a fault has a least number of them.
CYCLE_SECONDS = 6.0
RATE_PER_SECOND = 150.0
REPLICAS = {"sqlite": 1, "postgresql": 2}
# What a night must amount to; a shorter one says so and proves less.
LEAST_KILLS, LEAST_ACCEPTED, FULL_MINUTES = 500, 50_000, 40.0


@dataclass
class Night:
    """What is wrong after a night, in sentences."""

    problems: list[str]


def nightly(seed: int, *, minutes: float) -> Night:
    """Run everything, writing the table after every run."""
    ends_at = time.monotonic() + minutes * 60
    report, night = Report(seed), Night([])
    for name in CONTROLS:
        found = tell_caught(caught(name, seed))
        note_control(report, found)
        if not found.is_proof:
            night.problems.append(f"the broken build {name} got away, or is not sound when nothing breaks")
        write(report)
    for plan in plans(seed, report, ends_at=ends_at):
        outcome = tell(run(plan))
        note_run(report, outcome)
        if not outcome.is_sound:
            night.problems.append(f"{plan.fault} on {plan.database} broke a promise")
        write(report)
    night.problems += _too_little(report, minutes)
    return night


def plans(seed: int, report: Report, *, ends_at: float) -> Iterator[Plan]:
    """Yield one plan for each fault and database, each with its share of the time that is left."""
    left = [
        (fault, database) for fault in FAULTS.values() if not _skipped(fault, report) for database in fault.databases
    ]
    random.Random(seed).shuffle(left)
    while left:
        fixed = sum(OVERHEAD_SECONDS + CYCLE_SECONDS * (fault.least_cycles - 1) for fault, _ in left)
        share = (ends_at - time.monotonic() - fixed) / sum(_weight(fault) for fault, _ in left)
        fault, database = left.pop()
        yield Plan(
            fault.number,
            cycles=10_000,
            seed=seed,
            database=database,
            replicas=1 if fault.shape.is_up else REPLICAS[database],
            rate=RATE_PER_SECOND,
            least_cycles=fault.least_cycles,
            lasts_seconds=max(share * _weight(fault), 1.0),
        )


def _skipped(fault: Fault, report: Report) -> bool:
    """Say whether a fault cannot be tried on this machine, and note why."""
    why = fault.lacks()
    if why:
        tell_skip(fault.number, why)
        note_skip(report, fault, why)
    return bool(why)


def _weight(fault: Fault) -> int:
    return WEIGHTS.get(fault.number, 1)


def _too_little(report: Report, minutes: float) -> Iterator[str]:
    if minutes < FULL_MINUTES:
        return
    for name, least in (("kills", LEAST_KILLS), ("accepted", LEAST_ACCEPTED)):
        made = sum(int(row[name]) for row in report.runs)
        if made < least:
            yield f"{made} {name} are fewer than {least}"
