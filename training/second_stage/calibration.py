"""Make the second stage's logits into probabilities and bands, on texts that were kept back from its training."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from training.measures import threshold_for
from training.second_stage.lessons import HEADS, Lesson
from workers.model.heads import Head
from workers.second_stage import SecondStage

Numbers = NDArray[np.float64]
# The deciding heads are calibrated where the first stage's are, so that both speak of the same comments.
NEWS_LIKE = frozenset({"kaggle_insults"})
DECIDING = frozenset({Head.ABUSE, Head.INSULT})
BENIGN = frozenset({"kaggle_insults", "own_news", "own_groups", "own_counter"})
# How many kept-back harmless comments may reach a band. Clean comments under real news get there ten times less often.
HOLD_SHARE, REJECT_SHARE = 0.15, 0.001
NEWTON_STEPS = 50
# Keeps the fit finite where a head has few examples.
PRIOR = 0.1


def calibrate(stage: SecondStage, held_out: Sequence[Lesson]) -> tuple[dict[str, object], dict[str, float]]:
    """Return slope and offset for each head, and the bands of abuse. `stage` must not be calibrated yet."""
    answers = stage.score([lesson.text for lesson in held_out])
    fits: dict[str, tuple[float, float]] = {}
    for number, head in enumerate(HEADS):
        logits = _logits([answer[head] for answer in answers])
        targets = np.array([lesson.targets[number] for lesson in held_out])
        sources = np.array([head not in DECIDING or lesson.source in NEWS_LIKE for lesson in held_out])
        known = sources & ~np.isnan(targets)
        fits[head] = platt(logits[known], targets[known], balanced=head in DECIDING)
    abuse = _probabilities(_logits([answer[Head.ABUSE] for answer in answers]), *fits[Head.ABUSE])
    named = {head: {"slope": round(fit[0], 4), "offset": round(fit[1], 4)} for head, fit in fits.items()}
    return {**named}, _bands(abuse, held_out)


def platt(logits: Numbers, targets: Numbers, *, balanced: bool) -> tuple[float, float]:
    """Return the slope and offset that make sigmoid(slope · logit + offset) likeliest.

    `balanced`: both classes count the same, as in the first stage, since how many comments are abusive differs between
    sites. The kinds stay as rare as they are: made as common as the rest, every insult would be half a threat.
    """
    inputs, fit = np.stack((logits, np.ones_like(logits)), axis=1), np.array([1.0, 0.0])
    weights = np.ones_like(targets)
    if balanced:
        shares = 0.5 / max(1, targets.sum()), 0.5 / max(1, (1 - targets).sum())
        weights = np.where(targets == 1, *shares) * len(targets)
    for _ in range(NEWTON_STEPS):
        chances = _probabilities(logits, *fit)
        slope = inputs.T @ (weights * (chances - targets)) + PRIOR * (fit - [1.0, 0.0])
        bend = (inputs * (weights * chances * (1 - chances))[:, None]).T @ inputs + PRIOR * np.eye(2)
        fit = fit - np.linalg.solve(bend, slope)
    return float(fit[0]), float(fit[1])


def _bands(abuse: Numbers, held_out: Sequence[Lesson]) -> dict[str, float]:
    def reached(sources: frozenset[str], share: float) -> float:
        harmless = [lesson.targets[0] == 0 and lesson.source in sources for lesson in held_out]
        return round(threshold_for(abuse[harmless], share), 3)

    return {"hold_at": reached(NEWS_LIKE, HOLD_SHARE), "reject_at": reached(BENIGN, REJECT_SHARE)}


def _logits(chances: Sequence[float]) -> Numbers:
    clipped = np.clip(chances, 1e-7, 1 - 1e-7)
    return np.log(clipped / (1 - clipped))


def _probabilities(logits: Numbers, slope: float, offset: float) -> Numbers:
    return 1 / (1 + np.exp(-np.clip(slope * logits + offset, -30, 30)))
