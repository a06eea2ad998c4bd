"""The rig from the command line: `python -m tests.faults run R-01 --cycles 20 --seed 7`, `nightly`, `controls`."""

import argparse
import random
import signal
import sys

from tests.faults.catalogue import FAULTS
from tests.faults.controls import CONTROLS, caught
from tests.faults.nightly import nightly
from tests.faults.rig import Plan, run
from tests.faults.tell import tell, tell_caught, tell_skip


def main() -> int:
    """Run what was asked for. Returns 1 when a promise was broken or a broken build got away."""
    given = _parser().parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))  # what was started is ended on the way out
    if given.command == "nightly":
        problems = nightly(given.seed, minutes=given.minutes).problems
        print("\n".join(problems) or "every promise was kept, every broken build was caught")
        return 1 if problems else 0
    if given.command == "controls":
        return 0 if all(tell_caught(caught(name, given.seed)).is_proof for name in given.names or CONTROLS) else 1
    why = FAULTS[given.fault].lacks()
    if why:
        tell_skip(given.fault, why)
        return 0
    plan = Plan(given.fault, given.cycles, given.seed, given.database, given.replicas, given.rate)
    return 0 if tell(run(plan)).is_sound else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    one = commands.add_parser("run", help="one fault")
    one.add_argument("fault", choices=list(FAULTS))
    one.add_argument("--cycles", type=int, default=10)
    one.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    one.add_argument("--replicas", type=int, default=1)
    one.add_argument("--rate", type=float, default=60.0)
    night = commands.add_parser("nightly", help="every fault on both databases, and the broken builds")
    night.add_argument("--minutes", type=float, default=40.0)
    controls = commands.add_parser("controls", help="the builds that are broken on purpose")
    controls.add_argument("names", nargs="*", metavar="NAME", help=", ".join(CONTROLS))
    for command in (one, night, controls):
        command.add_argument("--seed", type=int, default=random.getrandbits(24))
    return parser


if __name__ == "__main__":
    sys.exit(main())
