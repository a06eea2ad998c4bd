"""Texts are cut as BERT cuts them, and emoji are read as words."""

import json
from pathlib import Path

import pytest

from workers.second_stage.header import read_header
from workers.second_stage.wordpiece import MAX_WORD_CHARS, WordPiece, words

RECORDED = Path(__file__).with_name("hugging_face.json")
PIECES = [
    "[PAD]",
    "[UNK]",
    "[CLS]",
    "[SEP]",
    "idiot",
    "id",
    "##iot",
    "##s",
    "you",
    "!",
    "monkey",
    "ode",
    "中",
    "a",
    "##a",
]


def _cut(text: str) -> list[str]:
    return [PIECES[number] for number in WordPiece(PIECES).encode(text)]


def test_the_longest_known_piece_wins() -> None:
    assert _cut("you idiots") == ["[CLS]", "you", "idiot", "##s", "[SEP]"]


def test_a_word_with_an_unknown_part_is_one_unknown_piece() -> None:
    assert _cut("you idiotz") == ["[CLS]", "you", "[UNK]", "[SEP]"]


def test_every_punctuation_mark_stands_alone() -> None:
    assert _cut("you!!idiot") == ["[CLS]", "you", "!", "!", "idiot", "[SEP]"]


def test_case_and_tone_marks_make_no_difference() -> None:
    assert _cut("YOU ọ̀dẹ̀") == ["[CLS]", "you", "ode", "[SEP]"]


def test_an_emoji_is_read_by_its_name() -> None:
    assert _cut("you🐒idiot") == ["[CLS]", "you", "monkey", "idiot", "[SEP]"]
    assert list(words("🖕")) == ["reversed", "hand", "with", "middle", "finger", "extended"]


def test_ideographs_stand_alone() -> None:
    assert _cut("中中") == ["[CLS]", "中", "中", "[SEP]"]


@pytest.mark.parametrize("invisible", ["\u200b", "\u200d", "\x00", "\ufffd", "\u2060"])
def test_invisible_characters_leave_no_trace(invisible: str) -> None:
    assert _cut(f"id{invisible}iot") == ["[CLS]", "idiot", "[SEP]"]


def test_an_endless_word_is_unknown_and_quick() -> None:
    assert _cut("a" * MAX_WORD_CHARS) == ["[CLS]", "a", *["##a"] * (MAX_WORD_CHARS - 1), "[SEP]"]
    assert _cut("a" * (MAX_WORD_CHARS + 1)) == ["[CLS]", "[UNK]", "[SEP]"]


def test_an_empty_text_is_only_its_marks() -> None:
    assert _cut(" \n\t ") == ["[CLS]", "[SEP]"]


def test_the_shipped_vocabulary_cuts_as_hugging_face_does(shipped_header: Path) -> None:
    pieces = read_header(shipped_header).pieces
    wordpiece = WordPiece(pieces)
    recorded = json.loads(RECORDED.read_text(encoding="utf-8"))["cut"]
    assert len(recorded) > 30, "else this proves little"
    for text, expected in recorded:
        assert [pieces[number] for number in wordpiece.encode(text)[1:-1]] == expected, ascii(text)
