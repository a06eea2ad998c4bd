"""Word lists as editors write them: forgiving about space, strict about what would catch too much."""

import pytest

from comments.word_list import (
    MAX_ENTRIES,
    MAX_ENTRY_CHARS,
    BadEntry,
    BadWordList,
    Fault,
    check_word_list,
    is_beginning,
    parse_word_list,
    without_star,
)


def test_each_line_is_an_entry_once_and_trimmed() -> None:
    assert parse_word_list("casino\r\n\n  free   money \ncasino\nọ̀rọ̀\n🎰") == ("casino", "free money", "ọ̀rọ̀", "🎰")


def test_nothing_is_an_empty_list() -> None:
    assert parse_word_list(" \n\t\n") == ()


def test_a_star_at_the_end_means_begins_with() -> None:
    assert parse_word_list("crypto*") == ("crypto*",)
    assert is_beginning("crypto*")
    assert without_star("crypto*") == "crypto"
    assert not is_beginning("crypto")


@pytest.mark.parametrize(
    ("entry", "fault"),
    [
        ("f*ck", Fault.STAR_INSIDE),
        ("*casino", Fault.STAR_INSIDE),
        ("a*", Fault.SHORT_BEGINNING),
        ("*", Fault.SHORT_BEGINNING),
        ("ab *", Fault.SHORT_BEGINNING),
        ("x" * (MAX_ENTRY_CHARS + 1), Fault.TOO_LONG),
        ("cas\x00ino", Fault.FORBIDDEN_CHARACTER),
    ],
)
def test_an_entry_that_cannot_be_taken_is_named_with_what_is_wrong(entry: str, fault: Fault) -> None:
    with pytest.raises(BadWordList) as raised:
        check_word_list(["fine", entry])

    assert raised.value.faults == (BadEntry(entry[:MAX_ENTRY_CHARS], fault),)


def test_a_list_has_an_end() -> None:
    entries = [f"word{number}" for number in range(MAX_ENTRIES)]

    assert len(check_word_list(entries)) == MAX_ENTRIES
    with pytest.raises(BadWordList) as raised:
        check_word_list([*entries, "one more"])
    assert raised.value.faults == (BadEntry("", Fault.TOO_MANY),)
