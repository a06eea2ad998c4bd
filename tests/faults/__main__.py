"""The rig from the command line: `python -m tests.faults run R-01 --cycles 20 --seed 7`."""

import argparse
import random
import sys

from tests.faults.catalogue import FAULTS
from tests.faults.rig import Outcome, Plan, run

_SHOWN_PROBLEMS = 12


def main() -> int:
    """Run what was asked for. Returns 1 when a promise was broken."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    one = commands.add_parser("run", help="one fault")
    one.add_argument("fault", choices=list(FAULTS))
    one.add_argument("--cycles", type=int, default=10)
    one.add_argument("--seed", type=int, default=random.getrandbits(24))
    one.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    one.add_argument("--replicas", type=int, default=1)
    one.add_argument("--rate", type=float, default=60.0)
    given = parser.parse_args()
    plan = Plan(given.fault, given.cycles, given.seed, given.database, given.replicas, given.rate)
    return 0 if tell(run(plan)).is_sound else 1


def tell(outcome: Outcome) -> Outcome:
    """Print one run in a few lines, with how to run it again."""
    found = outcome.findings
    print(
        f"{outcome.plan.fault} {outcome.plan.database}: {outcome.cycles} cycles, {outcome.kills} kills, "
        f"{found.accepted} accepted, {outcome.seen_public} seen public, {found.lost} lost, {found.duplicated} duplicated, "
        f"{found.early_public} early public, {found.stuck} stuck; p99 {outcome.answer_p99_milliseconds:.0f} ms, "
        f"recovered in {outcome.recovery_seconds:.1f} s, settled in {outcome.settled_seconds:.1f} s, "
        f"{outcome.seconds:.0f} s in all; {outcome.plan.command()}",
        flush=True,
    )
    for problem in found.problems[:_SHOWN_PROBLEMS]:
        print(f"  - {problem}", flush=True)
    return outcome


if __name__ == "__main__":
    sys.exit(main())
