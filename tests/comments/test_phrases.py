"""A phrase is its English sentence and remembers what it was made from."""

import json

from comments.phrases import phrase


def test_phrase_says_its_english_sentence() -> None:
    made = phrase("Use at most %(count)s characters.", count=5_000)

    assert made == "Use at most 5,000 characters."
    assert json.dumps({"message": made}) == '{"message": "Use at most 5,000 characters."}'


def test_phrase_remembers_what_a_translation_needs() -> None:
    made = phrase("Use at most %(count)s characters.", count=5_000)

    assert (made.template, made.values) == ("Use at most %(count)s characters.", {"count": 5_000})


def test_words_without_a_value_may_hold_a_percent_sign() -> None:
    assert phrase("100 % of it") == "100 % of it"
