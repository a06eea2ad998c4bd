"""What was noted at the door and what came before count against a comment, never for it."""

from collections.abc import Callable

import pytest

from comments.door_hold import DoorHold
from comments.policy import Policy
from comments.signal import Weight
from comments.status import Status
from workers.checks import disposable_email, door, history, run_checks
from workers.checks.subject import AuthorHistory, DoorNotes, Subject
from workers.decide import decide
from workers.findings import findings_of

ASubject = Callable[..., Subject]


def test_ordinary_visit_is_silent(a_subject: ASubject) -> None:
    subject = a_subject(door=DoorNotes(seconds_to_submit=40))

    assert door.check(subject) == disposable_email.check(subject) == history.check(subject) == ()


def test_filled_honeypot_holds(a_subject: ASubject) -> None:
    (signal,) = door.check(a_subject(door=DoorNotes(honeypot_filled=True)))

    assert signal.weight is Weight.HOLD


@pytest.mark.parametrize("seconds", [0, 2])
def test_haste_is_a_soft_signal(a_subject: ASubject, seconds: int) -> None:
    (signal,) = door.check(a_subject(door=DoorNotes(seconds_to_submit=seconds)))

    assert signal.weight is Weight.SOFT
    assert signal.score < 0.5


def test_form_without_a_clock_is_not_hasty(a_subject: ASubject) -> None:
    assert door.check(a_subject(door=DoorNotes(seconds_to_submit=None))) == ()


def test_disposable_address_is_a_soft_signal(a_subject: ASubject) -> None:
    (signal,) = disposable_email.check(a_subject(door=DoorNotes(disposable_email=True)))

    assert signal.weight is Weight.SOFT
    assert signal.score < 0.5


def test_approvals_buy_nothing(a_subject: ASubject) -> None:
    without = history.check(a_subject(history=AuthorHistory(rejected=3)))
    with_approvals = history.check(a_subject(history=AuthorHistory(approved=500, rejected=3)))

    assert without == with_approvals
    assert without


def test_rejections_alone_never_hold(a_subject: ASubject) -> None:
    (signal,) = history.check(a_subject(history=AuthorHistory(rejected=1000)))

    assert signal.weight is Weight.SOFT
    assert signal.score < 0.5


def test_flood_holds(a_subject: ASubject) -> None:
    (many,) = history.check(a_subject(history=AuthorHistory(last_ten_minutes=6)))
    (flood,) = history.check(a_subject(history=AuthorHistory(last_ten_minutes=15)))

    assert (many.weight, flood.weight) == (Weight.SOFT, Weight.HOLD)


@pytest.mark.parametrize("hold", [hold for hold in DoorHold if hold])
def test_how_it_came_in_holds_and_makes_it_suspected_of_nothing(a_subject: ASubject, hold: DoorHold) -> None:
    subject = a_subject(text="The envoys should have talked first.", door=DoorNotes(hold=hold))
    (signal,) = door.check(subject)

    verdict = decide(run_checks(subject), Policy(), is_first_time=False)

    assert (verdict.status, verdict.reasons) == (Status.HELD, (f"{signal.detail[0].upper()}{signal.detail[1:]}.",))
    assert findings_of(verdict, Policy(), subject.text).suspected == ""
    assert findings_of(verdict, Policy(), subject.text).risk == 0
