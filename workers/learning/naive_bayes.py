"""Naive Bayes over hashed features: what a site can learn from its first decisions, in any language."""

import numpy as np
from numpy.typing import NDArray

from workers.learning.features import SIZE, Indices

SMOOTHING = 0.5
# A feature met once says half of what it seems to say, one met nine times nine tenths.
DOUBT = 1.0
# Neighbouring n-grams say the same thing over and over, so their sum grows faster than what is known.
LENGTH_POWER = 0.75


class NaiveBayes:
    """Counts of texts with each feature, by class (0 approved, 1 rejected for this)."""

    __slots__ = ("counts", "texts")

    def __init__(self, counts: NDArray[np.float32] | None = None, texts: NDArray[np.float64] | None = None) -> None:
        """Start empty, or from (2, SIZE) counts and the number of texts of each class."""
        self.counts = np.zeros((2, SIZE), dtype=np.float32) if counts is None else counts
        self.texts = np.zeros(2) if texts is None else texts

    def learn(self, indices: Indices, label: int, weight: float) -> None:
        """Count one text, `weight` times."""
        self.counts[label, indices] += weight
        self.texts[label] += weight

    def weights(self, indices: Indices) -> NDArray[np.float64]:
        """Return what each feature says: the log of how much likelier it is in class 1, less if little is known."""
        seen = self.counts[:, indices].astype(np.float64)
        shares = (seen + SMOOTHING) / (self.texts + 2 * SMOOTHING)[:, None]
        met = seen.sum(axis=0)
        said: NDArray[np.float64] = np.log(shares[1] / shares[0]) * (met / (met + DOUBT))
        return said

    def score(self, indices: Indices) -> float:
        """Return how much the text looks like class 1; about zero when nothing is known. No probability yet."""
        return float(self.weights(indices).sum()) * scale_of(indices)


def scale_of(indices: Indices) -> float:
    """Return what one feature's weight is multiplied with in a text of so many features."""
    return float(max(indices.size, 1) ** -LENGTH_POWER)
