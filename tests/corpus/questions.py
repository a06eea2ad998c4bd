"""Reads that nobody's page asks for: cursors, orders, keys, tokens, paths and methods."""
# ruff: noqa: E501 - lists for a machine, read by people once

import json
from collections.abc import Iterator

from comments.submission import MAX_THREAD_KEY_CHARS
from tests.corpus.cases import COUNTS, JSON, POST, Case, get, quoted, raw_json

CURSORS = (
    "0", "1", "-1", "+1", " 1", "1 ", "1.0", "1e3", "0x1", "01", "٣", "１", "²", "Ⅷ", "x", "null", "", "%00", "1%00", "9" * 15, "9" * 16, "9" * 5_000, "9223372036854775807", "9223372036854775808", "1,2", "[]", "NaN", "1_000", "--1", "😀",
)  # fmt: skip
ORDERS = (
    "newest",
    "oldest",
    "",
    "NEWEST",
    "newest ",
    "new",
    "id",
    "id desc",
    "1",
    "%00",
    "newest,oldest",
    "Order.NEWEST",
    "😀",
    "n" * 5_000,
)
KEYS = (
    "a", "A", "/", "//", "..", "a/b", "a%2Fb", "%", "%%", "?", "#", "&", "=", "+", " ", "\t", "\n", "a b", "a\nb", "\x00", "a\x00", "\x7f", "\u0085", "\u200b", "\u202e", "\ud800", "é", "e\u0301", "😀", "\ue000", "\ufffe", "\U0010ffff", "k" * MAX_THREAD_KEY_CHARS, "k" * (MAX_THREAD_KEY_CHARS + 1), "k" * 30_000,
)  # fmt: skip
TOKENS = (
    "a" * 22,
    "a" * 21,
    "a" * 23,
    "A-_" * 7 + "z",
    "é" * 22,
    "a" * 21 + "\n",
    "a" * 21 + " ",
    "a" * 21 + "=",
    "\x00" * 22,
    "１" * 22,
    "..",
    "a" * 5_000,
    "😀",
    "%2e%2e",
    "a/b",
    "a;b",
    "a?b",
)
METHODS = (
    "GET",
    "HEAD",
    "POST",
    "PUT",
    "PATCH",
    "DELETE",
    "OPTIONS",
    "TRACE",
    "CONNECT",
    "PROPFIND",
    "get",
    "FOO",
    "X" * 200,
)
PATHS = (
    "/api/v1/comments/", "/api/v1/comments//", "//api/v1/comments", "/api//v1/comments", "/api/v1/comments/1", "/api/v1", "/api", "/api/v2/comments", "/API/v1/comments", "/api/v1/comments.json", "/api/v1/comments;x=1", "/api/v1/comments%00",
    "/api/v1/%63omments/", "/api/v1/..%2f..%2fhealthz", "/api/v1/../../etc/passwd", "/static/../app.py", "/static/..%2f..%2fapp.py", "/static/%2e%2e/app.py", "/static//etc/passwd", "/static/", "/static/%00", "/.env", "/.git/config", "/wp-login.php", "/xmlrpc.php",
    "/threads", "/threads/", "/threads/demo", "/threads/demo/", "/threads/demo/x", "/threads/%00", "/threads/demo%0a", "/receipts", "/receipts/", "/healthz/", "/readyz/x", "/metrics", "/docs/", "/review/../healthz", "/%ff", "/%c0%af", "/%e2%80%ae", "/" + "a" * 8_000, "/" + "a/" * 2_000, "/" + "%2f" * 500, "/favicon.ico", "/robots.txt", "/*", "/<site_key>", "/{token}",
)  # fmt: skip
READ = {200, 400, 404}


def cases() -> Iterator[Case]:
    """Yield every case."""
    for value in CURSORS:
        yield get(
            f"after {value[:20]!r} of {len(value)}", READ, f"{POST}?site=demo&thread=corpus&after={quoted(value)}"
        )
        yield get(
            f"page after {value[:20]!r} of {len(value)}", READ, f"/threads/demo?thread=corpus&after={quoted(value)}"
        )
        yield get(
            f"reply to {value[:20]!r} of {len(value)}", {200}, f"/threads/demo?thread=corpus&reply_to={quoted(value)}"
        )
    for value in ORDERS:
        yield get(f"sort {value[:20]!r} of {len(value)}", READ, f"{POST}?site=demo&thread=corpus&sort={quoted(value)}")
        yield get(
            f"page sort {value[:20]!r} of {len(value)}", READ, f"/threads/demo?thread=corpus&sort={quoted(value)}"
        )
    for value in KEYS:
        yield get(f"thread {value[:20]!r} of {len(value)}", READ, f"{POST}?site=demo&thread={quoted(value)}")
        yield get(f"site {value[:20]!r} of {len(value)}", {404}, f"{POST}?site={quoted(value)}0&thread=a")
        for name in ("url", "title", "format", "replydesk"):
            yield get(
                f"{name} {value[:20]!r} of {len(value)}", {200}, f"/threads/demo?thread=corpus&{name}={quoted(value)}"
            )
        yield get(
            f"fragment {value[:20]!r} of {len(value)}",
            READ,
            f"/threads/demo?thread={quoted(value)}&format=fragment&url={quoted(value)}",
        )
        body = json.dumps({"site": "demo", "threads": [value]}).encode()
        yield raw_json(f"count {value[:20]!r} of {len(value)}", frozenset({200, 422}), body, path=COUNTS)
    for count in (0, 1, 99, 100, 101, 5_000):
        body = json.dumps({"site": "demo", "threads": ["a"] * count}).encode()
        yield raw_json(
            f"count {count} threads", frozenset({200}) if 1 <= count <= 100 else frozenset({422}), body, path=COUNTS
        )
    for token in TOKENS:
        yield get(f"receipt {token[:30]!r}", {404}, f"/receipts/{quoted(token)}")
        yield get(f"mine {token[:30]!r}", {200}, f"/threads/demo?thread=corpus&replydesk={quoted(token)}")
    yield from _places()


def _places() -> Iterator[Case]:
    anything = frozenset({200, 303, 400, 404, 405, 415, 422})
    for method in METHODS:
        for path in (
            POST,
            COUNTS,
            "/threads/demo?thread=a",
            "/receipts/x",
            "/healthz",
            "/api/v1/openapi.json",
            "/nowhere",
            "/",
        ):
            yield Case(f"{method[:10]} {path}", anything, method=method, path=path)
    for path in PATHS:
        for method in ("GET", "POST"):
            yield Case(f"{method} {path[:50]}", anything, b"{}", (("Content-Type", JSON),), method, path)
    for number, query in enumerate(
        (
            "%",
            "%%%",
            "%zz=1",
            "a=%ff",
            "&" * 5_000,
            "=" * 5_000,
            "a=1&" * 3_000,
            "site=demo&site=demo&thread=a&thread=b",
            "site[]=demo",
            "\x00",
            "thread=%ed%a0%80&site=demo",
        )
    ):
        yield get(f"query {number}", READ, f"{POST}?{query}")
        yield get(f"page query {number}", READ, f"/threads/demo?{query}")
