"""The judge finds every kind of broken promise, and nothing where all were kept."""

from dataclasses import replace

import pytest

from tests.faults.journal import Evidence, Promise, Sighting
from tests.faults.judge import Findings, judge
from tests.faults.ledger import Entry, Ledger, Row
from tests.faults.texts import Expected

ROW = Row(id=1, text="One", status="approved", revision=1, approval_id=11, article="a")
ARRIVED = Entry(id=10, comment_id=1, revision=1, old=None, new="pending", made_by="reader", made_at=100.0)
APPROVED = Entry(id=11, comment_id=1, revision=1, old="pending", new="approved", made_by="policy", made_at=101.0)
PROMISE = Promise(key="k1", id=1, text="One", article="a", expected=Expected.ANY, milliseconds=5.0, at=100.0)
EVIDENCE = Evidence((PROMISE,), frozenset({"One"}), (Sighting(1, "One", 102.0),), ())
LEDGER = Ledger((ROW,), {1: [ARRIVED, APPROVED]})
PUBLIC = {(1, "One")}


def test_kept_promises_are_no_problem() -> None:
    assert judge(EVIDENCE, LEDGER, PUBLIC) == Findings(accepted=1)


BROKEN = {
    "gone": ("lost", EVIDENCE, Ledger((), {}), set[tuple[int, str]]()),
    "another text": ("lost", replace(EVIDENCE, promises=(replace(PROMISE, text="Two"),)), LEDGER, PUBLIC),
    "still pending": (
        "stuck",
        replace(EVIDENCE, sightings=()),
        Ledger((replace(ROW, status="pending", approval_id=None),), {1: [ARRIVED]}),
        set[tuple[int, str]](),
    ),
    "two rows of one text": (
        "duplicated",
        EVIDENCE,
        Ledger(
            (ROW, replace(ROW, id=2, approval_id=13)),
            {
                1: [ARRIVED, APPROVED],
                2: [replace(ARRIVED, id=12, comment_id=2), replace(APPROVED, id=13, comment_id=2)],
            },
        ),
        {(1, "One"), (2, "One")},
    ),
    "two numbers for one key": (
        "duplicated",
        replace(EVIDENCE, promises=(PROMISE, replace(PROMISE, id=3))),
        LEDGER,
        PUBLIC,
    ),
    "decided twice": (
        "duplicated",
        EVIDENCE,
        Ledger((replace(ROW, approval_id=12),), {1: [ARRIVED, APPROVED, replace(APPROVED, id=12)]}),
        PUBLIC,
    ),
    "public before it was approved": (
        "early_public",
        replace(EVIDENCE, sightings=(Sighting(1, "One", 100.5),)),
        LEDGER,
        PUBLIC,
    ),
    "approved though its check failed": (
        "early_public",
        replace(EVIDENCE, promises=(replace(PROMISE, expected=Expected.NOT_APPROVED),)),
        LEDGER,
        PUBLIC,
    ),
    "public though held": (
        "early_public",
        EVIDENCE,
        Ledger(
            (replace(ROW, status="held", approval_id=None),),
            {1: [ARRIVED, APPROVED, replace(APPROVED, id=12, old="approved", new="held")]},
        ),
        PUBLIC,
    ),
}


@pytest.mark.parametrize("name", list(BROKEN))
def test_broken_promise_is_counted(name: str) -> None:
    # given
    count, evidence, ledger, public = BROKEN[name]

    # when
    findings = judge(evidence, ledger, public)

    # then
    assert getattr(findings, count) == 1
    assert findings.problems


@pytest.mark.parametrize(
    ("evidence", "ledger", "public"),
    [
        (replace(EVIDENCE, problems=("answer 500",)), LEDGER, PUBLIC),
        (replace(EVIDENCE, promises=(), sent_texts=frozenset()), LEDGER, PUBLIC),
        (EVIDENCE, replace(LEDGER, trails={1: [APPROVED]}), PUBLIC),
        (EVIDENCE, replace(LEDGER, rows=(replace(ROW, approval_id=99),)), PUBLIC),
        (EVIDENCE, replace(LEDGER, trails={1: LEDGER.trails[1], 5: [ARRIVED]}), PUBLIC),
        (EVIDENCE, LEDGER, set()),
    ],
    ids=["bad answer", "sent by nobody", "no arrival", "foreign approval", "trail of nothing", "approved, unreadable"],
)
def test_what_does_not_add_up_is_a_problem(evidence: Evidence, ledger: Ledger, public: set[tuple[int, str]]) -> None:
    assert judge(evidence, ledger, public).problems
