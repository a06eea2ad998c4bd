"""What a typed text may hold: nothing that cannot be shown safely, every language as it was typed."""

import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comments.typed_text import (
    MAX_MARKS_IN_A_ROW,
    has_forbidden_character,
    has_format_character,
    has_too_many_marks,
    is_blank,
    unify_newlines,
)

ACUTE, GRAVE, DOT_BELOW = "\u0301", "\u0300", "\u0323"
ZWNJ, ZWJ = "\u200c", "\u200d"

LANGUAGES = {
    "Yoruba": "Ọ̀rọ̀ àwọn ènìyàn ni ó ṣe pàtàkì jù; ẹ ṣeun púpọ̀. Ọmọ náà ń sọ̀rọ̀.",
    "Yoruba, decomposed": unicodedata.normalize("NFD", "Ọ̀rọ̀ àwọn ènìyàn ni ó ṣe pàtàkì jù; ẹ ṣeun púpọ̀."),
    "Igbo": "Ndị mmadụ kwesịrị ịma ihe mere n'ókè ala; daalụ nke ukwuu.",
    "Hausa": "Mutane ƙalilan ne suka san haka; ɗan ƙasa, 'yan ƙauye, ɓarawo. Na gode ƙwarai.",
    "Vietnamese": "Tiếng Việt có nhiều dấu: người, được, những, ở đâu, thuế, huyền thoại.",
    "Vietnamese, decomposed": unicodedata.normalize("NFD", "người được những thuế huyền thoại"),
    "Arabic": "هٰذَا نَصٌّ مُشَكَّلٌ بِالْعَرَبِيَّةِ؛ وَشُكْرًا جَزِيلًا.",
    "Hebrew": "בְּרֵאשִׁ֖ית בָּרָ֣א אֱלֹהִ֑ים",
    "Persian": f"می{ZWNJ}خواهم این را بگویم",
    "Hindi": f"क्षत्रिय, क्{ZWJ}ष और श्{ZWNJ}री",
    "Thai": "ก็ที่นี่มีผู้ใหญ่กำลังอ่านหนังสือ",
    "Tibetan": "བསྒྲུབས་ཀྱིས་ རྒྱལ་པོ",
    "Chinese": "这篇报道很重要，谢谢。",
    "Korean": "이 기사는 중요합니다. 한국",
    "emoji": "👍🏾 👩🏽‍🚀 👨‍👩‍👧‍👦 🏴󠁧󠁢󠁳󠁣󠁴󠁿 ❤️ 1️⃣ 🇳🇪🇩🇯",
    "typography": "“Quotes” – dash… 50 % of ½ · № 5 — ‘so’",
    "tab and newline": "one\ttwo\nthree",
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_passes(language: str) -> None:
    text = LANGUAGES[language]

    assert not has_forbidden_character(text)
    assert not has_too_many_marks(text)
    assert not is_blank(text)
    assert unify_newlines(text) == text


FORBIDDEN = [
    *(code for code in range(0x20) if code not in {0x09, 0x0A}),
    *range(0x7F, 0xA0),
    0xD800,
    0xDBFF,
    0xDC00,
    0xDFFF,
    *range(0xFDD0, 0xFDF0),
    *(plane * 0x10000 + last for plane in range(17) for last in (0xFFFE, 0xFFFF)),
]
ALLOWED = [0x09, 0x0A, 0x20, 0x7E, 0xA0, 0xD7FF, 0xE000, 0xFDCF, 0xFDF0, 0xFFFD, 0x10000, 0x1FFFD, 0x10FFFD]


@pytest.mark.parametrize("code", FORBIDDEN, ids=hex)
def test_a_control_surrogate_or_noncharacter_is_forbidden(code: int) -> None:
    assert has_forbidden_character(f"before {chr(code)} after")


@pytest.mark.parametrize("code", ALLOWED, ids=hex)
def test_their_neighbours_are_not(code: int) -> None:
    assert not has_forbidden_character(f"before {chr(code)} after")


def test_exactly_these_characters_of_all_are_forbidden() -> None:
    found = [code for code in range(sys.maxunicode + 1) if has_forbidden_character(chr(code))]

    assert set(found) - set(range(0xD800, 0xE000)) == set(FORBIDDEN) - set(range(0xD800, 0xE000))


@given(st.text())
def test_what_is_not_forbidden_can_be_kept(text: str) -> None:
    if not has_forbidden_character(text):
        assert text.encode().decode() == text
        assert "\x00" not in text


@pytest.mark.parametrize("mark", [ACUTE, GRAVE, DOT_BELOW, "\u20dd", "\u0489", "\u034f", "\ufe0f"])
def test_a_letter_carries_up_to_eight_marks(mark: str) -> None:
    # "x" has no composed forms, so that every mark counts.
    assert not has_too_many_marks("x" + mark * MAX_MARKS_IN_A_ROW)
    assert has_too_many_marks("x" + mark * (MAX_MARKS_IN_A_ROW + 1))


def test_marks_on_every_letter_are_no_tower() -> None:
    assert not has_too_many_marks(("x" + ACUTE * MAX_MARKS_IN_A_ROW) * 100)


@pytest.mark.parametrize("joiner", [ZWJ, ZWNJ, "\u2060", "\u200b", "\u00ad", "\U000e0020"], ids=ascii)
def test_an_invisible_character_does_not_hide_a_tower(joiner: str) -> None:
    assert has_too_many_marks("x" + (ACUTE * MAX_MARKS_IN_A_ROW + joiner) * 3)


def test_a_tower_without_a_letter_is_one_too() -> None:
    assert has_too_many_marks(ACUTE * 9)


@pytest.mark.parametrize(
    "name",
    ["Ada Obi", "Ọláńrewájú", "Nguyễn Thị Hồng", "محمد", "李小龍", "O'Brien-Smith Jr.", "🙂 Ada", "José 2"],
)
def test_an_ordinary_name_has_no_format_character(name: str) -> None:
    assert not has_format_character(name)


@pytest.mark.parametrize(
    "name",
    [f"علی{ZWNJ}رضا", f"ශ්{ZWJ}රී", f"क्{ZWJ}ष", f"श्{ZWNJ}री"],
    ids=["Persian", "Sinhala", "Hindi", "Hindi, apart"],
)
def test_a_joiner_that_a_script_needs_is_allowed_in_a_name(name: str) -> None:
    assert not has_format_character(name)


BIDI = [0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)]
INVISIBLE = [0x00AD, 0x180E, 0x200B, 0x200C, 0x200D, 0x2060, 0x2064, 0xFEFF, 0xFFF9, 0xE0001, 0xE0041]
BREAKS = [0x09, 0x0A, 0x2028, 0x2029, 0x85]
PRIVATE = [0xE000, 0xF8FF, 0xF0000]


