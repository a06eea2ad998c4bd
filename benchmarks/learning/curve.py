"""Run a stream through the product's own learner, asking before telling, and measure what was said."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.learning.streams import Labelled
from training.measures import auc
from workers.learning.features import SiteFeatures
from workers.learning.lessons import example_of
from workers.learning.packing import pack
from workers.learning.site_model import HeadModel
from workers.model import FirstStage, Head
from workers.normalise import normalise

WINDOWS = ((60, 250), (250, 500), (500, 1_000), (1_000, 2_000), (250, 2_000))


@dataclass(frozen=True, slots=True)
class Window:
    """The labels `start` to `end`. `frozen_auc` is the shipped model's on the same texts, None where it is blind."""

    start: int
    end: int
    opinions: int
    auc: float | None
    frozen_auc: float | None
    held_of_approved: float
    held_of_rejected: float


@dataclass(frozen=True, slots=True)
class Curve:
    """What one run of a stream gave."""

    labels: int
    rejected_share: float
    choice: str
    microseconds_a_label: float
    packed_bytes: int
    windows: tuple[Window, ...]


@dataclass(frozen=True, slots=True)
class _Said:
    label: int
    probability: float | None
    is_held: bool
    frozen: float | None


def run(stage: FirstStage, stream: Sequence[Labelled]) -> Curve:
    """Return the curve of a fresh site."""
    texts = [normalise(row.text) for row in stream]
    examples = [
        example_of(scores, indices, Head.ABUSE)
        for scores, indices in zip(stage.score(texts), SiteFeatures().of(texts), strict=True)
    ]
    model, said, started = HeadModel(stage.version), list[_Said](), time.perf_counter()
    for row, example in zip(stream, examples, strict=True):
        found = model.predict(example)
        is_held = found is not None and found.probability >= model.bands.hold_at
        said.append(_Said(row.label, None if found is None else found.probability, is_held, example.logit))
        model.learn(example, row.label)
    seconds = time.perf_counter() - started
    return Curve(
        labels=len(stream),
        rejected_share=float(np.mean([row.label for row in stream])),
        choice=_choice(model, said),
        microseconds_a_label=1e6 * seconds / len(stream),
        packed_bytes=len(pack(model)),
        windows=tuple(_window(said, start, end) for start, end in WINDOWS if start < len(stream)),
    )


def _choice(model: HeadModel, said: Sequence[_Said]) -> str:
    blind = sum(each.frozen is None for each in said)
    return "bayes" if blind > len(said) / 2 else model.choice.name.lower()


def _window(said: Sequence[_Said], start: int, end: int) -> Window:
    found = [each for each in said[start:end] if each.probability is not None]
    informed = [each for each in found if each.frozen is not None]
    return Window(
        start,
        min(end, len(said)),
        len(found),
        _auc([(each.label, each.probability) for each in found]),
        _auc([(each.label, each.frozen) for each in informed]) if len(informed) > len(found) / 2 else None,
        _share([each.is_held for each in found if not each.label]),
        _share([each.is_held for each in found if each.label]),
    )


def _auc(pairs: Sequence[tuple[int, float | None]]) -> float | None:
    split = [[score for label, score in pairs if label == wanted and score is not None] for wanted in (1, 0)]
    return auc(*split) if all(split) else None


def _share(held: Sequence[bool]) -> float:
    return float(np.mean(held)) if held else 0.0
