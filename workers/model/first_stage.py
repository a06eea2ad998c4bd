"""Score texts with the shipped linear models. Needs numpy and nothing else."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from workers.model.evidence import WordEvidence, weigh_words
from workers.model.features import Featuriser, Numbers
from workers.model.heads import COLUMNS, JUDGED_LANGUAGES, KINDS, Head, Language
from workers.model.weights import IDF_STEP, Bands, Weights, load_weights, step_values
from workers.normalise import Normalised

SHIPPED_HEADER = Path(__file__).with_name("first_stage.json")
LANGUAGES = tuple(Language)
JUDGED = tuple(LANGUAGES.index(language) for language in JUDGED_LANGUAGES)
HEAD_COLUMNS = {head: COLUMNS.index(head) for head in Head}
LETTERS = re.compile(r"[^\W\d_]")
FOREIGN_LETTERS = re.compile(r"[^\W\d_\x00-\u024f\u1e00-\u1eff]")  # neither basic nor extended Latin


@dataclass(frozen=True, slots=True)
class Abuse:
    """How likely a text is abusive, and of which kinds the abuse would be. Kinds say what, never whether."""

    probability: float
    kinds: Mapping[Head, float]


@dataclass(frozen=True, slots=True)
class Scores:
    """What the first stage thinks of one text.

    `abuse` is None where the models have no opinion, in languages they were not taught: that is not "clean".
    A low `spam` outside English and Pidgin says little for the same reason; a high one still counts.
    """

    language: Language
    language_probability: float
    spam: float
    abuse: Abuse | None


class FirstStage:
    """The loaded models. Read-only after loading, so load once before forking."""

    __slots__ = ("_featuriser", "_idf_squares", "_values", "_weights")

    def __init__(self, weights: Weights) -> None:
        self._weights = weights
        self._featuriser = Featuriser()
        self._values = step_values()
        self._idf_squares = (np.arange(256, dtype=np.float32) * np.float32(IDF_STEP)) ** 2

    @property
    def version(self) -> str:
        """Name these weights, for the record of a decision."""
        return self._weights.version

    def bands(self, head: Head) -> Bands:
        """Return the probabilities from which to hold and to reject. Raises KeyError for a head that only names."""
        return self._weights.bands[head]

    def score(self, batch: Sequence[Normalised]) -> list[Scores]:
        """Return one Scores for each text, in order. A text scores the same alone as in a batch."""
        texts = [normalised.text for normalised in batch]
        return [self._scores(text, logits) for text, logits in zip(texts, self._logits(texts), strict=True)]

    def explain(self, normalised: Normalised, head: Head, count: int = 5) -> list[WordEvidence]:
        """Return the words that speak most for `head`, strongest first, at most `count`; none that speak against."""
        column = HEAD_COLUMNS[head]
        joined = self._featuriser.join([normalised.text])
        found = self._featuriser.occurrences(joined)
        steps = self._weights.steps[found.indices, column].view(np.uint8)
        scale = self._weights.scales[column] / self._norm(np.unique(found.indices))
        evidence = weigh_words(normalised, joined, found, self._values[steps] * scale)
        return [word for word in evidence if word.weight > 0][:count]

    def _logits(self, texts: Sequence[str]) -> Iterator[NDArray[np.float32]]:
        weights = self._weights
        for indices in self._featuriser.features(texts):
            steps = np.take(weights.steps, indices, axis=0).view(np.uint8)
            values = np.take(self._values, steps)
            summed = np.ones(indices.size, dtype=np.float32) @ values
            yield summed * (weights.scales / self._norm(indices)) + weights.intercepts

    def _norm(self, indices: Numbers) -> np.float32:
        squares = self._idf_squares[self._weights.idf_steps[indices]].sum()
        return np.float32(np.sqrt(squares) or 1.0)

    def _scores(self, text: str, logits: NDArray[np.float32]) -> Scores:
        probabilities = _softmax(logits[: len(LANGUAGES)])
        heads = _sigmoid(logits).tolist()
        spam = heads[HEAD_COLUMNS[Head.SPAM]]
        if not _is_latin(text):
            return Scores(Language.OTHER, 1.0, spam, None)
        best = int(probabilities.argmax())
        abuse = None
        if probabilities[list(JUDGED)].sum() >= 0.5:
            abuse = Abuse(heads[HEAD_COLUMNS[Head.ABUSE]], {kind: heads[HEAD_COLUMNS[kind]] for kind in KINDS})
        return Scores(LANGUAGES[best], float(probabilities[best]), spam, abuse)


def load_model(header_path: Path | None = None) -> FirstStage:
    """Return the shipped model, or the one described by another JSON header. Raises ModelDamaged."""
    return FirstStage(load_weights(header_path or SHIPPED_HEADER))


def _is_latin(text: str) -> bool:
    """Say whether at least half the letters are Latin ones; False when there is no letter at all."""
    letters = len(LETTERS.findall(text))
    if text.isascii():
        return letters > 0
    return letters > 0 and len(FOREIGN_LETTERS.findall(text)) * 2 <= letters


def _softmax(logits: NDArray[np.float32]) -> NDArray[np.float32]:
    powers = np.exp(logits - logits.max())
    return np.asarray(powers / powers.sum(), dtype=np.float32)


def _sigmoid(logits: NDArray[np.float32]) -> NDArray[np.float64]:
    # In double precision: sites refit these probabilities, and near 1 single precision has lost the log-odds.
    return 1 / (1 + np.exp(-np.clip(logits.astype(np.float64), -30, 30)))
