"""Say which words of a text a linear model's score came from, as spans of the text as typed."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workers.model.features import Joined, Occurrences
from workers.model.letters import SPACE, WORD
from workers.normalise import Normalised


@dataclass(frozen=True, slots=True)
class WordEvidence:
    """A word's share of a score. `start` and `end` are code points of the text as typed; `weight` is log-odds.

    `word` is what the model read there once obfuscation was undone.
    """

    start: int
    end: int
    word: str
    weight: float


def weigh_words(
    normalised: Normalised, joined: Joined, found: Occurrences, values: NDArray[np.float32]
) -> list[WordEvidence]:
    """Return every word with the sum of its n-grams' values, largest first.

    A feature counts once however often it occurs, so its value is shared among its occurrences; an n-gram's value is
    spread evenly over its characters.
    """
    _, which, counts = np.unique(found.indices, return_inverse=True, return_counts=True)
    per_character = _spread(joined.codes.size, found, values / counts[which])
    tokens = [_trimmed(start, end, joined) for start, end in _token_bounds(joined)]
    evidence = [_evidence(normalised, joined, start, end, per_character) for start, end in tokens]
    return sorted(evidence, key=lambda word: (-word.weight, word.start))


def _spread(size: int, found: Occurrences, values: NDArray[np.floating]) -> NDArray[np.float64]:
    """Return each character's share, from one running sum over where n-grams begin and end."""
    share = values / (found.ends - found.starts)
    changes = np.bincount(found.starts, share, size + 1) - np.bincount(found.ends, share, size + 1)
    return np.cumsum(changes)[:size]


def _token_bounds(joined: Joined) -> list[tuple[int, int]]:
    is_space = joined.classes == SPACE
    edges = (np.flatnonzero(is_space[1:] != is_space[:-1]) + 1).tolist()
    return list(zip(edges[::2], edges[1::2], strict=True))


def _trimmed(start: int, end: int, joined: Joined) -> tuple[int, int]:
    """Return the token without the punctuation around it, unless punctuation is all it is."""
    word = np.flatnonzero(joined.classes[start:end] == WORD)
    return (start + int(word[0]), start + int(word[-1]) + 1) if word.size else (start, end)


def _evidence(
    normalised: Normalised, joined: Joined, start: int, end: int, per_character: NDArray[np.float64]
) -> WordEvidence:
    first, last = int(joined.sources[start]) - 1, int(joined.sources[end - 1])
    typed_start, typed_end = normalised.span(first, last)
    weight = float(per_character[start:end].sum())
    return WordEvidence(typed_start, typed_end, normalised.text[first:last], weight)
