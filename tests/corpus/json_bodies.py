"""I-01a: bodies that are no JSON, or JSON that means two things, or that costs more to read than to send."""
# ruff: noqa: E501 - lists for a machine, read by people once

import json
from collections.abc import Iterator

from tests.corpus.cases import ACCEPTED, COUNTS, INVALID, MALFORMED, Case, fields, raw_json

WHOLE = json.dumps(fields(text="Ẹ kú iṣẹ́, and thank you. " * 4), ensure_ascii=False).encode()
MALFORMED_OR_INVALID = MALFORMED | INVALID

# Not JSON at all.
BROKEN = (
    "", " ", "\n", "\t", "{", "}", "[", "]", "{]", "[}", ":", ",", '"', "'", "{{}}", "{}{}", "{},", ",{}", "{} {}",
    "{}x", "{}#", "{}/**/", "/**/{}", "//\n{}", "#\n{}", "{,}", '{"a"}', '{"a":}', '{:1}', '{"a":1,}', '{"a":1,,"b":2}',
    '{"a":1 "b":2}', '{"a" 1}', '{"a"::1}', '{a:1}', "{'a':1}", '{"a":\'1\'}', '{1:1}', '{null:1}', '{"a":[1,]}',
    '{"a":[,1]}', '{"a":[1,,2]}', '{"a":[1 2]}', '{"a":[1}', '{"a":{"b":1]}', '{"a":01}', '{"a":-01}', '{"a":+1}',
    '{"a":.5}', '{"a":5.}', '{"a":-.5}', '{"a":1e}', '{"a":1e+}', '{"a":1e-}', '{"a":1.e1}', '{"a":0x1F}', '{"a":1_000}',
    '{"a":1,000}', '{"a":١}', '{"a":１}', '{"a":--1}', '{"a":-}', '{"a":0e}', '{"a":0.}', '{"a":2.e3}', '{"a":1f}', '{"a":1L}',
    '{"a":NaN}', '{"a":nan}', '{"a":Infinity}', '{"a":-Infinity}', '{"a":+Infinity}', '{"a":Inf}', '{"a":-NaN}',
    '{"a":1e999}', '{"a":-1e999}', '{"a":undefined}', '{"a":True}', '{"a":FALSE}', '{"a":None}', '{"a":nul}',
    '{"a":tru}', '{"a":nulll}', '{"a":"\n"}', '{"a":"\t"}', '{"a":"\x00"}', '{"a":"\x1f"}', '{"a":"\\x41"}',
    '{"a":"\\u12"}', '{"a":"\\u12G4"}', '{"a":"\\U0001F600"}', '{"a":"\\a"}', '{"a":"\\"}', '{"a":"\\\'"}', '{"a":"\\u"}',
    '{"a":"\\ud8"}', '{"a":"\\u{1F600}"}', '{"a":`x`}', '{"a":"x', '{"a":"x}', '{"a', "{\u00a0}", "{}\u00a0", "\u2028{}",
    "\ufeff{}", "{\x0b}", "{\x0c}", "\x00{}", "{}\x00", ")]}',\n{}", "for(;;);{}", "while(1);{}", "a=1&b=2", "<a/>",
    '<?xml version="1.0"?><a/>', "---\na: 1", "null,", "// {}", '{"__proto__":}', '{"a":1}}', '{"a":1}]', "[{}",
)  # fmt: skip
# JSON, but not one object with every name once.
NO_OBJECT = (
    "null", "true", "false", "0", "-0", "1", "1.5", "1e5", '""', '"text"', "[]", "[{}]", "[[]]", "[1,2]", " [] ", '["a"]',
    '{"a":1,"a":1}', '{"a":1,"a":2}', '{"a":1,"\\u0061":2}', '{"b":{"a":1,"a":2}}', '{"b":[{"a":1,"a":2}]}', '{"":1,"":2}',
    '{"text":"a","text":"b"}', '{"email":"a@b.co","email":"c@d.co"}', '{"thread":{"key":"a","key":"b"}}',
)  # fmt: skip
DEPTHS = (17, 18, 32, 64, 100, 500, 999, 1_000, 1_001, 5_000, 9_000, 10_000)
LONG_NUMBERS = (21, 100, 309, 4_299, 4_300, 4_301, 5_000, 30_000)
ENCODINGS = ("utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be", "utf-8-sig")
# Bytes that look like UTF-8 to a careless reader.
NO_UTF8 = (
    b"\x80", b"\xbf", b"\xc0\x80", b"\xc0\xaf", b"\xc1\xbf", b"\xe0\x80\x80", b"\xe0\x80\xaf", b"\xe0\x9f\xbf",
    b"\xed\xa0\x80", b"\xed\xbf\xbf", b"\xed\xa0\xbd\xed\xb8\x80", b"\xf0\x80\x80\x80", b"\xf0\x8f\xbf\xbf",
    b"\xf4\x90\x80\x80", b"\xf5\x80\x80\x80", b"\xf8\x88\x80\x80\x80", b"\xfc\x84\x80\x80\x80\x80", b"\xfe", b"\xff",
    b"\xc3", b"\xe1\xba", b"\xf0\x9f\x98", b"\xc3\x28", b"\xe2\x28\xa1", b"\xf0\x28\x8c\xbc", b"caf\xe9", b"\x93q\x94",
)  # fmt: skip


