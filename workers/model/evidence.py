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
    spread evenly over its characters other than spaces, so that all words together make up the score.
    """
    _, which, counts = np.unique(found.indices, return_inverse=True, return_counts=True)
    per_character = _spread(joined, found, values / counts[which])
    evidence = [_evidence(normalised, joined, bounds, per_character) for bounds in _token_bounds(joined)]
    return sorted(evidence, key=lambda word: (-word.weight, word.start))


def _spread(joined: Joined, found: Occurrences, values: NDArray[np.floating]) -> NDArray[np.float64]:
    """Return each character's share, from one running sum over where n-grams begin and end."""
    size = joined.codes.size
    letters_before = np.concatenate([[0], np.cumsum(joined.classes != SPACE)])
    share = values / (letters_before[found.ends] - letters_before[found.starts])
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
    normalised: Normalised, joined: Joined, bounds: tuple[int, int], per_character: NDArray[np.float64]
) -> WordEvidence:
    weight = float(per_character[slice(*bounds)].sum())
    start, end = _trimmed(*bounds, joined)
    first, last = int(joined.sources[start]) - 1, int(joined.sources[end - 1])
    typed_start, typed_end = normalised.span(first, last)
    return WordEvidence(typed_start, typed_end, normalised.text[first:last], weight)
