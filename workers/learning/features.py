"""The features site models learn from: those of the shipped models, folded into fewer numbers."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from workers.model.features import BITS as SHIPPED_BITS
from workers.model.features import Featuriser, Joined, Occurrences
from workers.normalise import Normalised

BITS = 18
SIZE = 1 << BITS
"""A site teaches some thousand comments: 2^18 numbers hold their features with few collisions, in 1 MB an array."""
_DROPPED = np.uint32(SHIPPED_BITS - BITS)

Indices = NDArray[np.uint32]


class SiteFeatures:
    """Hashes texts for site models. It keeps nothing but tables."""

    __slots__ = ("_featuriser",)

    def __init__(self) -> None:
        self._featuriser = Featuriser()

    def of(self, texts: Sequence[Normalised]) -> Iterator[Indices]:
        """Yield the distinct features of each text, ascending."""
        for indices in self._featuriser.features([text.text for text in texts]):
            yield _distinct(indices >> _DROPPED)

    def occurrences(self, text: Normalised) -> tuple[Joined, Occurrences]:
        """Return where each feature of one text stands, repeats included."""
        joined = self._featuriser.join([text.text])
        found = self._featuriser.occurrences(joined)
        return joined, replace(found, indices=found.indices >> _DROPPED)


def _distinct(ascending: Indices) -> Indices:
    is_first = np.ones(ascending.size, dtype=bool)
    np.not_equal(ascending[1:], ascending[:-1], out=is_first[1:])
    return ascending[is_first]
