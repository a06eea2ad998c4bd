"""Logistic regression on the shipped model's log-odds and the site's own features, learned one decision at a time."""

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from workers.learning.features import SIZE, Indices

# AdaGrad: the step of a feature shrinks with what it has been taught already.
WORD_STEP = 0.1
FRAME_STEP = 0.1
FIRST_WORD_SQUARES = 0.01
FIRST_FRAME_SQUARES = 1.0


@dataclass(slots=True)
class Frame:
    """The weight of the shipped log-odds and the intercept, with their sums of squared gradients.

    They start as "believe the shipped model", so that the first decisions cannot make anything worse.
    """

    slope: float = 1.0
    intercept: float = 0.0
    slope_squares: float = FIRST_FRAME_SQUARES
    intercept_squares: float = FIRST_FRAME_SQUARES


@dataclass(slots=True)
class Stacked:
    """The frame and a weight for each feature."""

    frame: Frame = field(default_factory=Frame)
    weights: NDArray[np.float32] = field(default_factory=lambda: np.zeros(SIZE, dtype=np.float32))
    squares: NDArray[np.float32] = field(default_factory=lambda: np.zeros(SIZE, dtype=np.float32))

    def score(self, indices: Indices, logit: float) -> float:
        """Return log-odds."""
        words = float(self.weights[indices].sum()) * unit_of(indices)
        return self.frame.intercept + self.frame.slope * logit + words

    def learn(self, indices: Indices, logit: float, label: int, weight: float) -> None:
        """Take one step towards the label."""
        slope = (sigmoid(self.score(indices, logit)) - label) * weight
        self._teach_words(indices, slope * unit_of(indices))
        frame = self.frame
        frame.intercept_squares += slope * slope
        frame.intercept -= FRAME_STEP * slope / math.sqrt(frame.intercept_squares)
        frame.slope_squares += (slope * logit) ** 2
        frame.slope -= FRAME_STEP * slope * logit / math.sqrt(frame.slope_squares)

    def _teach_words(self, indices: Indices, gradient: float) -> None:
        squares = self.squares[indices] + np.float32(gradient * gradient)
        self.squares[indices] = squares
        self.weights[indices] -= np.float32(WORD_STEP * gradient) / np.sqrt(squares + np.float32(FIRST_WORD_SQUARES))


def unit_of(indices: Indices) -> float:
    """Return each feature's value in a text of so many: the text as a whole has length one."""
    return 1.0 / math.sqrt(max(indices.size, 1))


def sigmoid(logit: float) -> float:
    """Return the probability of these log-odds."""
    return 1.0 / (1.0 + math.exp(-min(max(logit, -30.0), 30.0)))
