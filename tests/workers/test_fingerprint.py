"""Fingerprints: how often two texts are found alike, on invented texts of a fixed seed."""

import itertools
import random

import pytest

from comments.store.similar import NEAR_BANDS_SHARED
from workers.fingerprint import EXACT_BAND, MIN_WORDS, bands
from workers.normalise import normalise

SEED = 20_260_504
PAIRS = 400
WORDS = [f"word{number}" for number in range(3_000)]


def bands_of(text: str) -> dict[int, int]:
    return dict(bands(normalise(text)))


def are_alike(one: str, other: str) -> bool:
    """Say what comments/store/pending.py says of two texts."""
    here, there = bands_of(one), bands_of(other)
    near = sum(here[band] == there.get(band) for band in here if band != EXACT_BAND)
    return here[EXACT_BAND] == there[EXACT_BAND] or near >= NEAR_BANDS_SHARED


def share_alike(words: int, *, changed: int) -> float:
    """Return the share of pairs found alike when `changed` of so many words differ."""
    dice = random.Random(SEED)
    alike = 0
    for _ in range(PAIRS):
        text = dice.choices(WORDS, k=words)
        other = list(text)
        for place in dice.sample(range(words), changed):
            other[place] = f"other{dice.randrange(9_999)}"
        alike += are_alike(" ".join(text), " ".join(other))
    return alike / PAIRS


@pytest.mark.parametrize(("words", "changed", "at_least"), [(80, 1, 0.94), (80, 2, 0.82), (40, 1, 0.8)])
def test_a_text_with_a_word_or_two_changed_is_found(words: int, changed: int, at_least: float) -> None:
    assert share_alike(words, changed=changed) >= at_least


def test_a_short_text_that_says_something_else_is_seldom_taken_for_the_same() -> None:
    assert share_alike(12, changed=4) <= 0.02


def test_texts_written_apart_are_never_alike() -> None:
    dice = random.Random(SEED)
    texts = [" ".join(dice.choices(WORDS, k=dice.randrange(6, 60))) for _ in range(300)]

    alike = [pair for pair in itertools.pairwise(texts) if are_alike(*pair)]

    assert not alike


def test_case_spacing_and_hidden_characters_make_no_difference() -> None:
    plain = "Cheap loans for everybody, write to us today"
    dressed = "CHEAP  loans\nfor every\u200bbody, write to us\ttoday "

    assert bands_of(plain) == bands_of(dressed)


def test_short_texts_are_compared_whole_only() -> None:
    words = ["thank", "you", "for", "this", "report"]
    assert len(words) == MIN_WORDS - 1

    assert list(bands_of(" ".join(words))) == [EXACT_BAND]
    assert len(bands_of(" ".join([*words, "today"]))) == 5


def test_an_empty_text_is_like_nothing() -> None:
    assert bands(normalise("")) == ()


def test_a_letter_with_a_tone_mark_is_part_of_its_word() -> None:
    """Five words: cut at their marks they would be enough for the near bands."""
    assert list(bands_of("ọ̀rọ̀ yìí ọ̀rọ̀ yìí ọ̀rọ̀")) == [EXACT_BAND]


def test_values_stay_what_they_are_in_the_databases_that_keep_them() -> None:
    assert bands_of("the border strikes must end before more people die") == {
        0: 9123611543253455631,
        1: 9120690171325971053,
        2: 7147920650684507798,
        3: 8971674009125975126,
        4: 7981858559880650373,
    }


def test_every_value_fits_a_signed_column_of_64_bits() -> None:
    dice = random.Random(SEED)
    values = [value for _ in range(50) for value in bands_of(" ".join(dice.choices(WORDS, k=20))).values()]

    assert min(values) >= 0
    assert max(values) < 2**63
