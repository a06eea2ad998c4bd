"""The desk's and the receipts' routes, as the app has them, and every wrong way to send each field of each.

Which fields there are nobody writes down: a route is sent its honest form, and what it then asks the form or the
address for is noted. So a new route joins by itself.
"""
# ruff: noqa: E501 - lists for a machine, read by people once

import os
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import Flask, Request
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.routing import AnyConverter, IntegerConverter, Rule

from comments.queue_query import Order, Queue, QueueQuery
from comments.submission import MAX_ID
from comments.trail_query import Kind, TrailQuery, Who
from tests.corpus.cases import CANARY, JSON, URLENCODED, Headers, quoted
from tests.corpus.desk_values import MARKUP, SPARED_BY_NONE, TYPED, Way, ways
from tests.corpus.questions import METHODS
from tests.corpus.scripts import LONE_SURROGATES

IS_WHOLE = os.environ.get("CORPUS") == "whole"
# So many of each kind where not all are sent.
FEW = 1
FEW_OF_FORM = 5
# Where moderators and authors write for each other to read, and what they look for in that.
TEXTS = frozenset({"note", "text", "appeal", "q", "lead", "section", "name", "blocked_words", "held_words", "allowed_words"})  # fmt: skip
_FILTERS = QueueQuery(Queue.SPAM, "demo", 1, "a", "a", "a", "en", 0.5, 1, 2, "a", Order.RISK)
_ASKED = TrailQuery("demo", "ada", Who.PEOPLE, Kind.HELD, None, None, 1)
# What stands in an address without being asked for by its name.
_IN_ADDRESS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("review.queue", "review.list", "review.live"), (*_FILTERS.arguments(), "why", "age", "after")),
    "review.trail": (*_ASKED.fields(), "since", "until", "after"),
}
_LETTERS = re.compile(r"<(?:[^<>]*:)?(\w+)>")


@dataclass(frozen=True, slots=True)
class Form:
    """One method of one route, and one of its choices if the address has some. `name` finds its target."""

    name: str
    endpoint: str
    method: str
    rule: str
    place: tuple[tuple[str, str], ...] = ()
    numbers: tuple[str, ...] = ()
    strings: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """Name it in a failure."""
        return f"{self.method} {self.name}"

    def path(self, place: Mapping[str, object]) -> str:
        """Return its address; what stands for text in `place` may be anything."""
        return _LETTERS.sub(lambda found: quoted(str({"token": "A" * 43, **place}[found[1]])), self.rule)


@dataclass(frozen=True, slots=True)
class Attack:
    """One wrong request. `pairs` stand for the field, `whole` for all of the body, `wrong_place` is in the address."""

    id: str
    form: Form
    at: str = ""
    pairs: bytes = b""
    whole: Callable[[bytes], bytes] | None = None
    wrong_place: Mapping[str, str] = field(default_factory=dict)
    method: str = ""
    headers: Headers = ()
    accept: str = "text/html"


def forms(app: Flask) -> tuple[Form, ...]:
    """Return every method of every route of the desk, and of the receipts."""
    rules = [rule for rule in app.url_map.iter_rules() if rule.endpoint.startswith(("review.", "receipts."))]
    return tuple(form for rule in sorted(rules, key=lambda rule: (rule.endpoint, rule.rule)) for form in _forms(rule))


def _forms(rule: Rule) -> Iterator[Form]:
    converters = rule._converters
    choices = [
        (name, each) for name, one in converters.items() if isinstance(one, AnyConverter) for each in sorted(one.items)
    ]
    numbers = tuple(name for name, one in converters.items() if isinstance(one, IntegerConverter))
    strings = tuple(name for name in converters if name not in numbers)
    for method in sorted((rule.methods or set()) & {"GET", "POST"}):
        for name, choice in choices or [("", "")]:
            form = f"{rule.endpoint} {choice}".strip()
            yield Form(form, rule.endpoint, method, rule.rule, ((name, choice),) if name else (), numbers, strings)


def watch(app: Flask) -> set[str]:
    """Note from now on which fields the app asks a form or an address for."""
    noted: set[str] = set()

    class Noting(ImmutableMultiDict[str, Any]):
        def get(self, key: Any, *rest: Any, **more: Any) -> Any:
            noted.add(key)
            return super().get(key, *rest, **more)

        def getlist(self, key: Any, *rest: Any) -> Any:
            noted.add(key)
            return super().getlist(key, *rest)

        def __contains__(self, key: object) -> bool:
            noted.add(str(key))
            return super().__contains__(key)

    app.request_class = type("NotingRequest", (Request,), {"parameter_storage_class": Noting})
    return noted


def named_in_address(form: Form) -> tuple[str, ...]:
    """Return the fields that a list's address may have."""
    return _IN_ADDRESS.get(form.endpoint, ()) if form.method == "GET" else ()


def attacks(fields: Mapping[Form, tuple[str, ...]]) -> Iterator[Attack]:
    """Yield every wrong request, or the same few of each kind."""
    every, start = ways(), 0
    for form, names in fields.items():
        for name in (*names, "no such field"):
            some = every if IS_WHOLE else tuple(_some(every, start, is_one_of_many=form.endpoint == "review.list"))
            yield from (_on_field(form, name, way, start + n) for n, way in enumerate(some))
            start += FEW
        start = yield from _on_form(form, start)


def _some(every: tuple[Way, ...], start: int, *, is_one_of_many: bool) -> Iterator[Way]:
    """Yield what no field is spared, and a few of the others from a place on, round and round.

    Of lists there are many alike: each of them is spared all but one.
    """
    cruel, others = every[:SPARED_BY_NONE], every[SPARED_BY_NONE:]
    yield from (cruel[start % len(cruel)],) if is_one_of_many else cruel
    yield from (others[(start + n) % len(others)] for n in range(FEW))


