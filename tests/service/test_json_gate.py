"""The JSON gate on its own: what it lets through and what it refuses, in linear time."""

import json
import time

import pytest

from service.json_gate import MAX_DEPTH, BadJson, read_object

WHOLE = b'{"site":"demo","thread":{"key":"a"},"n":[1,-2.5e3,true,null,"\\u00e9 \\\\ \\" {[ \xe1\xba\xb9"]}'


def test_plain_object_comes_through_as_it_is() -> None:
    assert read_object(WHOLE) == json.loads(WHOLE)


@pytest.mark.parametrize("length", range(len(WHOLE)))
def test_truncated_body_is_refused(length: int) -> None:
    with pytest.raises(BadJson):
        read_object(WHOLE[:length])


def nested(depth: int) -> bytes:
    """An object `depth` levels deep."""
    return b'{"a":' + b"[" * (depth - 1) + b"]" * (depth - 1) + b"}"


def test_deepest_nesting_that_is_allowed_is_read() -> None:
    assert "a" in read_object(nested(MAX_DEPTH))


@pytest.mark.parametrize("depth", [MAX_DEPTH + 1, 100, 1_000, 30_000])
def test_deeper_nesting_is_refused_before_it_is_parsed(depth: int) -> None:
    with pytest.raises(BadJson, match="Nest at most"):
        read_object(nested(depth))


def test_brackets_inside_a_text_are_no_nesting() -> None:
    assert read_object(json.dumps({"text": '[{"' * 500 + "\\"}).encode())["text"] == '[{"' * 500 + "\\"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b" ",
        b"null",
        b"[]",
        b"1",
        b'"text"',
        b"true",
        b'{"a":NaN}',
        b'{"a":Infinity}',
        b'{"a":-Infinity}',
        b'{"a":1e999}',
        b'{"a":-1e999}',
        b'{"a":' + b"9" * 5_000 + b"}",
        b'{"a":1,"a":2}',
        b'{"b":{"a":1,"a":2}}',
        b'{"a":1,"\\u0061":2}',
        b"{'a':1}",
        b'{"a":1,}',
        b'{"a":1}x',
        b'{"a":1} {"b":2}',
        b'{"a":"\n"}',
        b'{"a":"\\x"}',
        b'{"a":01}',
        b'{"a":.5}',
        b'// no\n{"a":1}',
        b'{"a":"\xff"}',
        b'{"a":"\xc0\xaf"}',
        b'{"a":"\xed\xa0\x80"}',
        b"\xef\xbb\xbf{}",
        '{"a":1}'.encode("utf-16"),
        '{"a":1}'.encode("utf-16-le"),
        '{"a":1}'.encode("utf-32"),
    ],
    ids=repr,
)
def test_anything_else_is_refused(body: bytes) -> None:
    with pytest.raises(BadJson):
        read_object(body)


@pytest.mark.parametrize(
    "body",
    [b'{"a":"' + b'\\"' * 30_000, b'"' * 60_000, b"\\" * 60_000, b'{"' + b"[" * 60_000, b"[]" * 30_000, b'"a' * 30_000],
    ids=lambda body: repr(body[:8]),
)
def test_hostile_body_costs_little(body: bytes) -> None:
    began_at_seconds = time.process_time()
    with pytest.raises(BadJson):
        read_object(body)

    assert time.process_time() - began_at_seconds < 0.5  # quadratic work on 60 kB takes a minute
