"""I-02: every length at its limit and one off it, counted as people count: in characters, not bytes."""

import json
from collections.abc import Iterator
from urllib.parse import quote

from comments import submission
from service.app import MAX_BODY_BYTES
from tests.corpus.cases import ACCEPTED, INVALID, JSON, Case, as_form, as_json, fields, raw_json

TOO_LARGE = frozenset({413})
# One character each, of one to four bytes; one that people see as one and computers as two.
UNITS = {"ascii": "a", "two bytes": "é", "three bytes": "ẹ", "four bytes": "😀", "composed": "e\u0301"}


def cases() -> Iterator[Case]:
    """Yield every case."""
    for kind, unit in UNITS.items():
        yield from _field(kind, unit, "text", submission.MAX_TEXT_CHARS)
        yield from _field(kind, unit, "name", submission.MAX_NAME_CHARS)
        yield from _thread(kind, unit, "key", submission.MAX_THREAD_KEY_CHARS)
        yield from _thread(kind, unit, "title", submission.MAX_TITLE_CHARS)
    yield from _address()
    yield from _site()
    yield from _url()
    yield from _bodies()


def _around(limit: int, unit: str) -> Iterator[tuple[int, str, frozenset[int]]]:
    for chars in (1, limit - 1, limit, limit + 1, limit + 2, limit * 2):
        value = (unit * chars)[:chars].ljust(chars, "a")
        yield chars, value, ACCEPTED if chars <= limit else INVALID


def _field(kind: str, unit: str, name: str, limit: int) -> Iterator[Case]:
    for chars, value, statuses in _around(limit, unit):
        as_sent = json.dumps(value)
        yield as_json(f"{name} of {chars} {kind}", _unless_too_large(statuses, as_sent), **{name: value})
        as_sent = quote(value)
        yield as_form(f"form {name} of {chars} {kind}", _unless_too_large(statuses, as_sent), **{name: value})
    # Space around it is not counted, and not kept.
    yield as_json(
        f"{name} in spaces {kind}", ACCEPTED, **{name: " \n" * 50 + (unit * limit)[:limit].strip() + "\t" * 50}
    )


def _unless_too_large(statuses: frozenset[int], as_sent: str) -> frozenset[int]:
    return TOO_LARGE if len(as_sent) > MAX_BODY_BYTES else statuses


def _thread(kind: str, unit: str, name: str, limit: int) -> Iterator[Case]:
    for chars, value, statuses in _around(limit, unit):
        yield as_json(f"thread.{name} of {chars} {kind}", statuses, thread={"key": "corpus"} | {name: value})


def _address() -> Iterator[Case]:
    # Some servers take a local part of more than 64, so email-validator does.
    for local, label, statuses in ((64, 60, ACCEPTED), (65, 60, ACCEPTED), (64, 63, ACCEPTED), (64, 64, INVALID)):
        yield as_json(f"address {local}@{label}", statuses, email=f"{'l' * local}@{'d' * label}.example")
    for chars in (253, 254, 255, 256, 1_000, 50_000):
        domain = ".".join(["d" * 60] * 4)[: chars - 64 - 1 - 8] if chars < 300 else "d" * (chars - 73)
        address = f"{'l' * 64}@{domain.rstrip('.')}.example".ljust(chars, "e")
        yield as_json(f"address of {chars}", ACCEPTED if chars <= 254 else INVALID, email=address)


def _site() -> Iterator[Case]:
    for chars in (1, 39, 40):
        yield as_json(f"unknown site of {chars}", frozenset({404}), site="s" * chars)
    for chars in (41, 100, 5_000):
        yield as_json(f"site of {chars}", INVALID, site="s" * chars)


def _url() -> Iterator[Case]:
    start, limit = "https://news.example/", submission.MAX_URL_CHARS
    for chars in (limit - 1, limit, limit + 1, limit * 2):
        url = start + "u" * (chars - len(start))
        yield as_json(f"url of {chars}", ACCEPTED if chars <= limit else INVALID, thread={"key": "corpus", "url": url})


def _bodies() -> Iterator[Case]:
    whole = json.dumps(fields()).encode()
    for extra in (-1, 0, 1, 2):
        body = whole.ljust(MAX_BODY_BYTES + extra)
        yield raw_json(f"body {extra:+d}", ACCEPTED if extra <= 0 else TOO_LARGE, body)
    for megabytes in (1, 5):
        yield raw_json(f"{megabytes} MB", TOO_LARGE, b" " * (megabytes << 20))
    for declared in (MAX_BODY_BYTES + 1, 10**8, 10**10, 2**63, 10**30):
        headers = (("Content-Type", JSON), ("Content-Length", str(declared)))
        yield Case(f"declared {declared}", TOO_LARGE, whole, headers)
