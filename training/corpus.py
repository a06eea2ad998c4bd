"""Texts as the models see them: each distinct one normalised and hashed once, with the product's own code."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from workers.model.features import BITS, Featuriser
from workers.model.weights import IDF_STEP
from workers.normalise import normalise

MIN_TEXTS = 3
"""A feature seen in fewer texts than this is left out."""


@dataclass(frozen=True, slots=True)
class Corpus:
    """`rows[text]` is a text's row in `matrix`; `columns[i]` is the feature index of the matrix's column i."""

    rows: dict[str, int]
    matrix: sp.csr_matrix
    columns: NDArray[np.int64]
    idf_steps: NDArray[np.uint8]

    def take(self, texts: Iterable[str]) -> sp.csr_matrix:
        """Return the rows of these texts, in order."""
        return self.matrix[[self.rows[text] for text in texts]]


def build_corpus(texts: Iterable[str]) -> Corpus:
    """Return the corpus of these texts: binary features times idf, each row of length 1."""
    rows = {text: row for row, text in enumerate(dict.fromkeys(texts))}
    seen = hashed([normalise(text).text for text in rows])
    frequencies = np.bincount(seen.indices, minlength=1 << BITS)
    columns = np.flatnonzero(frequencies >= MIN_TEXTS)
    idf = np.log((1 + len(rows)) / (1 + frequencies[columns])) + 1
    idf_steps = np.round(idf / IDF_STEP).astype(np.uint8)
    return Corpus(rows, _weighted(seen[:, columns], idf_steps * IDF_STEP), columns, idf_steps)


def hashed(texts: list[str]) -> sp.csr_matrix:
    """Return one binary row for each normalised text."""
    features = list(Featuriser().features(texts))
    bounds = np.concatenate([[0], np.cumsum([indices.size for indices in features])])
    indices = np.concatenate(features).astype(np.int32)
    return sp.csr_matrix((np.ones(indices.size), indices, bounds), shape=(len(features), 1 << BITS))


def _weighted(matrix: sp.csr_matrix, idf: NDArray[np.floating]) -> sp.csr_matrix:
    weighted = matrix.copy()
    weighted.data = idf[weighted.indices]
    lengths = np.sqrt(np.add.reduceat(np.append(weighted.data**2, 0.0), weighted.indptr[:-1]))
    lengths[np.diff(weighted.indptr) == 0] = 1.0
    weighted.data /= np.repeat(lengths, np.diff(weighted.indptr))
    return weighted
