"""One run in a few lines, with how to run it again."""

from tests.faults.controls import Caught
from tests.faults.rig import Outcome

_SHOWN_PROBLEMS = 12


def tell(outcome: Outcome) -> Outcome:
    """Print what was found."""
    found = outcome.findings
    counts = (
        f"{outcome.plan.fault} {outcome.plan.database}: {outcome.cycles} cycles, {outcome.kills} kills,"
        f" {found.accepted} accepted, {outcome.seen_public} seen public, {found.lost} lost,"
        f" {found.duplicated} duplicated, {found.early_public} early public, {found.stuck} stuck;"
        f" p99 {outcome.answer_p99_milliseconds:.0f} ms, recovered in {outcome.recovery_seconds:.1f} s,"
        f" settled in {outcome.settled_seconds:.1f} s, {outcome.seconds:.0f} s in all"
    )
    lines = [
        counts,
        f"  {outcome.plan.command()}",
        *(f"  - {problem}" for problem in found.problems[-_SHOWN_PROBLEMS:]),
    ]
    print("\n".join(lines), flush=True)
    return outcome


def tell_caught(caught: Caught) -> Caught:
    """Print how a broken build fared, without a fault and with it."""
    tell(caught.quiet)
    tell(caught.outcome)
    verdict = "sound when nothing breaks" if caught.is_sound_in_peace else "NOT SOUND when nothing breaks"
    print(f"{caught.control.name}: {verdict}, {'caught' if caught.is_caught else 'NOT CAUGHT'}", flush=True)
    return caught


def tell_skip(number: str, why: str) -> None:
    """Print why a fault cannot be tried here."""
    print(f"{number} skipped: {why}", flush=True)
