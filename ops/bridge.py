"""Between granian and Flask: a request gets a thread only when all of it is here.

Granian's own WSGI interface calls the application with the head alone and lets it wait for the body in one of a handful
of threads: eight clients that send slowly would stop everybody (measured; tests/ops/test_web.py holds it). So the
request is read here, where a waiting client costs a few kilobytes and no thread.
"""

import asyncio
import io
import sys
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Protocol
from urllib.parse import unquote_to_bytes
from wsgiref.types import WSGIApplication, WSGIEnvironment

from comments.metrics import Route, count_answer
from ops.balance import Balance
from ops.handover import is_leaving

Headers = list[tuple[str, str]]

# More than the service takes (72 kB): it says 413 itself, in its own words, to what is a little too long.
MAX_BODY_BYTES = 128 * 1024
BODY_SECONDS = 15.0
# Whole requests that may wait for a thread of this process; the next one is told to come back.
WAITING_PER_THREAD = 16
_CLOSE = ("connection", "close")
# Cut anywhere it is still a form, so its length has to tell; JSON and multipart have an end of their own.
_ENDS_ANYWHERE = "application/x-www-form-urlencoded"


class Scope(Protocol):
    """The head of a request, as granian gives it."""

    proto: str
    http_version: str
    server: str
    client: str
    scheme: str
    method: str
    path: str
    query_string: str
    authority: str | None
    headers: Any


class Exchange(Protocol):
    """The rest of a request and the way to answer it."""

    def __aiter__(self) -> AsyncIterator[bytes]: ...

    def response_bytes(self, status: int, headers: Headers, body: bytes) -> None: ...


class Refusal(Exception):  # noqa: N818 - named for what it says, as in STYLE.md
    """Raised when a request gets no thread; `status` and `title` go to the client."""

    def __init__(self, status: int, title: str, headers: Headers | None = None) -> None:
        super().__init__(title)
        self.status = status
        self.title = title
        self.headers = headers or []


class Bridge:
    """An RSGI application that hands whole requests to a WSGI application in a fixed number of threads."""

    def __init__(self, app: WSGIApplication, *, threads: int, balance: Balance | None = None) -> None:
        self._app = app
        self._balance = balance
        self._threads = threads
        self._waiting = 0
        # It makes its threads when they are needed, so none is lost in a fork.
        self._executor = ThreadPoolExecutor(threads, thread_name_prefix="web")

    async def __rsgi__(self, scope: Scope, exchange: Exchange) -> None:
        """Answer one request."""
        try:
            body = await self._read(scope, exchange)
            status, headers, answer = await self._answer(environ_of(scope, body))
        except Refusal as refusal:
            count_answer(Route.OTHER, refusal.status)
            status, headers, answer = refused(refusal)
        if is_leaving() or (self._balance is not None and self._balance.lets_go(scope.client)):
            headers = [*headers, _CLOSE]
        exchange.response_bytes(status, headers, answer)

    def __rsgi_del__(self, loop: asyncio.AbstractEventLoop) -> None:
        """End the threads when what they answer is answered."""
        self._executor.shutdown(wait=True)

    async def _read(self, scope: Scope, exchange: Exchange) -> bytes:
        """Return the body, cut when it is too long: the service measures it and says so. Raises Refusal."""
        declared = scope.headers.get("content-length", "0")
        has_body = declared != "0" or "transfer-encoding" in scope.headers
        if not has_body or not declared.isdecimal() or int(declared) > MAX_BODY_BYTES:
            return b""
        try:
            async with asyncio.timeout(BODY_SECONDS):
                body = await read_body(exchange)
        except TimeoutError:
            raise Refusal(408, "The request took too long to arrive.", [_CLOSE]) from None
        _require_whole(scope, body)
        return body

    async def _answer(self, environ: WSGIEnvironment) -> tuple[int, Headers, bytes]:
        if self._waiting >= self._threads * WAITING_PER_THREAD:
            raise Refusal(503, "Too many requests are waiting; try again.", [("retry-after", "2")])
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._executor, call, self._app, environ)
        finally:
            self._waiting -= 1


def _require_whole(scope: Scope, body: bytes) -> None:
    """Raise Refusal for a body that broke off: granian ends it as if it were whole, and half a comment is none."""
    declared = scope.headers.get("content-length", "")
    if declared and len(body) != int(declared):
        raise Refusal(400, "The request broke off.", [_CLOSE])
    kind = scope.headers.get("content-type", "").strip().lower()
    if not declared and kind.startswith(_ENDS_ANYWHERE):
        raise Refusal(411, "Say how long the form is: send Content-Length.", [_CLOSE])


async def read_body(exchange: Exchange) -> bytes:
    """Return the body, or a little more than MAX_BODY_BYTES of it."""
    body = bytearray()
    async for chunk in exchange:
        body += chunk
        if len(body) > MAX_BODY_BYTES:
            break
    return bytes(body)


def environ_of(scope: Scope, body: bytes) -> WSGIEnvironment:
    """Return the request as PEP 3333 wants it."""
    host, _, port = scope.server.rpartition(":")
    environ: WSGIEnvironment = {
        "REQUEST_METHOD": scope.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(scope.path).decode("latin-1"),
        "QUERY_STRING": scope.query_string,
        "RAW_URI": scope.path + (f"?{scope.query_string}" if scope.query_string else ""),
        "SERVER_NAME": host.strip("[]"),
        "SERVER_PORT": port,
        "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
        "REMOTE_ADDR": scope.client.rpartition(":")[0].strip("[]"),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.scheme,
        "wsgi.input": io.BytesIO(body),
        "wsgi.input_terminated": True,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    for name, value in _cgi_headers(scope):
        # Several lines of one name are one list (RFC 9110 §5.2); cookies are listed with semicolons (RFC 6265).
        separator = "; " if name == "HTTP_COOKIE" else ","
        environ[name] = f"{environ[name]}{separator}{value}" if name in environ else value
    if body or "CONTENT_LENGTH" not in environ:
        environ["CONTENT_LENGTH"] = str(len(body))
    return environ


def _cgi_headers(scope: Scope) -> Iterator[tuple[str, str]]:
    for name, value in scope.headers.items():
        if "_" in name or name == "transfer-encoding":
            continue  # X_Forwarded_For would pass for X-Forwarded-For; and the body is whole by now
        cgi = name.upper().replace("-", "_")
        yield cgi if cgi in {"CONTENT_TYPE", "CONTENT_LENGTH"} else f"HTTP_{cgi}", value


def call(app: WSGIApplication, environ: WSGIEnvironment) -> tuple[int, Headers, bytes]:
    """Return the application's whole answer. All of ours are short; none is streamed."""
    status, headers = 500, list[tuple[str, str]]()

    def start_response(line: str, fields: Headers, exc_info: object = None) -> Any:  # noqa: ARG001 - PEP 3333's
        nonlocal status
        status = int(line.split(" ", 1)[0])
        headers[:] = [(name.lower(), value) for name, value in fields]
        return None

    answer = app(environ, start_response)
    try:
        body = b"".join(answer)
    finally:
        if hasattr(answer, "close"):
            answer.close()
    return status, headers, body


def refused(refusal: Refusal) -> tuple[int, Headers, bytes]:
    """Return an answer in the shape of all our errors (RFC 9457)."""
    body = f'{{"type":"about:blank","title":"{refusal.title}","status":{refusal.status}}}'.encode()
    fields = [("content-type", "application/problem+json"), ("cache-control", "no-store"), *refusal.headers]
    return refusal.status, fields, body
