"""What a night says: it fails when a broken build gets away, and has one table for each database."""

import time

import pytest

from tests.faults.catalogue import FAULTS
from tests.faults.controls import CONTROLS, Caught
from tests.faults.judge import Findings
from tests.faults.nightly import plans
from tests.faults.report import Report, note_control, note_run, note_skip, table
from tests.faults.rig import Outcome, Plan

CONTROL = next(iter(CONTROLS.values()))


def outcome(fault: str = "R-00", database: str = "sqlite", *, lost: int = 0, seen: int = 9) -> Outcome:
    plan = Plan(fault, cycles=4, seed=1, database=database)
    return Outcome(plan, Findings(accepted=100, lost=lost), cycles=4, kills=2, seen_public=seen)


@pytest.mark.parametrize(
    ("quiet", "is_caught", "is_proof"),
    [
        (outcome(), True, True),
        (outcome(), False, False),
        (outcome(lost=1), True, False),
        (outcome(seen=0), True, False),
    ],
    ids=["caught", "got away", "unsound in peace", "publishes nothing in peace"],
)
def test_only_a_build_that_is_sound_in_peace_and_caught_proves_anything(
    quiet: Outcome, is_caught: bool, is_proof: bool
) -> None:
    assert Caught(CONTROL, outcome("R-01", lost=3), quiet, is_caught).is_proof is is_proof


def test_every_fault_has_a_plan_on_each_of_its_databases_or_a_line_that_says_why_not() -> None:
    report = Report(seed=1)

    made = list(plans(1, report, ends_at=time.monotonic() + 2400))

    skipped = {row["fault"] for row in report.skips}
    expected = {(fault.number, database) for fault in FAULTS.values() for database in fault.databases}
    assert {(plan.fault, plan.database) for plan in made} == {each for each in expected if each[0] not in skipped}
    assert all(plan.least_cycles == FAULTS[plan.fault].least_cycles for plan in made)
    assert all(row["why"] for row in report.skips)


def test_there_is_one_table_for_each_database() -> None:
    # given
    report = Report(seed=1)
    for found in (outcome("R-01"), outcome("R-01", "postgresql", lost=1), outcome("R-02", "postgresql")):
        note_run(report, found)
    note_control(report, Caught(CONTROL, outcome("R-01", lost=3), outcome(), is_caught=False))
    note_skip(report, FAULTS["R-06b"], "only root can")
    totals = {"kills": 6, "accepted": 300, "lost": 1, "duplicated": 0, "early_public": 0, "stuck": 0}
    made = vars(report) | {"machine": "a machine", "totals": totals}

    # when
    said = table(made)

    # then
    sqlite, postgresql = said.split("PostgreSQL, ")
    assert "| R-01 kill -9 web | 4 | 2 | 100 | 0 |" in sqlite
    assert "| R-01 kill -9 web | 4 | 2 | 100 | 1 |" in postgresql
    assert "| **All** | **8** | **4** | **200** | **1** |" in postgresql
    assert "**not caught**" in said
    assert "R-06b disk full to the last byte: skipped, only root can." in said