def cases() -> Iterator[Case]:
    """Yield every case."""
    for length in range(len(WHOLE)):
        yield raw_json(f"truncated at {length}", MALFORMED, WHOLE[:length])
    for place in range(0, len(WHOLE), 2):
        yield raw_json(f"ff at {place}", MALFORMED, WHOLE[:place] + b"\xff" + WHOLE[place + 1 :])
        yield raw_json(f"00 at {place}", MALFORMED, WHOLE[:place] + b"\x00" + WHOLE[place + 1 :])
    for path in (COUNTS, "/api/v1/comments"):
        for number, body in enumerate((*BROKEN, *NO_OBJECT)):
            yield raw_json(f"broken {number} {path}", MALFORMED, body.encode(), path=path)
        for bad in NO_UTF8:
            yield raw_json(f"no utf-8 {bad!r} {path}", MALFORMED, b'{"text":"' + bad + b'"}', path=path)
    yield from _costly()
    yield from _wrong_types()


def _costly() -> Iterator[Case]:
    for encoding in ENCODINGS:
        yield raw_json(encoding, MALFORMED, WHOLE.decode().encode(encoding))
    for depth in DEPTHS:
        yield raw_json(f"lists {depth}", MALFORMED, b'{"a":' + b"[" * depth + b"]" * depth + b"}")
        yield raw_json(f"objects {depth}", MALFORMED, b'{"a":' * depth + b"1" + b"}" * depth)
        yield raw_json(f"open lists {depth}", MALFORMED, b"[" * depth)
        yield raw_json(f"mixed {depth}", MALFORMED, b'[{"a":' * (depth // 2))
    for digits in LONG_NUMBERS:
        yield raw_json(f"whole {digits}", MALFORMED, b'{"parent":' + b"9" * digits + b"}")
        yield raw_json(f"minus {digits}", MALFORMED, b'{"parent":-' + b"9" * digits + b"}")
        # A long fraction is a number like any other.
        yield raw_json(f"fraction {digits}", INVALID, b'{"parent":0.' + b"9" * digits + b"}")
    for count in (10, 1_000, 9_000):
        names = b",".join(b'"%d":1' % number for number in range(count // 2))
        yield raw_json(f"names {count}", INVALID, b"{" + names + b"}")
        yield raw_json(f"list {count}", INVALID, b'{"text":[' + b"1," * count + b"1]}")
        yield raw_json(f"quotes {count}", MALFORMED, b'{"a":"' + b'\\"' * count)
        yield raw_json(f"spaces {count}", ACCEPTED, WHOLE[:-1] + b" " * count + b"}")


def _wrong_types() -> Iterator[Case]:
    wrong = (True, False, 0, 1, -1, 1.5, 1e300, [], ["x"], {}, {"a": 1}, [[]], {"$ne": None}, {"$gt": ""}, 10**19)
    for field in ("site", "thread", "name", "email", "text", "parent"):
        for value in wrong:
            is_parent = field == "parent" and value == 0 and value is not False
            body = json.dumps(fields(**{field: value})).encode()
            yield raw_json(f"{field} is {value!r}", ACCEPTED if is_parent else INVALID, body)
    for field in ("key", "url", "title"):
        for value in wrong:
            body = json.dumps(fields(thread={"key": "corpus"} | {field: value})).encode()
            yield raw_json(f"thread.{field} is {value!r}", INVALID, body)
    for value in (None, *wrong, "x"):
        body = json.dumps({"site": "demo", "threads": value}).encode()
        is_good = value == ["x"]
        yield raw_json(f"threads is {value!r}", frozenset({200}) if is_good else INVALID, body, path=COUNTS)
        body = json.dumps({"site": value, "threads": ["a"]}).encode()
        yield raw_json(f"site of counts is {value!r}", frozenset({404, 422}), body, path=COUNTS)
