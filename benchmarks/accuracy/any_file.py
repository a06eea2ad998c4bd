"""Judge the rows of any file and sum up how right the product was. Memory does not grow with the texts."""

import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from benchmarks.accuracy.product import BATCH_TEXTS, Answer, Judged, Product
from benchmarks.accuracy.table import Table
from training.measures import auc

QUESTIONS = ("abuse", "spam", "benign")


@dataclass(slots=True)
class Tally:
    """What is kept of the rows judged: numbers only."""

    labels: list[int] = field(default_factory=list)
    scores: list[float] = field(default_factory=list)
    probabilities: list[float] = field(default_factory=list)
    held: list[bool] = field(default_factory=list)
    sure: list[bool] = field(default_factory=list)
    rejected: list[bool] = field(default_factory=list)
    held_for_any_reason: list[bool] = field(default_factory=list)
    without_opinion: int = 0
    cpu_seconds: float = 0.0

    def add(self, label: int, judged: Judged, answers: Sequence[Answer]) -> None:
        """Count a row, judged by one family's answer or, where either would be a false alarm, by several."""
        self.labels.append(label)
        self.scores.append(max(answer.score for answer in answers))
        # Where there is no opinion the probability is nothing, so that it never ranks above a clear "no".
        self.probabilities.append(max(answer.probability or 0.0 for answer in answers))
        self.held.append(any(answer.is_held for answer in answers))
        self.sure.append(any(answer.is_sure for answer in answers))
        self.rejected.append(judged.is_rejected)
        self.held_for_any_reason.append(judged.is_held)
        self.without_opinion += any(answer.probability is None for answer in answers)


def measure_file(product: Product, question: str, path: Path) -> dict[str, Any]:
    """Return the figures of a file as JSON shows them. `question` is one of QUESTIONS. Raises UnusableTable."""
    table = Table(path, is_labelled=question != "benign")
    tally = tallied(product, question, table.rows())
    return {
        "question": question,
        "n": len(tally.labels),
        **(_false_alarms(tally) if question == "benign" else _figures(tally)),
        "no_opinion": tally.without_opinion,
        "skipped": table.skipped.total(),
        "skipped_because": dict(table.skipped),
        "cut_to_longest_taken": table.cut,
        "comments_per_second": round(len(tally.labels) / tally.cpu_seconds, 1) if tally.labels else None,
    }


def tallied(product: Product, question: str, rows: Iterable[tuple[str, int]]) -> Tally:
    """Return the tally of labelled texts, of which only a batch at a time is in memory."""
    tally = Tally()
    for batch in _batches(rows):
        started = time.process_time()
        judged = product.judge_batch([text for text, _ in batch])
        tally.cpu_seconds += time.process_time() - started
        for (_, label), each in zip(batch, judged, strict=True):
            tally.add(label, each, _answers(question, each))
    return tally


def _answers(question: str, judged: Judged) -> list[Answer]:
    if question == "benign":
        return [judged.abuse, judged.spam]
    return [judged.abuse if question == "abuse" else judged.spam]


def _batches(rows: Iterable[tuple[str, int]]) -> Iterator[list[tuple[str, int]]]:
    rest = iter(rows)
    while batch := list(islice(rest, BATCH_TEXTS)):
        yield batch


def _figures(tally: Tally) -> dict[str, Any]:
    return {
        "positives": sum(tally.labels),
        "auc": _auc(tally.labels, tally.scores),
        "auc_of_model_alone": _auc(tally.labels, tally.probabilities),
        "at_hold": rates(tally.labels, tally.held),
        "at_sure": rates(tally.labels, tally.sure),
        "at_reject": rates(tally.labels, tally.rejected),
        "at_hold_for_any_reason": rates(tally.labels, tally.held_for_any_reason),
    }


def _false_alarms(tally: Tally) -> dict[str, Any]:
    flags = {
        "at_hold": tally.held,
        "at_sure": tally.sure,
        "at_reject": tally.rejected,
        "at_hold_for_any_reason": tally.held_for_any_reason,
    }
    return {name: {"fpr": share(held)} for name, held in flags.items()}


def rates(labels: Sequence[int], called: Sequence[bool]) -> dict[str, float | None]:
    """Return precision, recall and false-positive rate of what was called positive; None where nothing says."""
    right = [bool(label) for label, is_called in zip(labels, called, strict=True) if is_called]
    found = [is_called for label, is_called in zip(labels, called, strict=True) if label]
    wrong = [is_called for label, is_called in zip(labels, called, strict=True) if not label]
    return {"precision": share(right), "recall": share(found), "fpr": share(wrong)}


def share(flags: Sequence[bool]) -> float | None:
    """Return the share that is true, None of nothing."""
    return round(sum(flags) / len(flags), 5) if flags else None


def _auc(labels: Sequence[int], scores: Sequence[float]) -> float | None:
    split = [[score for label, score in zip(labels, scores, strict=True) if label == wanted] for wanted in (1, 0)]
    return round(auc(*split), 4) if all(split) else None
