"""Judge a scorer on the dev sets, which nothing learns from: what it finds, and what it wrongly accuses.

Rule: first and second stage are compared where they find the same share of the insults, not at the same number.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import process_time

import numpy as np

from training.datasets import Row, read
from training.evaluate import Figure, abuse_of, identity_term
from training.measures import auc, share_at_least, threshold_for
from workers.model import FirstStage
from workers.normalise import Normalised, normalise
from workers.second_stage import SecondStage, joined

RANKED = (
    "kaggle_insults",
    "jigsaw_subset",
    "stormfront",
    "surge_toxicity",
    "olid",
    "socc_news_comments",
    "identity_templates",
)
RECALLS = (0.6, 0.7, 0.8)
MIN_GROUP_TEXTS = 10
Score = Callable[[Sequence[Normalised]], list[float]]
"""Returns a number for each text: the higher, the more abusive."""


@dataclass(frozen=True, slots=True)
class Judged:
    """The rows of one dev set with their scores."""

    rows: list[Row]
    scores: list[float]

    def of(self, keep: Callable[[Row], bool]) -> list[float]:
        """Return the scores of the rows to keep."""
        return [score for row, score in zip(self.rows, self.scores, strict=True) if keep(row)]


Sets = dict[str, Judged]


def by_second_stage(stage: SecondStage, head: str = "abuse") -> Score:
    """Return a scorer that asks the second stage, with a calibrated probability."""
    return lambda batch: [answer[head] for answer in stage.score([normalised.text for normalised in batch])]


def by_first_stage(stage: FirstStage) -> Score:
    """Return a scorer that asks the first stage: 0 where it has no opinion."""
    return lambda batch: abuse_of(stage.score(batch))


def judge(folder: Path, score: Score, *, most: int | None = None) -> Sets:
    """Return every dev set scored. `most` limits the rows of each, for a quick look."""
    sets = {name: _judged(read(folder / "dev", name)[:most], score) for name in (*RANKED, "masakhanews")}
    tweets = [row for row in read(folder / "train", "naijasenti") if row.is_held_out and row.label != "negative"]
    return {**sets, "naijasenti": _judged(tweets[:most], score)}


def together(first: Sets, second: Sets) -> Sets:
    """Return the sets with the opinion both stages come to."""
    return {
        name: Judged(first[name].rows, list(map(joined, first[name].scores, second[name].scores))) for name in first
    }


def figures_of(sets: Sets) -> list[Figure]:
    """Return every figure."""
    figures = [Figure(f"{name}: AUC", auc(_found(sets[name]), _harmless(sets[name]))) for name in RANKED]
    insults = sets["kaggle_insults"]
    allowed = threshold_for(_harmless(insults), 0.05)
    figures.append(Figure("kaggle_insults: recall at 5 % false positives", share_at_least(_found(insults), allowed)))
    for recall in RECALLS:
        threshold = float(np.quantile(_found(insults), 1 - recall))
        figures += [Figure(f"recall {recall}: {name}", value) for name, value in _accused(sets, threshold)]
    return [*figures, *(Figure(f"at .5: {name}", value) for name, value in _accused(sets, 0.5))]


def measure_speed(folder: Path, score: Score) -> Figure:
    """Return how many comments of typical length are scored in a second of one core."""
    texts = [normalise(row.text) for row in read(folder / "dev", "kaggle_insults")]
    started_at = process_time()
    score(texts)
    return Figure("insults set: comments a CPU second", len(texts) / (process_time() - started_at))


def _judged(rows: list[Row], score: Score) -> Judged:
    return Judged(rows, score([normalise(row.text) for row in rows]))


def _found(judged: Judged) -> list[float]:
    return judged.of(lambda row: row.is_positive)


def _harmless(judged: Judged) -> list[float]:
    return judged.of(lambda row: not row.is_positive)


def _accused(sets: dict[str, Judged], threshold: float) -> list[tuple[str, float]]:
    """Return false positives at one threshold, and for the insults and the templates also what it finds."""
    headlines, templates = sets["masakhanews"], sets["identity_templates"]
    rates = _rates_by_group(templates, threshold)
    shares = {
        "insults found": _found(sets["kaggle_insults"]),
        "insults set, benign": _harmless(sets["kaggle_insults"]),
        "SOCC benign": _harmless(sets["socc_news_comments"]),
        "MasakhaNEWS": headlines.scores,
        "MasakhaNEWS English and Pidgin": headlines.of(lambda row: row.extra["lang"] in {"en", "pcm"}),
        "MasakhaNEWS politics": headlines.of(lambda row: row.extra["category"] == "politics"),
        "NaijaSenti benign": sets["naijasenti"].scores,
        "identity abusive found": _found(templates),
        "identity benign": _harmless(templates),
    }
    named = [(name, share_at_least(scores, threshold)) for name, scores in shares.items()]
    return [*named, ("identity spread", max(rates.values()) - min(rates.values()))]


def _rates_by_group(templates: Judged, threshold: float) -> dict[str, float]:
    by_group: dict[str, list[float]] = defaultdict(list)
    for row, score in zip(templates.rows, templates.scores, strict=True):
        if not row.is_positive:
            by_group[identity_term(row)].append(score)
    kept = {group: scores for group, scores in by_group.items() if len(scores) >= MIN_GROUP_TEXTS}
    return {group: share_at_least(scores, threshold) for group, scores in kept.items()}
