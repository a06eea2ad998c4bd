"""The words that a search found are marked where they stand, marks and all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comments.signal import Field
from service.review.evidence import findings, marked
from service.review.sought_words import find_words
from tests import factories


def found(text: str, sought: str) -> list[str]:
    return [text[start:end] for start, end in find_words(text, sought)]


@pytest.mark.parametrize(
    ("text", "sought", "words"),
    [
        ("Get a LOAN now", "loan", ["LOAN"]),
        ("Ọ̀rọ̀ yìí ṣe pàtàkì", "oro pataki", ["Ọ̀rọ̀", "pàtàkì"]),
        ("ɓarna da yawa", "barna", ["ɓarna"]),
        ("هذا تعليق بالعربية", "تعليق", ["تعليق"]),
        ("loans and loaned", "loan", ["loans", "loaned"]),
        ("loans and loaned", "loan and", ["and"]),
        ("snake_case_words", "case", ["case"]),
        ("nothing", "", []),
        ("nothing", "!?", []),
    ],
)
def test_word_is_found_whatever_its_case_and_marks(text: str, sought: str, words: list[str]) -> None:
    assert found(text, sought) == words


def test_word_of_an_address_is_not_marked() -> None:
    pieces = marked("Ask ada@loan.example", Field.TEXT, findings([factories.a_signal(spans=())]), "loan")
    assert not [piece for piece in pieces if piece.is_sought]


@given(st.text(max_size=40), st.text(max_size=20))
def test_marking_keeps_the_text_whole(text: str, sought: str) -> None:
    plain = "".join(piece.text for piece in marked(text, Field.TEXT, ()))
    assert "".join(piece.text for piece in marked(text, Field.TEXT, (), sought)) == plain
