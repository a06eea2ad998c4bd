"""R-10 and R-11: comments whose check crashes, hangs, asks in vain or ends the process. The rest must not notice."""

from tests.faults.checker import MANNERS
from tests.faults.obedient import POISONS, SLOW
from tests.faults.stage import Stage
from tests.faults.texts import Expected

CROWD = 5
# A timeout for each of a batch, eight at once, and what waited before.
HELD_SECONDS = 60.0


def poison(stage: Stage) -> None:
    """R-10: one comment of each kind in turn, in the middle of harmless ones."""
    order = list(POISONS)[stage.cycle % len(POISONS)]
    _post_among_others(stage, order)
    stage.pause(1.0)


def slow_down(stage: Stage) -> None:
    """R-11: a check that takes half a minute, or that waits for somebody who never answers."""
    _post_among_others(stage, SLOW[stage.cycle % len(SLOW)])
    stage.pause(1.0)


def trouble_checker(stage: Stage) -> None:
    """R-11b: what comes in while the external checker is of no use is held, and soon."""
    checker = stage.installation.checker
    assert checker is not None
    stage.pause(0.5)
    with checker.behaving(list(MANNERS)[stage.cycle % len(MANNERS)]):
        order = [stage.write_down("What would somebody else say?", Expected.NOT_APPROVED) for _ in range(CROWD)]
        stage.wait_until_decided([stage.post(sample) for sample in order], seconds=HELD_SECONDS)


def _post_among_others(stage: Stage, order: str) -> None:
    for _ in range(CROWD):
        stage.post(stage.write_down("I only want to say that I agree."))
    stage.post(stage.write_down(order, Expected.NOT_APPROVED))
    for _ in range(CROWD):
        stage.post(stage.write_down("And I want to add a word of thanks."))
