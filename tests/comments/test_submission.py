"""A request body becomes a submission, or an error for each field that never repeats what was typed."""

import json
import unicodedata
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comments.submission import (
    MAX_ID,
    MAX_LEAD_CHARS,
    MAX_NAME_CHARS,
    MAX_TEXT_CHARS,
    MAX_THREAD_KEY_CHARS,
    MAX_TITLE_CHARS,
    MAX_URL_CHARS,
    InvalidSubmission,
    is_web_address,
    parse_submission,
)
from tests import factories
from tests.comments.test_typed_text import LANGUAGES

FIELDS = ["site", "thread", "name", "email", "text"]


def errors_of(body: Mapping[str, object]) -> dict[str, str]:
    """Return {field: code}; empty for a body that is right."""
    try:
        parse_submission(body)
    except InvalidSubmission as invalid:
        found = [(error.field, error.code) for error in invalid.errors]
    else:
        found = []
    assert len(dict(found)) == len(found), "one error for a field"
    return dict(found)


def errors_with(**overrides: object) -> dict[str, str]:
    return errors_of(factories.a_body(**overrides))


def a_thread(**overrides: object) -> dict[str, object]:
    return {"key": "a", "url": "https://news.example/a", "title": "A"} | overrides


def test_a_right_body_is_kept_as_typed() -> None:
    submission = parse_submission(
        {
            "site": "demo",
            "thread": {"key": " /a ", "url": "https://news.example/a?b=c#d", "title": " A\n title "},
            "parent": "12",
            "name": "  Ọláńrewájú ",
            "email": " Ada+x@Example.ORG ",
            "text": "\n One\r\n\r\n  two \t",
            "unknown": object(),
        }
    )

    assert submission.site == "demo"
    assert submission.thread.key == "/a"
    assert submission.thread.url == "https://news.example/a?b=c#d"
    assert submission.thread.title == "A title"
    assert submission.parent == 12
    assert submission.name == "Ọláńrewájú"
    assert submission.email.reveal() == ("Ada+x", "example.org")
    assert submission.text == "One\n\n  two"


def test_an_empty_body_gets_all_its_errors_at_once() -> None:
    assert errors_of({}) == dict.fromkeys(FIELDS, "required")


def test_a_thread_may_come_without_url_and_title() -> None:
    submission = factories.a_submission(thread={"key": "a"})

    assert (submission.thread.url, submission.thread.title) == ("", "")


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("blank", [None, "", " ", "\r\n\t", "\u00a0", "\u200b\u200d", "\u2800", "\u3164"], ids=ascii)
def test_what_cannot_be_seen_counts_as_missing(field: str, blank: object) -> None:
    given_body = factories.a_body() | {field: blank}

    assert errors_of(given_body) == {field: "required"}


@pytest.mark.parametrize("field", ["site", "name", "email", "text"])
@pytest.mark.parametrize("wrong", [0, 1, 1.5, True, False, [], ["a"], {}, {"a": "b"}, b"bytes", float("nan")], ids=repr)
def test_what_is_no_text_is_refused(field: str, wrong: object) -> None:
    assert errors_with(**{field: wrong}) == {field: "not_text"}


@pytest.mark.parametrize("wrong", [0, 1.5, True, [], ["a"], "", b"x", [["key", "a"]]], ids=repr)
def test_a_thread_that_is_no_object_is_refused(wrong: object) -> None:
    assert errors_of(factories.a_body() | {"thread": wrong}) == {"thread": "required"}


@pytest.mark.parametrize("part", ["key", "url", "title"])
@pytest.mark.parametrize("wrong", [0, 1.5, True, [], {}, b"x"], ids=repr)
def test_a_part_of_a_thread_that_is_no_text_is_refused(part: str, wrong: object) -> None:
    assert errors_with(thread=a_thread(**{part: wrong})) == {f"thread.{part}": "not_text"}


def url_of(length: int) -> str:
    return "https://news.example/".ljust(length, "x")


LIMITS = {
    "name": (MAX_NAME_CHARS, lambda size: {"name": "n" * size}),
    "text": (MAX_TEXT_CHARS, lambda size: {"text": "t" * size}),
    "thread.key": (MAX_THREAD_KEY_CHARS, lambda size: {"thread": a_thread(key="k" * size)}),
    "thread.url": (MAX_URL_CHARS, lambda size: {"thread": a_thread(url=url_of(size))}),
    "thread.title": (MAX_TITLE_CHARS, lambda size: {"thread": a_thread(title="t" * size)}),
}


@pytest.mark.parametrize("field", LIMITS)
def test_a_field_ends_exactly_at_its_limit(field: str) -> None:
    limit, overrides = LIMITS[field]

    assert errors_with(**overrides(limit - 1)) == {}
    assert errors_with(**overrides(limit)) == {}
    assert errors_with(**overrides(limit + 1)) == {field: "too_long"}


