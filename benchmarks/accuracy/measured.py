"""One figure beside its bar, and how groups of judged texts become figures."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from benchmarks.accuracy.product import Answer, Judged
from training.measures import auc


@dataclass(frozen=True, slots=True)
class Measured:
    """A figure of `n` texts or labels. `bar` is None for one that is only told; `note` says what to know about it.

    `value` is None where it could not be measured here; `note` then says why.
    """

    name: str
    value: float | None
    n: int
    bar: float | None = None
    higher_is_better: bool = False
    note: str = ""

    @property
    def is_met(self) -> bool | None:
        """Say whether the bar is reached; None where there is no bar or no value."""
        if self.bar is None or self.value is None:
            return None
        return self.value >= self.bar if self.higher_is_better else self.value <= self.bar


Pick = Callable[[Judged], bool]


def held_as_bad(judged: Judged) -> bool:
    """Say whether a benign text would wait for a person as abuse or spam: a false positive at hold."""
    return judged.abuse.is_held or judged.spam.is_held or judged.is_rejected


def sure_it_is_bad(judged: Judged) -> bool:
    """Say whether it is rejected, or scores so high that a site may refuse it unseen: a false positive at reject."""
    return judged.abuse.is_sure or judged.spam.is_sure or judged.is_rejected


def share_of(judged: Sequence[Judged], is_so: Pick) -> float:
    """Return the share of the texts of which `is_so` holds; 0 of none."""
    return sum(map(is_so, judged)) / len(judged) if judged else 0.0


def false_positives(name: str, judged: Sequence[Judged], bar: float | None = None, *, note: str = "") -> list[Measured]:
    """Return how many benign texts would be held as abuse or spam, and for whatever reason."""
    n = len(judged)
    return [
        Measured(f"{name}: false positives at hold", share_of(judged, held_as_bad), n, bar, note=note),
        Measured(f"{name}: held for any reason", share_of(judged, lambda each: each.is_held), n),
    ]


def ranked(name: str, judged: Sequence[Judged], labels: Iterable[bool], bar: float | None = None) -> list[Measured]:
    """Return AUCs of what the product makes of the texts as abuse, and what it finds and wrongly holds."""
    pairs = list(zip(judged, labels, strict=True))
    positives = [each.abuse for each, label in pairs if label]
    negatives = [each.abuse for each, label in pairs if not label]
    n = len(pairs)
    return [
        Measured(
            f"{name}: AUC", _auc(positives, negatives, lambda answer: answer.score), n, bar, higher_is_better=True
        ),
        Measured(
            f"{name}: AUC of the models alone",
            _auc(positives, negatives, lambda answer: answer.probability),
            n,
            bar,
            higher_is_better=True,
        ),
        Measured(f"{name}: recall at hold", _held(positives), len(positives)),
        Measured(f"{name}: false positives at hold, as abuse", _held(negatives), len(negatives)),
    ]


def _auc(positives: Sequence[Answer], negatives: Sequence[Answer], number: Callable[[Answer], float | None]) -> float:
    return auc([number(answer) or 0.0 for answer in positives], [number(answer) or 0.0 for answer in negatives])


def _held(answers: Sequence[Answer]) -> float:
    return sum(answer.is_held for answer in answers) / len(answers) if answers else 0.0
