"""Positive controls: builds that are broken on purpose. Whoever passes them proves nothing about the sound one."""

from dataclasses import dataclass, replace

from tests.faults.broken.acceptance import ACK_BEFORE_COMMIT, ONLY_IN_REDIS
from tests.faults.broken.checks import APPROVE_ON_CRASH
from tests.faults.rig import Outcome, Plan, run

MAX_CYCLES = 25
JUDGE_EVERY = 3
# Long enough for hundreds of comments, some of them sent twice.
NOTHING, QUIET_CYCLES = "R-00", 3
BROKEN = "tests.faults.broken"
OBEDIENT_BROKEN = "tests.faults.broken.obedient"


@dataclass(frozen=True)
class Control:
    """A broken build, the fault that must show it, and what it must be caught at."""

    name: str
    what: str
    fault: str
    web: str = "ops"
    worker: str = ""


CONTROLS = {
    control.name: control
    for control in (
        Control(ACK_BEFORE_COMMIT, "answers 202 before the commit", "R-01", web=BROKEN),
        Control(ONLY_IN_REDIS, "keeps the comment in Redis alone at first", "R-03", web=BROKEN),
        Control(APPROVE_ON_CRASH, "approves when a check fails", "R-10", worker=OBEDIENT_BROKEN),
    )
}


@dataclass(frozen=True)
class Caught:
    """How a broken build fared: with the fault that shows it, and `quiet`, when nothing breaks.

    Only a build that is sound while nothing breaks is caught for its fault and not for another one.
    """

    control: Control
    outcome: Outcome
    quiet: Outcome
    is_caught: bool

    @property
    def is_proof(self) -> bool:
        """Whether this shows that the rig sees what it is there to see."""
        return self.is_caught and self.is_sound_in_peace

    @property
    def is_sound_in_peace(self) -> bool:
        """Whether it loses nothing and publishes nothing early while nothing breaks; how soon it settles is open."""
        found = self.quiet.findings
        return self.quiet.seen_public > 0 and not (found.lost or found.duplicated or found.early_public)


def caught(name: str, seed: int) -> Caught:
    """Run a broken build in peace, then for as long as it takes, at most MAX_CYCLES."""
    control = CONTROLS[name]
    broken = Plan(NOTHING, cycles=QUIET_CYCLES, seed=seed, web=control.web, worker=control.worker, broken=name)
    quiet = run(broken)
    outcome = run(replace(broken, fault=control.fault, cycles=MAX_CYCLES, judge_every=JUDGE_EVERY))
    findings = outcome.findings
    return Caught(control, outcome, quiet, bool(findings.lost or findings.duplicated or findings.early_public))
