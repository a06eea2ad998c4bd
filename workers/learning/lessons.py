"""From moderators' decisions to taught models: what is new, what was taken back, what is learned from the start."""

from collections.abc import Callable, Iterable, Sequence

import numpy as np

from comments.lessons import Lesson
from workers.learning.features import Indices, SiteFeatures
from workers.learning.labels import label_of, weight_of
from workers.learning.site_model import Example, HeadModel
from workers.model import FirstStage, Head, Scores
from workers.normalise import normalise

MOST_LESSONS = 5_000
"""A model is built again from so many comments at most: a few seconds, and older ones say little about today's."""
AT_ONCE = 100


class Classroom:
    """Turns lessons into examples, each text once, however many heads learn from it.

    `beat` is called all the while: whoever calls this is alive.
    """

    def __init__(self, stage: FirstStage, beat: Callable[[], None] = lambda: None) -> None:
        self._stage = stage
        self.beat = beat
        self._features = SiteFeatures()
        self._known: dict[tuple[int, str], tuple[Scores, Indices]] = {}

    @property
    def shipped_version(self) -> str:
        """The shipped weights whose log-odds the examples hold."""
        return self._stage.version

    def examples(self, lessons: Sequence[Lesson], head: Head) -> list[Example]:
        """Return an example for each lesson."""
        missing = [lesson for lesson in lessons if _key(lesson) not in self._known]
        for start in range(0, len(missing), AT_ONCE):
            self._read(missing[start : start + AT_ONCE])
            self.beat()
        return [example_of(*self._known[_key(lesson)], head) for lesson in lessons]

    def _read(self, lessons: Sequence[Lesson]) -> None:
        texts = [normalise(lesson.text) for lesson in lessons]
        for lesson, scores, indices in zip(lessons, self._stage.score(texts), self._features.of(texts), strict=True):
            self._known[_key(lesson)] = scores, indices


def _key(lesson: Lesson) -> tuple[int, str]:
    return lesson.comment_id, lesson.text


def example_of(scores: Scores, indices: Indices, head: Head) -> Example:
    """Return a text as the site model of a head sees it."""
    return Example(indices, logit_of(scores, head), scores.language)


def logit_of(scores: Scores, head: Head) -> float | None:
    """Return the shipped model's log-odds for a head, None where it has no opinion."""
    if head is Head.SPAM:
        probability = scores.spam
    elif scores.abuse is None:
        return None
    else:
        probability = scores.abuse.probability
    bounded = min(max(probability, 1e-6), 1 - 1e-6)
    return float(np.log(bounded / (1 - bounded)))


class TakenBack(Exception):  # noqa: N818 - named for what it says, as in STYLE.md
    """Raised when a label that was learned no longer holds, so that the model must be built again."""


def new_labels(lessons: Iterable[Lesson], head: Head, *, learned_to: int) -> list[tuple[Lesson, int]]:
    """Return the labels that were not there when the model had seen the decisions up to `learned_to`.

    Raises TakenBack when one that was there has changed or gone.
    """
    fresh = []
    for lesson in lessons:
        before = label_of([mark for mark in lesson.marks if mark.id <= learned_to], head)
        now = label_of(lesson.marks, head)
        if before is not None and before != now:
            raise TakenBack(f"comment {lesson.comment_id}")
        if before is None and now is not None:
            fresh.append((lesson, now))
    return fresh


def teach(model: HeadModel, labels: Sequence[tuple[Lesson, int]], head: Head, classroom: Classroom) -> None:
    """Teach the model these labels, in this order."""
    examples = classroom.examples([lesson for lesson, _ in labels], head)
    for (lesson, label), example in zip(labels, examples, strict=True):
        model.learn(example, label, weight_of(lesson))
        classroom.beat()


def teach_from_start(lessons: Sequence[Lesson], head: Head, classroom: Classroom) -> HeadModel:
    """Return a model that has learned nothing but these lessons."""
    model = HeadModel(classroom.shipped_version)
    teach(model, new_labels(lessons, head, learned_to=0), head, classroom)
    return model
