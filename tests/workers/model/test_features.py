from itertools import pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from workers.model.features import BITS, Featuriser

TEXTS = st.text(alphabet="abz áọ̀ẹ'’.9\t\n\u200bж😀", max_size=40)


def features(*texts: str) -> list[set[int]]:
    return [set(found.tolist()) for found in Featuriser().features(texts)]


def pieces(text: str) -> set[str]:
    """What the docstring promises, written the slow way: words, pairs, and runs of characters inside a word."""
    words = text.split()
    runs = {f" {word} "[i : i + n] for word in words for n in (2, 3, 4, 5) for i in range(len(word) + 3 - n)}
    return {f"w:{word}" for word in words} | {f"p:{a} {b}" for a, b in pairwise(words)} | runs


def test_a_text_has_as_many_features_as_it_has_different_pieces() -> None:
    text = "the cat sat on the mat and the cat ran"

    [found] = features(text)

    assert len(found) == len(pieces(text))


def test_the_same_pieces_give_the_same_features_in_any_text() -> None:
    first, second = features("an idiot", "what an idiot wrote")

    assert first < second


@settings(max_examples=60, deadline=None)
@given(st.lists(TEXTS, min_size=1, max_size=6))
def test_a_text_has_the_same_features_alone_as_in_a_batch(texts: list[str]) -> None:
    assert features(*texts) == [features(text)[0] for text in texts]


@settings(max_examples=60, deadline=None)
@given(TEXTS)
def test_space_around_and_between_words_says_nothing(text: str) -> None:
    spread = " \n " + text.replace(" ", "   ") + "\t"

    assert features(spread) == features(text)


def test_a_tone_mark_never_ends_a_word() -> None:
    whole, part, other = features("ọ̀dẹ̀", "ọ", "dẹ")

    assert not whole & {index for index in part if index not in whole} & other
    assert len(features("ọ̀dẹ̀")[0]) == len(pieces("ọ̀dẹ̀"))


def test_curly_and_straight_apostrophes_are_one_letter() -> None:
    assert features("don’t") == features("don't")


def test_phone_numbers_of_one_length_are_the_same_feature() -> None:
    assert features("08031234567") == features("08098765432")


def test_digits_that_may_stand_for_letters_are_kept_apart() -> None:
    assert features("1d107") != features("1d100")


def test_empty_texts_have_no_features_and_shift_nobody_elses() -> None:
    empty, alone, blank = features("", "word", "   ")

    assert not empty
    assert not blank
    assert [alone] == features("word")


def test_more_texts_than_one_sort_key_can_number_are_split() -> None:
    texts = [f"text {chr(97 + number % 26)}" for number in range((1 << (32 - BITS)) + 5)]

    found = list(Featuriser().features(texts))

    assert len(found) == len(texts)
    assert np.array_equal(found[0], found[26])
    assert np.array_equal(found[-1], next(Featuriser().features([texts[-1]])))


def test_a_very_long_text_and_lone_surrogates_are_hashed() -> None:
    long, broken = features("word " * 50_000, "half \ud83d emoji")

    assert long == features("word word word")[0]
    assert broken
