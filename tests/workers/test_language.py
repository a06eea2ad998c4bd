"""The guess at a language: right where it is made, and not made where it cannot be."""

import pytest

from workers.language import language_of


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "I do not think that this is what they said, and it should not have been printed"),
        ("pcm", "Abeg make una leave am, wetin dey happen for dis kontri no dey surprise me"),
        ("ha", "Wannan labari ne mai kyau, amma ba za mu yarda da abin da suke yi ba"),
        ("yo", "Ẹ jọ̀ọ́, kí ni ìjọba fẹ́ ṣe nípa ọ̀rọ̀ yìí fún àwọn ènìyàn"),
        ("yo", "E joo, ki ni ijoba fe se nipa oro yii fun awon eniyan"),
        ("ig", "Ọ dị mma na ndị anyị na-ekwu eziokwu banyere ihe a niile"),
        ("ig", "O di mma na ndi anyi na-ekwu eziokwu banyere ihe a nile"),
        ("fr", "Je ne suis pas d'accord avec vous, c'est une honte pour le pays"),
        ("ar", "هذا المقال ممتاز وشكرا لكم على النشر"),
    ],
)
def test_a_sentence_tells_its_language(language: str, text: str) -> None:
    assert language_of(text) == language


@pytest.mark.parametrize(
    "text",
    [
        "",
        "!!!",
        "ok",
        "Nice",
        "12345",
        "Ambassador Ngozi",
        "Das ist nicht gut für uns",
        "Это очень плохо",
        "این خیلی خوب است که می‌گویید چه",
        "漢字",
    ],
)
def test_what_cannot_be_told_is_not_guessed(text: str) -> None:
    assert language_of(text) == ""


def test_a_long_text_costs_no_more_than_its_beginning() -> None:
    sentence = "I do not think that this is what they said. "

    assert language_of(sentence * 100_000) == "en"
    assert language_of("\u0301" * 1_000_000) == ""