def _on_field(form: Form, name: str, way: Way, number: int) -> Attack:
    pairs = way.pairs(name)
    if name in TEXTS:
        pairs = pairs.replace(quoted(CANARY).encode(), quoted(TYPED).encode())
    return Attack(f"{form.id}: {name}, {way.id}", form, name, pairs, **_asked_by(number))


def _asked_by(number: int) -> dict[str, Any]:
    """Return who asks: a browser mostly, a script of the page, a program."""
    if number % 4 == 1:
        return {"headers": (("HX-Request", "true"),)}
    return {"accept": JSON} if number % 4 == 3 else {}


def _on_form(form: Form, start: int) -> Iterator[Attack]:
    """Yield wrong bodies, methods and addresses. Returns from where on the next form takes its few."""
    wrong = [*_bodies(form), *_methods(form), *_places(form)]
    count = len(wrong) if IS_WHOLE else FEW_OF_FORM
    yield from (wrong[(start + n * 7) % len(wrong)] for n in range(min(count, len(wrong)))) if not IS_WHOLE else wrong
    return start + count


def _bodies(form: Form) -> Iterator[Attack]:
    if form.method != "POST":
        return
    for number, (kind, whole) in enumerate(_wholes()):
        headers = (("Content-Type", kind),) if kind else ()
        for accept in ("text/html", JSON):
            yield Attack(f"{form.id}: body {number} for {accept}", form, whole=whole, headers=headers, accept=accept)
    for name, value in (
        ("Content-Encoding", "gzip"), ("Origin", "https://evil.example"), ("Origin", "null"), ("Origin", "http://[::1"), ("Origin", MARKUP[1]), ("Sec-Fetch-Site", "cross-site"),
        ("Content-Length", "0"), ("Content-Length", "9" * 30), ("Accept-Language", "../../etc"), ("Cookie", "replydesk_session=x"), ("HX-Request", MARKUP[1]), ("Referer", MARKUP[1]),
    ):  # fmt: skip
        yield Attack(f"{form.id}: {name} {value[:20]}", form, headers=((name, value),))


def _wholes() -> Iterator[tuple[str, Callable[[bytes], bytes]]]:
    """Yield media types and what becomes of an honest body."""
    multipart = "multipart/form-data; boundary=b"
    yield from ((kind, lambda body: body) for kind in ("", "text/plain", "application/octet-stream", JSON, "text/html", multipart, "multipart/form-data", f"{URLENCODED}; charset=utf-16", f"{URLENCODED}; charset=utf-7", "a/b" * 900))  # fmt: skip
    for sent in (b"", b"null", b"[]", b"{}", b'{"text":null}', b'{"text":["a"],"appeal":{"a":1}}', b'{"text":1e400,"appeal":1}', b"[" * 20_000, b'{"text":"\\u0000","appeal":"\\u0000"}', b'{"text":true,"appeal":false}', b'{"text":"a","text":"b"}', *(f'{{"text":"x{lone}","appeal":"x{lone}"}}'.encode("ascii", "backslashreplace") for lone in LONE_SURROGATES)):  # fmt: skip
        yield JSON, lambda _, sent=sent: sent  # type: ignore[misc]  # mypy cannot tell the type of a default in a lambda
    for end in (b"&" + b"a=1&" * 5_000, b"&x=" + b"x" * 80_000, b"&" + b"n" * 20_000 + b"=1", b"&x=%ff", b"&%ff=x", b"\xff\xfe", b"&" * 9_000, b"&x=\x00"):  # fmt: skip
        yield URLENCODED, lambda body, end=end: body + end  # type: ignore[misc]  # as above
    yield URLENCODED, lambda body: body[: len(body) // 2]
    yield multipart, lambda body: _as_parts(body) + b"--b--\r\n"
    yield multipart, _as_parts
    yield multipart, lambda body: _as_parts(body) * 40
    yield multipart, lambda body: _as_parts(body).replace(b'"\r\n\r\n', b'"; filename="../../x"\r\n\r\n') + b"--b--\r\n"
    yield multipart, lambda body: _as_parts(body).replace(b"\r\n\r\n", b"\r\n\r\n\xff\xfe\x00") + b"--b--\r\n"


def _as_parts(body: bytes) -> bytes:
    pairs = [pair.partition(b"=") for pair in body.split(b"&") if pair]
    return b"".join(
        b'--b\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n' % (name, value) for name, _, value in pairs
    )


def _methods(form: Form) -> Iterator[Attack]:
    for method in METHODS:
        if method != form.method:
            yield Attack(f"{method[:10]} instead of {form.id}", form, method=method)


def _places(form: Form) -> Iterator[Attack]:
    """Yield addresses that stand for nothing."""
    for name in form.numbers:
        for value in ("0", "-1", "00", str(MAX_ID), str(MAX_ID + 1), str(2**63), "9" * 5_000, "1.0", "1e3", "٣", "１", "²", "\x00", "..", "", " 1", "+1", "x", "1\n", "\ud800", CANARY):  # fmt: skip
            yield Attack(f"{form.id}: {name} {value[:20]!r} in the address", form, wrong_place={name: value})
    for name in form.strings:
        for value in ("", "a", "demo\n", "Demo", "de%00mo", "a" * 40, "a" * 41, "a" * 9_000, "\x00", "é" * 43, "\ud800", "\u202e", "😀", "..", ".", "../login", "a/b", "%2e%2e", "a;b", "a?b", "' OR 1=1--", "approved'", MARKUP[1], CANARY):  # fmt: skip
            yield Attack(f"{form.id}: {name} {value[:20]!r} in the address", form, wrong_place={name: value})
