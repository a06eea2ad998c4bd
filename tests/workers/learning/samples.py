"""Made streams for the learner: a language of made-up words, so that no shipped model can know it."""

import random
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from workers.learning.features import SiteFeatures
from workers.learning.site_model import Example, HeadModel
from workers.model import FirstStage, Head, Language
from workers.model.features import BITS
from workers.model.heads import COLUMNS
from workers.model.weights import Bands, Weights
from workers.normalise import normalise

_CLEAN = (
    *("bawo", "gidi", "kuse", "lamo", "nira", "sopu", "tewa"),
    *("vilo", "zaku", "deri", "fomi", "hanu", "jelo", "poka"),
)
_RUDE = ("grakko", "snivvel", "brazzok", "wurgle")


def a_stage(*, judges: bool, version: str = "shipped-1") -> FirstStage:
    """Return a first stage whose every weight is nought: it judges every text alike, or, in no language, none."""
    intercepts = np.zeros(len(COLUMNS), dtype=np.float32)
    spoken = Language.ENGLISH if judges else Language.YORUBA
    intercepts[COLUMNS.index(f"language:{spoken}")] = 9.0
    weights = Weights(
        version,
        np.zeros(1 << BITS, dtype=np.uint8),
        np.zeros((1 << BITS, len(COLUMNS)), dtype=np.int8),
        np.ones(len(COLUMNS), dtype=np.float32),
        intercepts,
        {Head.SPAM: Bands(0.5, 0.9), Head.ABUSE: Bands(0.5, 0.9)},
    )
    return FirstStage(weights)


def a_text(is_rude: bool, chance: random.Random) -> str:
    """Return ten made-up words, two of them rude in a rude text."""
    words = chance.choices(_CLEAN, k=10)
    if is_rude:
        words[2:4] = chance.sample(_RUDE, 2)
    return " ".join(words)


def stream(count: int, *, seed: int = 7, rude_share: float = 0.4) -> Iterator[tuple[str, int]]:
    """Yield (text, label)."""
    chance = random.Random(seed)
    for _ in range(count):
        label = int(chance.random() < rude_share)
        yield a_text(bool(label), chance), label


def an_example(text: str, *, logit: float | None = None, language: Language = Language.YORUBA) -> Example:
    """Return a text as a site model sees it; blind unless it has a logit."""
    [indices] = SiteFeatures().of([normalise(text)])
    return Example(indices, logit, language)


def taught(count: int = 200, *, seed: int = 7, **example: object) -> HeadModel:
    """Return a model that has learned so many made texts."""
    model = HeadModel("shipped-1")
    for text, label in stream(count, seed=seed):
        model.learn(replace(an_example(text), **example), label)  # type: ignore[arg-type]  # checked by Example
    return model
