"""The last predictions that were made before their label was known: all that calibration, choice and bands rest on."""

from dataclasses import dataclass, field
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

LENGTH = 500

Numbers = NDArray[np.float64]


class Kind(IntEnum):
    """Who predicts. In the order in which equals are preferred."""

    STACKED = 0
    SHIPPED = 1
    BAYES = 2


@dataclass(slots=True)
class Journal:
    """One row for each of the last 500 labels, oldest first.

    `scores` has a column for each Kind, NaN where that one has no opinion. `weights` say for how many comments a label
    stands.
    """

    scores: Numbers = field(default_factory=lambda: np.empty((0, len(Kind))))
    labels: Numbers = field(default_factory=lambda: np.empty(0))
    weights: Numbers = field(default_factory=lambda: np.empty(0))

    def note(self, scores: Numbers, label: int, weight: float) -> None:
        """Add a row, and let the oldest go when there are too many."""
        self.scores = np.vstack([self.scores, scores])[-LENGTH:]
        self.labels = np.append(self.labels, float(label))[-LENGTH:]
        self.weights = np.append(self.weights, weight)[-LENGTH:]

    def having(self, kind: Kind) -> "Journal":
        """Return the rows where `kind` has an opinion."""
        return self._only(~np.isnan(self.scores[:, kind]))

    def approved(self) -> "Journal":
        """Return the rows whose label is 0."""
        return self._only(self.labels == 0)

    def has_both(self, at_least: int) -> bool:
        """Say whether there are so many rows of each label."""
        return min(int((self.labels == 1).sum()), int((self.labels == 0).sum())) >= at_least

    def _only(self, rows: NDArray[np.bool_]) -> "Journal":
        return Journal(self.scores[rows], self.labels[rows], self.weights[rows])
