"""Positive controls: builds that are broken on purpose. Whoever passes them proves nothing about the sound one."""

from dataclasses import dataclass

from tests.faults.broken.acceptance import ACK_BEFORE_COMMIT, ONLY_IN_REDIS
from tests.faults.broken.checks import APPROVE_ON_CRASH
from tests.faults.rig import Outcome, Plan, run
from tests.faults.tell import tell

MAX_CYCLES = 25
JUDGE_EVERY = 3
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
    """How a broken build fared. `cycles` is how many it took; `is_caught` is what is wanted."""

    control: Control
    outcome: Outcome
    is_caught: bool


def caught(name: str, seed: int) -> Caught:
    """Run a broken build for as long as it takes, at most MAX_CYCLES."""
    control = CONTROLS[name]
    plan = Plan(
        control.fault,
        cycles=MAX_CYCLES,
        seed=seed,
        web=control.web,
        worker=control.worker,
        broken=name,
        judge_every=JUDGE_EVERY,
    )
    outcome = tell(run(plan))
    findings = outcome.findings
    return Caught(control, outcome, bool(findings.lost or findings.duplicated or findings.early_public))
