"""One run in a few lines, with how to run it again."""

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
        *(f"  - {problem}" for problem in found.problems[:_SHOWN_PROBLEMS]),
    ]
    print("\n".join(lines), flush=True)
    return outcome
