"""A slice of the rig for every change: dozens of kills on both databases, and the builds that must be caught."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.faults.controls import CONTROLS, MAX_CYCLES, caught
from tests.faults.rig import Outcome, Plan, run

pytestmark = [pytest.mark.faults, pytest.mark.timeout(300)]

SEED = 1
KILLS = 45
MOST_RUNS = 3


@dataclass(frozen=True)
class Slice:
    """One run, and what it must have done to prove anything."""

    fault: str
    database: str
    cycles: int
    least_kills: int = 0
    replicas: int = 1


SLICES = (
    Slice("R-01", "sqlite", cycles=6, least_kills=6),
    Slice("R-02", "sqlite", cycles=8, least_kills=8),
    Slice("R-03", "sqlite", cycles=5, least_kills=5),
    Slice("R-04", "sqlite", cycles=1, least_kills=6),
    Slice("R-02", "postgresql", cycles=4, least_kills=4, replicas=2),
    Slice("R-04", "postgresql", cycles=1, least_kills=16, replicas=2),
    Slice("R-05", "sqlite", cycles=6),
    Slice("R-06", "sqlite", cycles=3),
    Slice("R-06c", "sqlite", cycles=2),
)


def test_the_slice_is_wide_enough() -> None:
    assert sum(each.least_kills for each in SLICES) >= KILLS


@pytest.mark.parametrize("each", SLICES, ids=lambda each: f"{each.fault}-{each.database}")
def test_no_fault_breaks_a_promise(each: Slice) -> None:
    # given, when
    outcomes = list(runs(each))

    # then: the findings say what, and how to run it again
    for outcome in outcomes:
        assert not outcome.findings.problems, (outcome.findings, outcome.plan.command())
        assert outcome.findings.accepted > each.cycles, "else this proves nothing"
        assert outcome.seen_public, "else nobody would have seen what is public too early"
    assert sum(outcome.kills for outcome in outcomes) >= each.least_kills, "else this proves nothing"


def runs(each: Slice) -> Iterator[Outcome]:
    """Run it, and again until enough was killed: on a busy machine less happens in the same time."""
    kills = 0
    for seed in range(SEED, SEED + MOST_RUNS):
        outcome = run(Plan(each.fault, each.cycles, seed, each.database, each.replicas))
        yield outcome
        kills += outcome.kills
        if kills >= each.least_kills:
            return


@pytest.mark.parametrize("name", list(CONTROLS))
def test_a_build_that_is_broken_on_purpose_is_caught(name: str) -> None:
    found = caught(name, SEED)

    assert found.is_caught, found.outcome.findings
    assert found.is_sound_in_peace, ("it is caught for something else", found.quiet.findings)
    assert found.outcome.cycles <= MAX_CYCLES
