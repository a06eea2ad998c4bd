"""What other systems kept is made to fit; what may be shown stays as it was."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comments.submission import InvalidSubmission, parse_submission
from ops.imports.raw import Change
from ops.imports.tidy import NOBODY, tidy_key, tidy_name, tidy_text, tidy_time, tidy_title, tidy_url
from tests import factories

NOW = factories.NOW


@pytest.mark.parametrize("name", ["Ada Obi", "Ṣadé Adébáyọ̀", "Ngọzi", "می‌خواهم", "O’Brien"])
def test_names_stay_as_they_are(name: str) -> None:
    assert tidy_name(name) == (name, frozenset())


@pytest.mark.parametrize(
    ("given_name", "shown"),
    [
        ("", NOBODY),
        ("ada@example.org", NOBODY),
        ("ada at example dot com", NOBODY),
        ("ada＠example", NOBODY),
        ("\u200b\u202e", NOBODY),
        ("A\u202eda", "Ada"),
        ("A\x00da\nObi", "Ada Obi"),
        ("x" * 200, "x" * 80),
    ],
)
def test_what_no_name_may_be_is_changed_and_noted(given_name: str, shown: str) -> None:
    assert tidy_name(given_name) == (shown, frozenset({Change.NAME_CHANGED}))


@given(st.text())
def test_whatever_comes_out_could_have_been_typed(text: str) -> None:
    name, _ = tidy_name(text)
    words, _ = tidy_text(text)

    try:
        kept = parse_submission(factories.a_body(name=name, text=words or "Words."))
    except InvalidSubmission as refused:
        pytest.fail(str(refused.errors))
    assert (kept.name, kept.text) == (name, words or "Words.")


def test_odd_characters_leave_a_text_and_are_noted() -> None:
    tower = "a" + "\u0301" * 40

    assert tidy_text("one\r\ntwo\x07") == ("one\ntwo", frozenset({Change.CHARACTERS_REMOVED}))
    assert tidy_text("Ọ̀rẹ́ mi\r\n") == ("Ọ̀rẹ́ mi", frozenset())
    assert len(tidy_text(tower)[0]) < 12
    assert tidy_text("\u200b \u00ad") == ("", frozenset())


@pytest.mark.parametrize(
    ("found", "kept", "changes"),
    [
        (NOW - timedelta(days=1), NOW - timedelta(days=1), set()),
        (NOW + timedelta(days=1), NOW, {Change.TIME_IN_FUTURE}),
        (datetime(1, 1, 1, tzinfo=UTC), None, {Change.TIME_MISSING}),
        (None, None, {Change.TIME_MISSING}),
    ],
)
def test_times_that_cannot_be_are_noted(found: datetime | None, kept: datetime | None, changes: set[Change]) -> None:
    assert tidy_time(found, NOW) == (kept, frozenset(changes))


def test_no_address_gets_into_what_is_shown_of_an_article() -> None:
    assert tidy_url("https://x.example/a?e=ada@example.org") == "https://x.example/a"
    assert tidy_url("javascript:alert(1)") == ""
    assert tidy_url("https://x.example/" + "a" * 3000) == ""
    assert tidy_key("/a?e=ada@example.org") == "/a"
    assert tidy_key("/ada@example.org/") == ""
    assert tidy_key("x" * 201) == ""
    assert "ada@" not in tidy_title("By ada@example.org")
