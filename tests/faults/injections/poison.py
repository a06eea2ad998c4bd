"""R-10 and R-11: comments whose check crashes, hangs or ends the process. The rest must not notice."""

from tests.faults.obedient import POISONS, SLOW
from tests.faults.stage import Stage
from tests.faults.texts import Expected

CROWD = 5


def poison(stage: Stage) -> None:
    """R-10: one comment of each kind in turn, in the middle of harmless ones."""
    order = list(POISONS)[stage.cycle % len(POISONS)]
    _post_among_others(stage, order)
    stage.pause(1.0)


def slow_down(stage: Stage) -> None:
    """R-11: a check that takes half a minute, or that waits for somebody who never answers."""
    _post_among_others(stage, SLOW[stage.cycle % len(SLOW)])
    stage.pause(1.0)


def _post_among_others(stage: Stage, order: str) -> None:
    for _ in range(CROWD):
        stage.post(stage.write_down("I only want to say that I agree."))
    stage.post(stage.write_down(order, Expected.NOT_APPROVED))
    for _ in range(CROWD):
        stage.post(stage.write_down("And I want to add a word of thanks."))
