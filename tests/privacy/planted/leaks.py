"""Leaks as others have had them, planted on purpose: a suite that misses one of them is broken itself.

Each leaks one address alone, which stands beside its name in the file that REPLYDESK_PLANTED names; nothing but this
package reads that file. So every find names the leak it comes from.
"""

import base64
import gzip
import hashlib
import html
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import structlog
from flask import Response, g, request
from redis import Redis
from rq import Queue
from rq.serializers import JSONSerializer
from sqlalchemy import create_engine, literal, select

import ops.exporting
import ops.web
from comments import metrics
from comments.identity import loose_form
from ops.bridge import Bridge
from ops.wsgi import build
from service.parts import Parts
from tests.privacy.detector import Class

# Some other script takes what is typed when a form is sent; the name says which leak is meant.
_ON_SUBMIT = """
addEventListener("submit", (event) => {
  const { name, email } = event.target.elements, typed = email?.value;
  if (typed && name.value == %s) { %s; }
}, true);
"""
log = structlog.get_logger()
# Longer ones are refused unread, and have to be here too.
_LONGEST_BODY = 10_000
EXPORT = "a column of the export"


@dataclass(frozen=True)
class Plant:
    """Where a leak shows, and as what; `piece` is the part of the sink, if it matters. `at` is the route's beginning at
    which it happens. One `in_script` happens in the reader's browser, when a form is sent by this name.
    """

    sink: str
    kind: Class
    at: str = "/api/v1/comments"
    method: str = "POST"
    piece: str = ""
    in_script: str = ""


PLANTS: dict[str, Plant] = {
    "the address in JSON": Plant("answers", Class.SPELLED),
    "an ETag of its hash": Plant("answers", Class.DIGEST),
    "a cookie": Plant("answers", Class.ENCODED),
    "an error that says it again": Plant("answers", Class.SPELLED),
    "an avatar by its MD5": Plant("public answers", Class.DIGEST, "/threads/demo", "GET"),
    "an author in the feed": Plant("public answers", Class.SPELLED, "/feeds/demo.atom", "GET"),
    "an author's number cut from a hash": Plant("public answers", Class.DIGEST, "/api/v1/comments", "GET"),
    "a hidden field at the desk": Plant("answers", Class.SPELLED, "/review/", "GET"),
    "a data attribute at the desk": Plant("answers", Class.ENCODED, "/review/approved", "GET"),
    "the form in the log": Plant("logs", Class.SPELLED),
    "the message of an exception": Plant("logs", Class.SPELLED),
    "an access log with queries": Plant("logs", Class.ENCODED),
    "SQL in the log": Plant("logs", Class.SPELLED),
    "the argument of a job": Plant("Redis MONITOR", Class.SPELLED),
    "a keyed hash outside its table": Plant("Redis keys", Class.KEYED),
    "a temporary file": Plant("files left behind", Class.SPELLED),
    "the argument of a process": Plant("processes", Class.SPELLED),
    "a metric's label": Plant("metrics", Class.SPELLED, piece="listener"),
    "an author kept in the browser": Plant(
        "browser",
        Class.ENCODED,
        "/embed.js",
        "GET",
        piece="storage",
        in_script="localStorage.setItem('author', btoa(typed))",
    ),
    "an author's cookie set by a script": Plant(
        "browser",
        Class.SPELLED,
        "/embed.js",
        "GET",
        piece="cookies",
        in_script="document.cookie = 'author=' + typed",
    ),
    "an address in the console": Plant(
        "browser", Class.SPELLED, "/embed.js", "GET", piece="console", in_script="console.log('posted', typed)"
    ),
    "an address in the page": Plant(
        "browser",
        Class.ENCODED,
        "/embed.js",
        "GET",
        piece="page",
        in_script="document.body.dataset.author = encodeURIComponent(typed)",
    ),
    "an avatar asked of a server": Plant(
        "browser",
        Class.ENCODED,
        "/embed.js",
        "GET",
        piece="request GET",
        in_script="new Image().src = '/nowhere/' + [...typed].map((c) => c.charCodeAt(0).toString(16)).join('')",
    ),
    EXPORT: Plant("exports", Class.SPELLED, at="", method=""),
}


def plant(arguments: list[str]) -> None:
    """Plant what concerns this process."""
    if "web" in arguments:
        ops.web.TARGET = f"{__name__}:build_bridge"  # granian's processes import it for themselves
    if "export" in arguments:
        sound = ops.exporting.write_json_lines

        def write(*given: Any) -> Iterator[str]:
            yield from sound(*given)
            # Exports before the address is there leak nothing.
            if EXPORT in (given_away := addresses()):
                yield json.dumps({"kind": "author", "email": given_away[EXPORT]}) + "\n"

        ops.exporting.write_json_lines = write


def addresses() -> dict[str, str]:
    """Return the address that each leak gives away."""
    return dict(json.loads(Path(os.environ["REPLYDESK_PLANTED"]).read_text()))


