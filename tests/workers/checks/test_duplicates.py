"""Sameness counts for what it says: a second click, a campaign, or nothing."""

from collections.abc import Callable

import pytest

from comments.signal import Weight
from workers.checks.duplicates import check
from workers.checks.subject import Likeness, Subject

ASubject = Callable[..., Subject]


def like(*, exact: bool = True, thread: bool = False, author: bool = False, rejected: bool = False) -> Likeness:
    return Likeness(1, is_exact=exact, same_thread=thread, same_author=author, was_rejected=rejected)


def test_comment_like_no_other_is_silent(a_subject: ASubject) -> None:
    assert check(a_subject()) == ()


@pytest.mark.parametrize("text", ["Amen.", "The same words, and quite a number of them, once more."])
def test_same_text_by_the_same_author_in_the_same_thread_holds(a_subject: ASubject, text: str) -> None:
    (signal,) = check(a_subject(text, likenesses=(like(thread=True, author=True),)))

    assert signal.weight is Weight.HOLD


def test_short_text_of_different_authors_means_nothing(a_subject: ASubject) -> None:
    assert check(a_subject("Thank you for this.", likenesses=(like(), like(), like(), like(rejected=True)))) == ()


def test_one_earlier_likeness_alone_is_not_enough(a_subject: ASubject) -> None:
    (signal,) = check(a_subject(likenesses=(like(author=True),)))

    assert signal.weight is Weight.SOFT
    assert signal.score < 0.5


def test_text_in_many_threads_holds(a_subject: ASubject) -> None:
    (signal,) = check(a_subject(likenesses=(like(exact=False), like(), like())))

    assert signal.weight is Weight.HOLD
    assert signal.detail == "nearly the same text as three comments in other threads"


def test_text_that_was_rejected_before_holds(a_subject: ASubject) -> None:
    (signal,) = check(a_subject(likenesses=(like(rejected=True),)))

    assert signal.weight is Weight.HOLD
    assert signal.detail == "the same text as one comment that this site rejected"
