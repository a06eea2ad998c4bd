"""Platt's calibration: two numbers that turn a score into a probability on this site."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workers.learning.stacked import sigmoid

Numbers = NDArray[np.float64]

STEPS = 50
SMALLEST_STEP = 1e-7
# Keeps the slope finite when the classes are apart without a doubt.
PULL = 1e-3


@dataclass(frozen=True, slots=True)
class Platt:
    """Log-odds = slope · score + intercept."""

    slope: float = 1.0
    intercept: float = 0.0

    def probability(self, score: float) -> float:
        """Return the probability of class 1."""
        return sigmoid(self.slope * score + self.intercept)

    def probabilities(self, scores: Numbers) -> Numbers:
        """Return the probability of class 1 for each score."""
        return _sigmoids(self.slope * scores + self.intercept)


def fit_platt(scores: Numbers, labels: Numbers, weights: Numbers) -> Platt:
    """Return the calibration that fits best; the slope is never negative: a score must not be turned around.

    Labels are drawn in a little from 0 and 1, by as much as Platt (1999) does, so that few of them do not make certain.
    """
    positive, negative = float(weights[labels == 1].sum()), float(weights[labels == 0].sum())
    targets = np.where(labels == 1, (positive + 1) / (positive + 2), 1 / (negative + 2))
    spread = float(np.sqrt(np.average((scores - np.average(scores, weights=weights)) ** 2, weights=weights))) or 1.0
    design = np.stack([scores / spread, np.ones_like(scores)], axis=1)
    slope, intercept = _newton(design, targets, weights)
    if slope < 0:
        base = min(max(positive / (positive + negative), 1e-6), 1 - 1e-6)
        return Platt(0.0, float(np.log(base / (1 - base))))
    return Platt(slope / spread, intercept)


def log_loss(platt: Platt, scores: Numbers, labels: Numbers, weights: Numbers) -> float:
    """Return the mean surprise, in nats; 0 would be foreknowledge, 0.69 a coin."""
    chances = np.clip(platt.probabilities(scores), 1e-6, 1 - 1e-6)
    return float(np.average(-np.where(labels == 1, np.log(chances), np.log(1 - chances)), weights=weights))


def _newton(design: Numbers, targets: Numbers, weights: Numbers) -> tuple[float, float]:
    beta = np.zeros(2)
    pull = np.diag([PULL, PULL * 1e-6]) * weights.sum()
    for _ in range(STEPS):
        chances = _sigmoids(design @ beta)
        gradient = design.T @ (weights * (chances - targets)) + pull @ beta
        curvature = design.T @ (design * (weights * chances * (1 - chances))[:, None]) + pull
        step = np.linalg.solve(curvature, gradient)
        before = _penalised(beta, design, targets, weights, pull)
        while float(np.abs(step).max()) > SMALLEST_STEP:  # a whole step can overshoot where the classes are far apart
            if _penalised(beta - step, design, targets, weights, pull) <= before:
                break
            step = step / 2
        else:
            break
        beta = beta - step
    return float(beta[0]), float(beta[1])


def _penalised(beta: Numbers, design: Numbers, targets: Numbers, weights: Numbers, pull: Numbers) -> float:
    logits = design @ beta
    losses = np.logaddexp(0, logits) - targets * logits
    return float((weights * losses).sum() + 0.5 * beta @ pull @ beta)


def _sigmoids(logits: Numbers) -> Numbers:
    result: Numbers = 1 / (1 + np.exp(-np.clip(logits, -30, 30)))
    return result
