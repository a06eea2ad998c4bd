"""The words of a search: folded alike on both sides, and never those of an address."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comments.search_words import MAX_QUERY_WORDS, MAX_WORD_CHARS, SearchWords, parse_words, words_of


@pytest.mark.parametrize(
    ("typed", "plain"),
    [
        ("ọjọ́", "ojo"),
        ("ọ̀nà", "ona"),
        ("ṅụọ", "nuo"),
        ("ƙasa", "kasa"),
        ("ƁAUNA", "bauna"),
        ("Şehir", "sehir"),
        ("ÉTÉ", "ete"),
        ("STRASSE", "straße"),
        ("İstanbul", "istanbul"),
        ("ﬁne", "fine"),
        ("ＬＯＡＮ", "loan"),
        ("كِتَابٌ", "كتاب"),
    ],
)
def test_marks_do_not_tell_words_apart(typed: str, plain: str) -> None:
    assert words_of(typed) == words_of(plain) != ()


@pytest.mark.parametrize(
    "address",
    ["ada.obi@example.org", "ada.obi (at) example.org", "ada.obi at example dot org", "ada.obi＠example.org"],
)
def test_an_address_leaves_no_words_and_finds_nothing(address: str) -> None:
    assert words_of(f"Write to {address} today") == ("to", "today", "write")
    assert parse_words(address) is None
    assert parse_words(f"write {address}") is None


def test_a_name_with_a_sign_before_it_is_no_address() -> None:
    assert parse_words("@ada") == SearchWords((), "ada")


def test_the_last_word_may_go_on() -> None:
    assert parse_words("bad loan") == SearchWords(("bad",), "loan")
    assert parse_words("bad loan ") == SearchWords(("bad", "loan"))
    assert parse_words("bad lo") == SearchWords(("bad", "lo"))


@pytest.mark.parametrize("typed", ["", "  ", '"', "*", "-", "()", "\u0301", "—…!"])
def test_signs_alone_find_nothing(typed: str) -> None:
    assert parse_words(typed) is None


@given(st.text(max_size=300))
def test_only_letters_and_digits_come_out(text: str) -> None:
    found = parse_words(text)
    words = (*words_of(text), *((*found.whole, found.prefix) if found else ()))

    assert all(len(word) <= MAX_WORD_CHARS and "_" not in word for word in words)
    assert all(char.isalnum() for word in words for char in word)
    assert found is None or len(found.whole) + bool(found.prefix) <= MAX_QUERY_WORDS


@given(st.text(max_size=60))
def test_what_was_typed_is_found_by_what_was_typed(text: str) -> None:
    found = parse_words(text)

    if found is not None:
        there = words_of(text)
        assert set(found.whole) <= set(there)
        assert not found.prefix or any(word.startswith(found.prefix) for word in there)