@pytest.mark.parametrize("letter", ["ọ", "👍", "界"])
def test_limits_count_characters_and_not_bytes(letter: str) -> None:
    assert factories.a_submission(text=letter * MAX_TEXT_CHARS).text == letter * MAX_TEXT_CHARS
    assert errors_with(text=letter * (MAX_TEXT_CHARS + 1)) == {"text": "too_long"}


def test_the_edges_that_are_trimmed_do_not_count() -> None:
    assert factories.a_submission(text=" " * 9000 + "x").text == "x"
    assert errors_with(text="x" + "\r\n" * (MAX_TEXT_CHARS - 2) + "x") == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_is_kept_unchanged(language: str) -> None:
    text = LANGUAGES[language]

    assert factories.a_submission(text=text).text == text


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_a_name_is_kept_in_the_form_it_was_typed(form: str) -> None:
    name = unicodedata.normalize(form, "Ọláńrewájú Nguyễn")

    assert factories.a_submission(name=name).name == name


@pytest.mark.parametrize("field", ["name", "text", "email", "site"])
@pytest.mark.parametrize(
    "character", ["\x00", "\x08", "\x1b", "\x7f", "\x9f", "\ud800", "\ufffe", "\U0010ffff"], ids=ascii
)
def test_a_forbidden_character_is_refused_everywhere(field: str, character: str) -> None:
    assert errors_with(**{field: f"ada{character}ada"}) == {field: "forbidden_character"}


@pytest.mark.parametrize("part", ["key", "url", "title"])
def test_a_forbidden_character_is_refused_in_a_thread(part: str) -> None:
    assert errors_with(thread=a_thread(**{part: "https://a.example/\x00x"})) == {
        f"thread.{part}": "forbidden_character"
    }


def test_a_tower_of_accents_is_refused() -> None:
    tower = "Z" + "\u0335\u0353\u0346" * 5

    assert errors_with(name=tower) == {"name": "too_many_marks"}
    assert errors_with(text=f"an {tower} here") == {"text": "too_many_marks"}


@pytest.mark.parametrize("character", ["\u202e", "\u2066", "\u200b", "\n", "\t", "\u2028", "\U000e0041"], ids=ascii)
def test_a_name_is_one_plain_line(character: str) -> None:
    assert errors_with(name=f"Ada{character}Obi") == {"name": "forbidden_character"}
    assert errors_with(thread=a_thread(key=f"a{character}b")) == {"thread.key": "forbidden_character"}
    assert errors_with(text=f"Ada{character}Obi") == {}, "a text may hold it"


@pytest.mark.parametrize("name", ["ada@example.org", "Ada <ada@example.org>", "mail a@b", "ada＠example.org", "ada﹫b"])
def test_a_name_cannot_publish_an_address(name: str) -> None:
    assert errors_with(name=name) == {"name": "name_looks_like_email"}


@pytest.mark.parametrize("name", ["Ada @ Work", "@ada", "Ada@", "Ada at example.org"])
def test_a_name_with_an_at_sign_is_no_address(name: str) -> None:
    assert errors_with(name=name) == {}


@pytest.mark.parametrize("site", ["a", "a1", "a-b", "x" * 40])
def test_a_site_key_is_taken(site: str) -> None:
    assert errors_with(site=site) == {}


@pytest.mark.parametrize("site", ["A", "-a", "a-", "a_b", "a/b", "a.b", "ä", "a\nb", "١"])
def test_what_can_be_no_site_key_is_an_unknown_site(site: str) -> None:
    assert errors_with(site=site) == {"site": "unknown_site"}


@pytest.mark.parametrize(
    ("raw", "parent"),
    [
        (None, None),
        ("", None),
        (0, None),
        ("0", None),
        (1, 1),
        ("1", 1),
        ("007", 7),
        (MAX_ID, MAX_ID),
        (str(MAX_ID), MAX_ID),
    ],
)
def test_a_parent_is_a_number_or_none(raw: object, parent: int | None) -> None:
    assert factories.a_submission(parent=raw).parent == parent


@pytest.mark.parametrize(
    "raw",
    [
        -1,
        "-1",
        1.0,
        True,
        False,
        "x",
        " 1",
        "1 ",
        "+1",
        "1_0",
        "١",
        "²",
        MAX_ID + 1,
        str(MAX_ID + 1),
        "9" * 5000,
        [],
        {},
        [1],
    ],
    ids=lambda raw: repr(raw)[:20],
)
def test_what_is_no_number_is_an_unknown_parent(raw: object) -> None:
    assert errors_with(parent=raw) == {"parent": "unknown_parent"}


@pytest.mark.parametrize(
    "url",
    [
        "https://news.example",
        "http://news.example:8080/a?b#c",
        "https://news.example/ọ̀rọ̀",
        "https://[2001:db8::1]/a",
        "https://ńews.example/",
        "HTTPS://News.Example/",
    ],
)
def test_a_web_address_is_taken(url: str) -> None:
    assert is_web_address(url)
    assert factories.a_submission(thread=a_thread(url=url)).thread.url == url


