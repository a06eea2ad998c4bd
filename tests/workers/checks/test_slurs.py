"""Slurs hold, insults count more when they are aimed, and the article's own words are no evidence."""

from collections.abc import Callable

import pytest

from comments.signal import Category, Weight
from workers.checks.slurs import check
from workers.checks.subject import Subject

ASubject = Callable[..., Subject]


@pytest.mark.parametrize(
    "text",
    [
        "nyamiri people",
        "NYAMIRI",
        "those ofe mmanụ again",
        "n1gger",
        "Fulani are animals",
        "the Igbos are nothing but parasites",
        "Yoruba na goats",
        "those Hausa monkeys",
    ],
)
def test_slur_and_likening_people_to_vermin_hold(a_subject: ASubject, text: str) -> None:
    (signal,) = check(a_subject(text))

    assert (signal.category, signal.weight) == (Category.IDENTITY_ATTACK, Weight.HOLD)


@pytest.mark.parametrize(
    "text",
    [
        "Fulani people keep animals",
        "The Fulani lost their cows and the Tiv their yams",
        "my aboki at the corner sells the best suya",
        "Gambari and Okoro signed the letter",
        "ọdẹ ni bàbá mi",
        "yadda kike so",
        "kíké ìbọn",
        "Scunthorpe and Essex",
        "a spicy dish of cocktail tomatoes",
    ],
)
def test_ordinary_words_are_silent(a_subject: ASubject, text: str) -> None:
    assert check(a_subject(text)) == ()


def test_insult_weighs_more_when_it_is_aimed(a_subject: ASubject) -> None:
    (about,) = check(a_subject("Only an idiot would sign that law"))
    (aimed,) = check(a_subject("You are an idiot"))

    assert about.score < 0.5 <= aimed.score
    assert aimed.detail == "one insulting word, said to somebody"


def test_mild_insult_alone_is_not_enough(a_subject: ASubject) -> None:
    (signal,) = check(a_subject("Your plan is stupid"))

    assert signal.score < 0.5


def test_one_swear_word_alone_is_not_enough(a_subject: ASubject) -> None:
    (signal,) = check(a_subject("What the fuck happened there"))

    assert signal.category is Category.PROFANITY
    assert signal.score < 0.5


def test_word_of_the_title_is_no_evidence(a_subject: ASubject) -> None:
    text = "The word nyamiri must not be used"

    assert check(a_subject(text, title="Why “nyamiri” hurts")) == ()
    assert check(a_subject(text, title="Why words hurt"))