@pytest.mark.parametrize("code", [*BIDI, *INVISIBLE, *BREAKS, *PRIVATE], ids=hex)
def test_a_name_cannot_hide_or_turn_anything(code: int) -> None:
    assert has_format_character(f"A{chr(code)}da")


@pytest.mark.parametrize("name", [f"{ZWNJ}علی", f"علی{ZWNJ}", f"علی{ZWNJ}{ZWNJ}رضا", f"Ada{ZWNJ}علی", f"ا {ZWNJ}ب"])
def test_a_joiner_where_no_script_needs_it_is_refused(name: str) -> None:
    assert has_format_character(name)


@pytest.mark.parametrize(
    "text",
    ["", " ", "\n\t", "\u00a0", "\u3000", ZWJ + ZWNJ, "\u200b", "\u2800", "\u3164", "\u115f\u1160", ACUTE, "\ufeff"],
    ids=ascii,
)
def test_what_nobody_can_see_is_blank(text: str) -> None:
    assert is_blank(text)
    assert not is_blank(text + "x")


@pytest.mark.parametrize(
    ("typed", "kept"), [("a\r\nb", "a\nb"), ("a\rb", "a\nb"), ("a\r\r\nb", "a\n\nb"), ("a\n\rb", "a\n\nb")]
)
def test_newlines_are_made_one_kind(typed: str, kept: str) -> None:
    assert unify_newlines(typed) == kept
