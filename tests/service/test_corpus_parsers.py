"""What reads a stranger's bytes, for any bytes: it refuses in its own words or returns what it promised."""
# ruff: noqa: PT017 - refusing and reading are both right; any other error is what is looked for

import json
import string
from urllib.parse import quote_plus, urlencode

from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from comments.masking import find_addresses, mask_addresses
from comments.receipt import TOKEN
from comments.submission import InvalidSubmission, Submission, parse_submission
from comments.typed_text import has_forbidden_character, has_format_character
from service.body import URLENCODED, read_form
from service.json_gate import MAX_DIGITS, BadJson, read_object
from service.page_links import AFTER
from service.problems import Problem
from service.thread_page import read_cursor
from tests.corpus.cases import fields

numbers = st.integers(-(10**MAX_DIGITS) + 1, 10**MAX_DIGITS - 1) | st.floats(allow_nan=False, allow_infinity=False)
values = st.recursive(
    st.none() | st.booleans() | numbers | st.text(),
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(st.text(), inside, max_size=3),
    max_leaves=8,
)
typed = st.text(st.characters(codec=None), max_size=60)
app = Flask("parsers")


@given(st.dictionaries(st.text(), values, max_size=5))
def test_gate_lets_every_object_through_as_it_is(sent: dict[str, object]) -> None:
    assert read_object(json.dumps(sent).encode()) == sent


@given(st.binary(max_size=200) | st.text(st.sampled_from('{}[]",:\\ue0-1.aN '), max_size=60).map(str.encode))
def test_gate_refuses_or_reads_what_json_reads(sent: bytes) -> None:
    try:
        found = read_object(sent)
    except BadJson as refused:
        assert str(refused)
    else:
        assert found == json.loads(sent)


@given(st.dictionaries(st.sampled_from(sorted(fields())), values | typed, max_size=6))
def test_submission_is_whole_or_says_which_fields_are_not(changes: dict[str, object]) -> None:
    try:
        found = parse_submission(fields(**changes))
    except InvalidSubmission as refused:
        assert {error.field.partition(".")[0] for error in refused.errors} <= set(fields()) | {"parent"}
    else:
        require_whole(found)


@given(typed)
def test_kept_text_is_read_again_as_it_is(text: str) -> None:
    try:
        once = parse_submission(fields(text=text))
    except InvalidSubmission:
        return
    require_whole(once)
    assert parse_submission(fields(text=once.text)).text == once.text


def require_whole(found: Submission) -> None:
    """Check what every later reader relies on."""
    for kept in (found.name, found.text, found.thread.key, found.thread.url, found.thread.title):
        assert not has_forbidden_character(kept)
        assert kept == kept.strip()
    assert found.name
    assert found.text
    assert not has_format_character(found.thread.key)
    assert not find_addresses(found.name)


@given(typed | st.text(string.digits, max_size=20))
def test_cursor_is_a_number_or_refused(after: str) -> None:
    try:
        found = read_cursor({AFTER: after})
    except Problem as refused:
        assert refused.answer.code == "bad_cursor"
    else:
        assert found is None or found == int(after)


@given(typed | st.text(string.ascii_letters + string.digits + "-_=\n", min_size=21, max_size=23))
def test_token_goes_into_a_link_as_it_is(token: str) -> None:
    if TOKEN.fullmatch(token):
        assert quote_plus(token) == token


@given(st.dictionaries(st.text(max_size=10), st.text(max_size=30), max_size=8))
def test_form_comes_through_as_it_is(sent: dict[str, str]) -> None:
    assert read(urlencode(sent).encode()) == sent


@given(st.binary(max_size=100) | st.text(st.sampled_from("a=&%+;f0\n"), max_size=40).map(str.encode))
def test_form_is_refused_or_read(sent: bytes) -> None:
    try:
        found = read(sent)
    except Problem as refused:
        assert refused.answer.status == 400
    else:
        "".join((*found, *found.values())).encode()  # nothing that could not be kept
        assert "\ufffd" not in "".join(found.values()) or b"%EF%BF%BD" in sent.upper()


def read(sent: bytes) -> dict[str, str]:
    """Read a body as a form."""
    with app.test_request_context("/", method="POST", data=sent, content_type=URLENCODED):
        return read_form()


@given(
    st.lists(
        st.sampled_from(
            [
                "a",
                "ada@example.org",
                "x at y dot com",
                '"',
                "'",
                " ",
                "@",
                ".",
                "b.co",
                "(at)",
                "\n",
                ",",
                "é",
                "<",
                ">",
            ]
        ),
        max_size=12,
    ).map("".join)
)
def test_no_plain_address_outlives_the_masking(text: str) -> None:
    masked = mask_addresses(text)

    assert "ada@example.org" not in masked
