"""What a decision says for each head."""

import pytest

from comments.lessons import Lesson, Mark, standing
from comments.reasons import Reason
from comments.status import Status
from workers.learning.labels import TAUGHT_BY, label_of, weight_of
from workers.learning.lessons import TakenBack, new_labels
from workers.model import Head

APPROVED = Mark(1, Status.APPROVED, None, None)


def _rejected(reason: Reason | None, number: int = 1) -> Mark:
    return Mark(number, Status.REJECTED, None if reason is None else reason.value, None)


def _undone(number: int, undoes: int, back_to: Status = Status.HELD) -> Mark:
    return Mark(number, back_to, None, undoes)


def _lesson(*marks: Mark, audit_rate: float | None = None) -> Lesson:
    return Lesson(7, "Ada", "text", "title", marks, audit_rate)


def test_approval_says_neither_spam_nor_abuse() -> None:
    assert [label_of([APPROVED], head) for head in (Head.SPAM, Head.ABUSE)] == [0, 0]


@pytest.mark.parametrize(
    ("reason", "spam", "abuse"),
    [
        (Reason.SPAM, 1, None),
        (Reason.ADVERTISING, 1, None),
        (Reason.INSULT, None, 1),
        (Reason.HATE, None, 1),
        (Reason.THREAT, None, 1),
        (Reason.OFF_TOPIC, None, None),
        (Reason.PERSONAL_DATA, None, None),
        (Reason.ILLEGAL, None, None),
        (Reason.OTHER, None, None),
        (None, None, None),
    ],
)
def test_rejection_speaks_of_its_reason_alone(reason: Reason | None, spam: int | None, abuse: int | None) -> None:
    marks = [_rejected(reason)]

    assert (label_of(marks, Head.SPAM), label_of(marks, Head.ABUSE)) == (spam, abuse)


def test_every_teaching_reason_is_one_that_moderators_can_give() -> None:
    assert {reason for reasons in TAUGHT_BY.values() for reason in reasons} <= set(Reason)


def test_held_again_says_nothing() -> None:
    assert label_of([APPROVED, Mark(2, Status.HELD, None, None)], Head.ABUSE) is None


def test_undoing_brings_the_decision_before_back() -> None:
    spam, abuse = _rejected(Reason.SPAM, 1), _rejected(Reason.INSULT, 2)

    assert standing([spam, abuse, _undone(3, 2, Status.REJECTED)]) == spam
    assert standing([spam, _undone(2, 1)]) is None


def test_undoing_can_be_undone() -> None:
    spam = _rejected(Reason.SPAM)

    assert standing([spam, _undone(2, 1), _undone(3, 2, Status.REJECTED)]) == spam


def test_audited_comment_stands_for_all_that_were_not_drawn() -> None:
    assert weight_of(_lesson(APPROVED, audit_rate=0.02)) == pytest.approx(50)
    assert weight_of(_lesson(APPROVED)) == 1


def test_only_labels_that_were_not_there_are_new() -> None:
    known, later = _lesson(APPROVED), _lesson(_rejected(Reason.SPAM, 5))
    off_topic = _lesson(_rejected(Reason.OFF_TOPIC, 6))

    assert new_labels([known, later, off_topic], Head.SPAM, learned_to=4) == [(later, 1)]


@pytest.mark.parametrize(
    "after",
    [_undone(9, 1), _rejected(Reason.SPAM, 9), _rejected(Reason.OFF_TOPIC, 9)],
    ids=["undone", "decided otherwise", "decided for another reason"],
)
def test_label_that_no_longer_holds_is_taken_back(after: Mark) -> None:
    with pytest.raises(TakenBack):
        new_labels([_lesson(APPROVED, after)], Head.SPAM, learned_to=4)


def test_same_label_given_twice_takes_nothing_back() -> None:
    again = _lesson(APPROVED, _undone(8, 1), Mark(9, Status.APPROVED, None, None))

    assert new_labels([again], Head.SPAM, learned_to=4) == []