def build_bridge() -> Bridge:
    """Return the web application with every leak in it."""
    app = build()
    parts: Parts = app.extensions["replydesk"]

    @app.before_request
    def keep() -> None:
        is_short = (request.content_length or 0) < _LONGEST_BODY
        g.sent = request.get_data(cache=True) if is_short else b""  # the service reads a body once

    @app.after_request
    def leak(response: Response) -> Response:
        sent = g.get("sent", b"").decode(errors="replace")
        for name, address in addresses().items():
            where = PLANTS[name]
            is_here = request.path.startswith(where.at) and request.method == where.method and where.at
            if is_here and where.in_script:
                _add_script(name, where.in_script, response)
            elif is_here and (request.method == "GET" or address in sent):
                _LEAKS[name](address, response, parts)
        return response

    return Bridge(app, threads=parts.settings.web_threads)


def _add(response: Response, words: str) -> None:
    response.direct_passthrough = False
    response.set_data(response.get_data() + words.encode())


def _add_script(name: str, leak: str, response: Response) -> None:
    if response.headers.pop("Content-Encoding", ""):
        response.set_data(gzip.decompress(response.get_data()))
    _add(response, _ON_SUBMIT % (json.dumps(name), leak))


def _in_json(address: str, response: Response, _: Parts) -> None:
    response.set_data(json.dumps({**json.loads(response.get_data()), "email": address}))


def _as_etag(address: str, response: Response, _: Parts) -> None:
    response.set_etag(hashlib.sha256(address.encode()).hexdigest())


def _as_cookie(address: str, response: Response, _: Parts) -> None:
    response.set_cookie("comment_author", base64.b64encode(address.encode()).decode())


def _as_avatar(address: str, response: Response, _: Parts) -> None:
    name = hashlib.md5(address.lower().encode()).hexdigest()  # noqa: S324 - what others leak
    _add(response, f'<img src="https://avatars.example/{name}?s=48">')


def _as_number(address: str, response: Response, _: Parts) -> None:
    _add(response, json.dumps({"author": hashlib.sha1(address.encode()).hexdigest()[:12]}))  # noqa: S324 - as above


def _as_job(address: str, _: Response, parts: Parts) -> None:
    queue = Queue("planted", connection=Redis.from_url(str(parts.settings.redis)), serializer=JSONSerializer)
    queue.enqueue_call("nothing.at_all", args=(address,))


def _as_keyed_hash(address: str, _: Response, parts: Parts) -> None:
    local, _, domain = address.partition("@")
    key = parts.key.digest("email-loose/demo", loose_form(local, domain).encode())
    Redis.from_url(str(parts.settings.redis)).set(f"planted:{key.hex()}", 1)


def _as_echo(address: str, _: Response, __: Parts) -> None:
    # The service's own engine hides what it is given, even when it is told to say what it does.
    with create_engine("sqlite://", echo=True).connect() as connection:
        connection.execute(select(literal(address))).all()


def _as_label(address: str, _: Response, __: Parts) -> None:
    # No enum of ours has room for it, and nothing of ours takes a word for a label: this goes around both.
    assert metrics._current is not None
    metrics._current.accepted.labels(address).inc()


def _as_file(address: str, _: Response, __: Parts) -> None:
    with tempfile.NamedTemporaryFile("w", delete=False) as file:
        file.write(address)


def _as_process(address: str, _: Response, __: Parts) -> None:
    subprocess.Popen([sys.executable, "-S", "-c", "import time; time.sleep(600)", address])


_LEAKS: dict[str, Callable[[str, Response, Parts], None]] = {
    "the address in JSON": _in_json,
    "an ETag of its hash": _as_etag,
    "a cookie": _as_cookie,
    "an error that says it again": lambda address, response, _: _add(response, f"invalid: {address}"),
    "an avatar by its MD5": _as_avatar,
    "an author in the feed": lambda address, response, _: _add(response, f"<author><email>{address}</email></author>"),
    "an author's number cut from a hash": _as_number,
    "a hidden field at the desk": lambda address, response, _: _add(
        response, f'<input type="hidden" value="{address}">'
    ),
    "a data attribute at the desk": lambda address, response, _: _add(
        response, f'<li data-author="{html.escape(address).replace("@", "&#64;")}"></li>'
    ),
    "the form in the log": lambda address, _, __: log.debug("form", form={"email": address}),
    "the message of an exception": lambda address, _, __: log.error("request failed", error=str(ValueError(address))),
    "an access log with queries": lambda address, _, __: print(
        f'127.0.0.1 "POST /?email={address.replace("@", "%40")}" 202', file=sys.stderr, flush=True
    ),
    "SQL in the log": _as_echo,
    "the argument of a job": _as_job,
    "a keyed hash outside its table": _as_keyed_hash,
    "a temporary file": _as_file,
    "a metric's label": _as_label,
    "the argument of a process": _as_process,
}
