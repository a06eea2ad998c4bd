"""The normaliser undoes disguises, leaves every language alone, and knows where each letter was typed."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.normalise import Normalised, normalise

DISGUISES = {
    "f\u200br\u200be\u200be money": ("free money", "zero-width"),
    "fr\u2060ee": ("free", "zero-width"),
    "ｆｒｅｅ": ("free", "styled letters"),
    "𝐟𝐫𝐞𝐞 𝓶𝓸𝓷𝓮𝔂": ("free money", "styled letters"),
    "Ⓕⓡⓔⓔ": ("free", "styled letters"),
    "🅵🆁🅴🅴": ("free", "styled letters"),
    "f̶r̶e̶e̶": ("free", "stacked marks"),
    "f" + "\u0301\u0323" * 30 + "ree": ("f\u0323\u0323\u0301\u0301ree", "stacked marks"),
    "pаypаl": ("paypal", "homoglyph"),
    "Вuy сasinо": ("buy casino", "homoglyph"),
    "ριll": ("pill", "homoglyph"),
    "ꜰʀᴇᴇ": ("free", "styled letters"),
    "s t u p i d man": ("stupid man", "spaced letters"),
    "you f.u.c.k": ("you fuck", "dotted letters"),
    "v-1-a-g-r-a": ("viagra", "dotted letters"),
    "s_t_u_p_i_d": ("stupid", "dotted letters"),
    "fr€€": ("free", "leet"),
    "v1agra": ("viagra", "leet"),
    "you @ss": ("you ass", "leet"),
    "sh!t!": ("shit!", "leet"),
    "k1ll": ("kill", "leet"),
    "bu$ine$$": ("business", "leet"),
    "wh@tsapp": ("whatsapp", "leet"),
    "f**k": ("fuck", "starred"),
    "b***h": ("bitch", "starred"),
    "f***ing": ("fucking", "starred"),
    "killlll": ("kill", "repeated letters"),
    "stuuuupid": ("stupid", "repeated letters"),
    "sooooo": ("soo", "repeated letters"),
}

LEFT_ALONE = (
    "Ọ̀dẹ̀ ni ọkùnrin náà, kí ló dé? Ṣé ẹ̀ ń bọ̀ wá sí Ìbàdàn?",
    "Ɗan ƙasa ya ɓata, 'yan sanda sun ƙi; ƴan’uwa ʼyan kasuwa",
    "Ụlọ akwụkwọ dị n'Ọnịcha, anyị ga-ahụ unu; ńnà, ǹnè, ṅụọ mmiri",
    "Quảng trường Đông Dương",
    "Привет, как дела? Γειά σου",
    "مرحبا بكم في الأخبار",
    "हिन्दी में टिप्पणी",
    "中文评论 한국어 日本語",
)

NOT_DISGUISES = (
    "4 million",
    "08031234567",
    "+234 803 123 4567",
    "12th covid19 n500k n3bn $3bn ₦5,000 mp3s g7s h1n1 2face 9ja gr8",
    "write to ada@example.com or ask @sarah",
    "5@n500",
    "note* and *bold* and go#team",
    "www.example.com",
    "it stood at 1.2.3.4",
    "xiii iii",
    "hello!world",
    "5 μg",
    "o yes, a b c",
)


@pytest.mark.parametrize(("typed", "read", "kind"), [(k, *v) for k, v in DISGUISES.items()])
def test_disguise_is_undone_and_named(typed: str, read: str, kind: str) -> None:
    normalised = normalise(typed)

    assert normalised.text == read
    assert kind in normalised.undone


@pytest.mark.parametrize("text", LEFT_ALONE)
def test_orthography_is_left_alone(text: str) -> None:
    composed = unicodedata.normalize("NFC", text)

    normalised = normalise(composed)

    assert normalised.text == composed.lower()
    assert normalised.undone == ()


@pytest.mark.parametrize("text", LEFT_ALONE)
def test_decomposed_typing_reads_like_composed_typing(text: str) -> None:
    decomposed = unicodedata.normalize("NFD", text)

    assert normalise(decomposed).text == normalise(text).text
    assert normalise(decomposed).undone == ()


@pytest.mark.parametrize("text", NOT_DISGUISES)
def test_numbers_prices_addresses_and_habits_are_not_disguises(text: str) -> None:
    normalised = normalise(text)

    assert normalised.text == text
    assert normalised.undone == ()


@pytest.mark.parametrize("text", ["N.N.P.C", "M.K.O. Abiola", "I N E C", "a.k.a", "R.I.P"])
def test_initials_are_joined_without_a_word_about_it(text: str) -> None:
    assert normalise(text).undone == ()


def test_change_says_what_was_typed_and_what_it_reads() -> None:
    typed = "Get fr€€ c.a.s.h n\u200bow"

    changes = normalise(typed).changes

    assert [(typed[c.start : c.end], c.shown) for c in sorted(changes, key=lambda c: c.start)] == [
        ("fr€€", "free"),
        ("c.a.s.h", "cash"),
        ("n\u200bow", "now"),
    ]


def test_span_leads_back_to_the_text_as_typed() -> None:
    typed = "ℌello s.t.u.p.i.d… fo\u200bol"
    normalised = normalise(typed)

    found = [typed[slice(*normalised.span(word.start, word.end))] for word in normalised.words()]

    assert [word.text for word in normalised.words()] == ["hello", "stupid", "fool"]
    assert found == ["ℌello", "s.t.u.p.i.d", "fo\u200bol"]


def test_combining_mark_belongs_to_the_word() -> None:
    assert [word.text for word in normalise("Ọ̀dẹ̀ dé o").words()] == ["ọ̀dẹ̀", "dé", "o"]


def test_apostrophe_stays_inside_a_word_and_out_of_the_line() -> None:
    normalised = normalise("don’t n'ụlọ the fool's")

    assert [word.text for word in normalised.words()] == ["don’t", "n'ụlọ", "the", "fool's"]
    assert normalised.line.text == " don't n'ụlọ the fool "
    assert normalised.bare_line.text == " don't n'ulo the fool "


def test_line_gives_the_words_back() -> None:
    line = normalise("kill them all").line

    assert [word.text for word in line.words_between(line.text.index(" them"), len(line.text))] == ["them", "all"]


def test_nothing_is_in_an_empty_text() -> None:
    normalised = normalise("")

    assert (normalised.text, normalised.origins, normalised.undone, normalised.words()) == ("", (), (), ())
    assert normalised.span(0, 0) == (0, 0)


TRICKY = st.text(st.sampled_from("aAеоf*k.- @$€1!3sS\u200b\u0301\u0323ọṣƙɗİΣﬁ…𝐟🅰'’\n9w漢ह\u0915\u1161ß"), max_size=60)


def assert_origins_are_sound(normalised: Normalised) -> None:
    assert len(normalised.origins) == len(normalised.text)
    for start, end in normalised.origins:
        assert 0 <= start < end <= len(normalised.raw)
    starts = [start for start, _ in normalised.origins]
    assert starts == sorted(starts)


@given(st.one_of(TRICKY, st.text(max_size=60)))
def test_every_letter_knows_where_it_was_typed(text: str) -> None:
    normalised = normalise(text)

    assert_origins_are_sound(normalised)
    for change in normalised.changes:
        assert 0 <= change.start < change.end <= len(text)


@given(st.text("abcdefghijklmnopqrstuvwxyzẹọṣńàɓɗƙịụ ,.?", max_size=80))
def test_reading_twice_is_reading_once_when_nothing_was_undone(text: str) -> None:
    once = normalise(text)

    if not once.undone:
        assert normalise(once.text).undone == ()


@pytest.mark.parametrize("unit", ["a.", "a ", "f*", "1a", "@", "\u0301\u0323", "a\u200b", "аa", "𝐟", "aaab", "…", "'a"])
def test_work_grows_no_faster_than_the_text(unit: str) -> None:
    # Step sizes are kept by the output: nothing is ever read into more than eighteen characters (U+FDFA).
    normalised = normalise(unit * 2500)

    assert_origins_are_sound(normalised)