@pytest.mark.parametrize(
    "url",
    [
        "news.example",
        "/a",
        "//news.example/a",
        "javascript:alert(1)",
        "data:text/html,x",
        "ftp://news.example/",
        "https://",
        "https:///a",
        "https://ada:secret@news.example/",
        "https://news.example@evil.example/",
        "https://news.example:port/",
        "https://news.example:99999/",
        "https://[::1",
        "https://news.example/a b",
        "https://news.example/\u202ea",
        "https://news.example/a\nb",
        "java\nscript:alert(1)",
        "https:\\\\news.example",
        "https://evil.example\\.news.example/",
    ],
    ids=ascii,
)
def test_what_is_no_web_address_is_refused(url: str) -> None:
    assert not is_web_address(url)
    assert errors_with(thread=a_thread(url=url)) == {"thread.url": "not_a_url"}


WORDS = "sekret-words"
ECHOES: dict[str, object] = {
    "site": f"{WORDS}!",
    "thread": f"{WORDS}",
    "parent": WORDS,
    "name": f"{WORDS}@{WORDS}.example",
    "email": f"{WORDS} {WORDS}.example",
    "text": f"{WORDS}\x00",
}


def test_no_error_repeats_what_was_typed() -> None:
    with pytest.raises(InvalidSubmission) as invalid:
        parse_submission(
            factories.a_body() | ECHOES | {"thread": {"key": f"{WORDS}\x00", "url": WORDS, "title": WORDS * 99}}
        )

    found = {error.field: error for error in invalid.value.errors}
    assert set(found) == {"site", "thread.key", "thread.url", "thread.title", "parent", "name", "email", "text"}
    assert WORDS not in f"{invalid.value} {invalid.value!r} {invalid.value.errors}"
    assert invalid.value.__cause__ is None
    assert all(error.message.endswith(".") and error.code for error in found.values())


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["key", "url", "title"]), inner),
    max_leaves=5,
)


@given(st.dictionaries(st.sampled_from([*FIELDS, "parent"]), JSON_VALUES))
def test_whatever_comes_is_a_submission_or_an_error(body: dict[str, object]) -> None:
    assert errors_of(body), "a body without a valid address is not taken"


@given(st.fixed_dictionaries({"name": st.text(max_size=90), "text": st.text(max_size=200)}))
def test_what_is_taken_can_be_kept_and_shown(typed: dict[str, object]) -> None:
    body = factories.a_body() | typed
    if errors_of(body):
        return
    submission = parse_submission(body)

    for kept in (submission.name, submission.text):
        assert json.loads(json.dumps(kept)) == kept
        assert kept.encode().decode() == kept
        assert kept == kept.strip() != ""
    assert submission.name.isprintable() or not submission.name.isascii()


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("https://news.example/?p=12&email=ada%40example.org#top", "https://news.example/?p=12#top"),
        ("https://news.example/a?ada@example.org", "https://news.example/a"),
        ("https://news.example/a?b=1#ada@example.org", "https://news.example/a?b=1"),
        ("https://news.example/a?page=2#top", "https://news.example/a?page=2#top"),
        ("https://news.example/readers/ada@example.org", ""),
    ],
)
def test_address_in_the_articles_link_is_not_kept(url: str, kept: str) -> None:
    found = factories.a_submission(thread={"key": "a", "url": url, "title": "For ada@example.org"})
    assert found.thread.url == kept
    assert "ada@" not in found.thread.title


def test_thread_key_with_an_address_is_refused() -> None:
    thread = {"key": "mail/ada%40example.org", "url": "", "title": ""}
    assert errors_with(thread=thread) == {"thread.key": "holds_email"}


def test_name_that_spells_an_address_is_refused() -> None:
    assert errors_with(name="ada (at) example (dot) org") == {"name": "name_looks_like_email"}


def test_what_a_site_says_of_its_article_is_trimmed_and_cut() -> None:
    section, lead = " World \n Africa ", "The envoy\nwas recalled. " + "x" * 600

    thread = factories.a_submission(thread=a_thread(section=section, lead=lead)).thread

    assert thread.section == "World Africa"
    assert thread.lead == ("The envoy was recalled. " + "x" * 600)[:MAX_LEAD_CHARS]
    assert (factories.a_submission(thread=a_thread(section=None)).thread.lead) == ""


def test_a_lead_that_cannot_be_used_costs_the_reader_nothing() -> None:
    thread = factories.a_submission(thread=a_thread(section="A\x00", lead="write to ada@example.org")).thread

    assert thread.section == ""
    assert "@" not in thread.lead


@pytest.mark.parametrize("field", ["section", "lead"])
def test_a_lead_that_is_no_text_is_refused(field: str) -> None:
    assert errors_with(thread=a_thread(**{field: ["x"]})) == {f"thread.{field}": "not_text"}
