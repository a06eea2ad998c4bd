"""The product's own way from a typed text to a verdict, without its database: what the figures are figures of."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from comments.policy import Policy
from comments.settings import SecondStageUse
from comments.signal import ABUSE, Category, Signal, Weight
from comments.status import Status
from comments.submission import MAX_TEXT_CHARS
from comments.typed_text import has_forbidden_character, unify_newlines
from comments.verdict import Verdict
from workers.checks.models import SURE_SCORE, banded
from workers.checks.reading import Estimate, Reading
from workers.checks.subject import Subject
from workers.decide import decide, weighed
from workers.normalise import normalise
from workers.opinion import opinion
from workers.reader import Reader, load_models
from workers.second_opinion import SecondOpinion
from workers.second_stage import SecondStage, load_second_stage

SPAM = frozenset({Category.SPAM})
BATCH_TEXTS = 256
# Where two texts have the same combined score, the model's probability decides; it never outweighs a score.
TIE_WEIGHT = 1e-6
_NAME = "Ada Obi"


@dataclass(frozen=True, slots=True)
class Answer:
    """What the product makes of a text as one family of categories: abuse, or spam.

    `score` ranks texts. `probability` is the model's own, None where it has no opinion. `is_sure` says that the score
    reaches the far end, from which a site may refuse unseen.
    """

    is_held: bool
    is_sure: bool
    score: float
    probability: float | None


@dataclass(frozen=True, slots=True)
class Judged:
    """What the product makes of a text. `is_held` and `is_rejected` are its decision, for whatever reason."""

    is_held: bool
    is_rejected: bool
    abuse: Answer
    spam: Answer
    language: str


class Product:
    """The shipped checks under a policy, for a site that has taught nothing yet. `second` adds the second stage."""

    def __init__(self, second: SecondStage | None = None, policy: Policy | None = None) -> None:
        use = SecondStageUse.OFF if second is None else SecondStageUse.ON
        self._reader = Reader(load_models(SecondOpinion(use, lambda: second or load_second_stage())))
        self._policy = policy or Policy()
        self._name = normalise(_NAME)

    def judge_all(self, texts: Iterable[str]) -> Iterator[Judged]:
        """Yield what the product makes of each text, in order; it reads a batch ahead, never all."""
        rest = iter(texts)
        while batch := list(islice(rest, BATCH_TEXTS)):
            yield from self.judge_batch(batch)

    def judge_batch(self, batch: Sequence[str]) -> list[Judged]:
        """Return what the product makes of each text. They are read together and judged one by one."""
        subjects = [self._subject(acceptable(text)) for text in batch]
        readings = self._reader.read_all(0, [(subject.normalised, "") for subject in subjects])
        return [self._judged(replace(s, reading=reading)) for s, reading in zip(subjects, readings, strict=True)]

    def _subject(self, text: str) -> Subject:
        return Subject(_NAME, text, normalise(text), self._name)

    def _judged(self, subject: Subject) -> Judged:
        verdict, reading = opinion(subject, self._policy), subject.reading or Reading()
        return Judged(
            is_held=verdict.status is not Status.APPROVED,
            is_rejected=verdict.status is Status.REJECTED,
            abuse=self._answer(verdict, ABUSE, reading.abuse),
            spam=self._answer(verdict, SPAM, reading.spam),
            language=reading.language,
        )

    def _answer(self, verdict: Verdict, family: frozenset[Category], estimate: Estimate | None) -> Answer:
        found = [signal for signal in verdict.signals if signal.category in family]
        score = family_score(found, estimate)
        return Answer(
            is_held=decide(found, self._policy, is_first_time=False).status is not Status.APPROVED,
            is_sure=score >= SURE_SCORE,
            score=score + TIE_WEIGHT * (estimate.probability if estimate else 0.0),
            probability=estimate.probability if estimate else None,
        )


def family_score(signals: Iterable[Signal], estimate: Estimate | None) -> float:
    """Return how sure the product is that a text belongs to the family its `signals` are of, 0–1.

    The largest, over the categories, of the counted signals' scores combined as a verdict combines them; or what the
    model says on the same scale where that is more, for it is no signal when it is faint.
    """
    by_category: dict[Category, list[Signal]] = {}
    for signal in signals:
        if signal.weight is not Weight.NOTE and not signal.shadow:
            by_category.setdefault(signal.category, []).append(signal)
    faint = 0.0 if estimate is None else banded(estimate)
    return max([faint, *map(weighed, by_category.values())])


def acceptable(text: str) -> str:
    """Return `text` as the service would have taken it in: without control characters, and not longer than it takes."""
    text = unify_newlines(text).strip()[:MAX_TEXT_CHARS]
    if has_forbidden_character(text):
        text = "".join(" " if has_forbidden_character(char) else char for char in text)
    return text
