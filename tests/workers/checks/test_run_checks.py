"""Running the checks: each is timed, and a crash becomes a signal that holds."""

from collections.abc import Callable

from comments.signal import Category, Signal, Weight
from workers.checks import CHECKS, Check, run_checks
from workers.checks.subject import Subject

ASubject = Callable[..., Subject]


def crash(subject: Subject) -> tuple[Signal, ...]:
    raise ValueError(f"cannot read {subject.text}")


def note(_: Subject) -> tuple[Signal, ...]:
    return (Signal("note", "7", Category.STYLE, 0.1, Weight.NOTE, "something", microseconds=-1),)


def test_crash_of_a_check_holds_and_tells_only_its_class(a_subject: ASubject) -> None:
    (signal,) = run_checks(a_subject("secret words"), (Check("crash", "3", crash),))

    assert (signal.check, signal.version, signal.category, signal.weight) == (
        "crash",
        "3",
        Category.ERROR,
        Weight.HOLD,
    )
    assert "ValueError" in signal.detail
    assert "secret" not in signal.detail


def test_crash_does_not_silence_the_other_checks(a_subject: ASubject) -> None:
    found = run_checks(a_subject(), (Check("crash", "1", crash), Check("note", "7", note)))

    assert [signal.check for signal in found] == ["crash", "note"]


def test_signal_carries_the_time_of_its_check(a_subject: ASubject) -> None:
    (signal,) = run_checks(a_subject(), (Check("note", "7", note),))

    assert signal.microseconds >= 0


def test_every_check_has_a_name_of_its_own_and_a_version() -> None:
    assert len({check.name for check in CHECKS}) == len(CHECKS)
    assert all(check.version for check in CHECKS)
