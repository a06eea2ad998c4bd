"""When to ask the second stage: only where the first cannot settle it, and what follows when it cannot answer."""

from collections.abc import Callable
from dataclasses import replace

import structlog

from comments.settings import SecondStageUse as Use
from workers.checks.models import banded
from workers.checks.reading import Estimate
from workers.normalise import Normalised
from workers.second_stage import SecondStage, SecondStageDamaged, SecondStageMissing, load_second_stage

log = structlog.get_logger()

# Below half of what holds, the first stage is right about nearly every comment, and nearly all comments are there.
GREY_FROM = 0.5


class SecondOpinion:
    """Asks the second stage about what lies in the grey band; loads it with the first question."""

    def __init__(self, use: Use, load: Callable[[], SecondStage] = load_second_stage) -> None:
        self._use = use
        self._load = load
        self._stage: SecondStage | None = None
        self._is_loaded = use is Use.OFF

    def warm_up(self) -> None:
        """Load it now, before a fork, so that the processes share its memory."""
        self._stage_or_none()

    def settle(self, text: Normalised, first: Estimate) -> Estimate:
        """Return the second stage's estimate for a text in doubt, and the first one's where it is not asked."""
        if self._use is Use.OFF or not first.hold_at * GREY_FROM <= first.probability < first.sure_at:
            return first
        stage = self._stage_or_none()
        if stage is None:
            return first if self._use is Use.AUTO else _held(first)
        [found] = stage.score([text.text])
        hold_at, sure_at = stage.bands.hold_at, stage.bands.reject_at
        second = replace(first, probability=found["abuse"], hold_at=hold_at, sure_at=sure_at, source=stage.version)
        # Whoever disguises words gets no benefit of the doubt: what was undone may not be what the second reads best.
        return first if text.undone and banded(first) > banded(second) else second

    def _stage_or_none(self) -> SecondStage | None:
        if not self._is_loaded:
            self._is_loaded = True
            try:
                self._stage = self._load()
            except (SecondStageMissing, SecondStageDamaged) as error:
                level = log.info if self._use is Use.AUTO and isinstance(error, SecondStageMissing) else log.error
                level("second stage not used", why=str(error))
        return self._stage


def _held(first: Estimate) -> Estimate:
    """Hold what is in doubt: a check that is away never leads to approval."""
    source = "in doubt, and the second model is missing or damaged"
    return replace(first, probability=max(first.probability, first.hold_at), source=source)
