"""The bars on learning: how well a fresh site's models do after its first labels, and the curves to draw."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.accuracy.measured import Measured
from benchmarks.learning.curve import Curve, run
from benchmarks.learning.streams import STREAMS, Stream, shuffled
from workers.model import FirstStage

SEEDS = 3
AFTER_LABELS = 250
BLIND_BAR = 0.90
STAND_IN = "sentiment of tweets stands in for abuse"


@dataclass(frozen=True, slots=True)
class Point:
    """Mean AUC over the seeds among the labels up to `labels`; `shipped` is the model's that learns nothing."""

    labels: int
    auc: float
    shipped: float | None


def measure_learning(stage: FirstStage, folder: Path) -> tuple[list[Measured], dict[str, list[Point]]]:
    """Return a figure for each stream, and its curve."""
    figures, curves = [], {}
    for stream in STREAMS:
        runs = [run(stage, shuffled(stream, folder, seed)) for seed in range(SEEDS)]
        figures += _figures(stream, runs)
        curves[stream.name] = _points(runs)
    return figures, curves


def _figures(stream: Stream, runs: Sequence[Curve]) -> list[Measured]:
    window = len(runs[0].windows) - 1  # the last one holds everything after the first 250 labels
    labels = runs[0].labels - AFTER_LABELS
    learned = _mean([each.windows[window].auc for each in runs])
    name = f"learning {stream.name}: prequential AUC after {AFTER_LABELS} labels"
    if stream.bar == "blind":
        bar = BLIND_BAR if stream.name == "yo" else None
        return [Measured(name, learned, labels, bar, higher_is_better=True, note=STAND_IN)]
    frozen = _mean([each.windows[window].frozen_auc for each in runs])
    gain = None if learned is None or frozen is None else learned - frozen
    better = f"learning {stream.name}: AUC gained over the shipped model"
    return [Measured(name, learned, labels), Measured(better, gain, labels, 0.0, higher_is_better=True)]


def _points(runs: Sequence[Curve]) -> list[Point]:
    points = []
    for number, window in enumerate(runs[0].windows[:-1]):
        learned = _mean([each.windows[number].auc for each in runs])
        if learned is not None:
            points.append(Point(window.end, learned, _mean([each.windows[number].frozen_auc for each in runs])))
    return points


def _mean(values: Sequence[float | None]) -> float | None:
    there = [value for value in values if value is not None]
    return round(float(np.mean(there)), 4) if there else None
