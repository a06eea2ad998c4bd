"""Answers that many readers ask for at the same time, given again without Flask for as long as they are the same.

Rule: an answer is given again only to a request that has the same address and the same headers, but for those that no
view looks at, and only while the thread has the same version. One with a cookie or a password is always answered anew.
"""

import secrets
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from flask import Flask, request

from comments.metrics import Route, count_answer
from comments.store import StoreUnavailable
from service.parts import Parts
from service.recent import Recent
from service.request_log import REQUEST_ID, REQUEST_ID_BYTES, Log, tell
from service.route_kinds import kind_of_route

# What is on a page beside the comments can change without a new version, and the form says when it was given out.
KEEP_SECONDS = 1
MAX_KEPT = 64
MAX_ASKED_CHARS = 2_000
_MARK = "replydesk.hot"
# No view that marks its answer reads any of these.
_UNREAD = frozenset(
    {
        *("HTTP_ACCEPT_ENCODING", "HTTP_CACHE_CONTROL", "HTTP_CONNECTION", "HTTP_DNT", "HTTP_FORWARDED"),
        *("HTTP_KEEP_ALIVE", "HTTP_PRAGMA", "HTTP_PRIORITY", "HTTP_REFERER", "HTTP_SEC_CH_UA", "HTTP_SEC_CH_UA_MOBILE"),
        *("HTTP_SEC_CH_UA_PLATFORM", "HTTP_SEC_FETCH_DEST", "HTTP_SEC_FETCH_MODE", "HTTP_SEC_FETCH_SITE"),
        *("HTTP_SEC_FETCH_USER", "HTTP_SEC_GPC", "HTTP_TRACEPARENT", "HTTP_UPGRADE_INSECURE_REQUESTS"),
        *("HTTP_USER_AGENT", "HTTP_VIA", "HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_HOST", "HTTP_X_FORWARDED_PORT"),
        *("HTTP_X_FORWARDED_PROTO", "HTTP_X_REAL_IP", "HTTP_X_REQUEST_ID"),
    }
)
_PERSONAL = ("HTTP_COOKIE", "HTTP_AUTHORIZATION")

_Asked = tuple[str, ...]
_Headers = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class _Mark:
    """Which version of which thread an answer shows, and what the log and the metrics call it."""

    site: str
    thread: str
    version: int
    route: str
    kind: Route


@dataclass(frozen=True, slots=True)
class _Hot:
    """A whole answer, without the request's id."""

    mark: _Mark
    status: str
    headers: tuple[tuple[str, str], ...]
    body: bytes


def is_of_version(site_key: str, thread_key: str, version: int) -> None:
    """Say that the answer of this request holds for everybody for as long as the thread has this version.

    So nothing on it may be for one reader or for one use; a form fetches its challenge by itself.
    """
    route = request.url_rule.rule if request.url_rule else ""
    request.environ[_MARK] = _Mark(site_key, thread_key, version, route, kind_of_route(request.endpoint, "GET"))


def register(app: Flask, parts: Parts, log: Log) -> None:
    """Put what is hot before the application."""
    app.wsgi_app = HotAnswers(app.wsgi_app, parts, log)  # type: ignore[method-assign]  # Flask's way of doing it


class HotAnswers:
    """A WSGI application before another one."""

    def __init__(self, app: WSGIApplication, parts: Parts, log: Log) -> None:
        self._app = app
        self._now = parts.now
        self._version = parts.store.threads.version
        self._log = log
        self._recent: Recent[_Hot] = Recent(keep_seconds=KEEP_SECONDS, most=MAX_KEPT)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        began_at_seconds = time.perf_counter()
        asked = asked_of(environ)
        if asked is None:
            return self._app(environ, start_response)
        hot = self._recent.get(asked, self._now())
        if hot is None or not self._is_current(hot.mark):
            return self._make(asked, environ, start_response)
        return self._give_again(hot, start_response, began_at_seconds)

    def _is_current(self, mark: _Mark) -> bool:
        try:
            return (self._version(mark.site, mark.thread) or 0) == mark.version
        except StoreUnavailable:
            return False  # the application says so in its own words

    def _make(self, asked: _Asked, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        said: list[tuple[str, _Headers]] = []

        def note(status: str, headers: _Headers, *exc_info: object) -> Callable[[bytes], object]:
            said[:] = [(status, headers)]
            return start_response(status, headers, *exc_info)  # type: ignore[arg-type]  # handed on as it came

        answer = self._app(environ, note)
        mark = environ.get(_MARK)
        if not isinstance(mark, _Mark) or not said or said[0][0][:3] not in {"200", "304"}:
            return answer
        try:
            body = b"".join(answer)
        finally:
            getattr(answer, "close", lambda: None)()
        status, headers = said[0]
        kept = tuple(header for header in headers if header[0] != REQUEST_ID)
        self._recent.put(asked, _Hot(mark, status, kept, body), self._now())
        return [body]

    def _give_again(self, hot: _Hot, start_response: StartResponse, began_at_seconds: float) -> Iterable[bytes]:
        request_id = secrets.token_hex(REQUEST_ID_BYTES)
        start_response(hot.status, [*hot.headers, (REQUEST_ID, request_id)])
        took_seconds = time.perf_counter() - began_at_seconds
        status = int(hot.status[:3])
        count_answer(hot.mark.kind, status, took_seconds)
        tell(self._log, "GET", hot.mark.route, status, took_seconds, request_id=request_id)
        return [hot.body]


def asked_of(environ: WSGIEnvironment) -> _Asked | None:
    """Return all that an answer to this request may depend on; None for one that is always answered anew."""
    if environ["REQUEST_METHOD"] != "GET" or any(name in environ for name in _PERSONAL):
        return None
    headers = sorted(
        f"{name}:{value}" for name, value in environ.items() if name.startswith("HTTP_") and name not in _UNREAD
    )
    place = ("SCRIPT_NAME", "PATH_INFO", "QUERY_STRING", "wsgi.url_scheme", "SERVER_NAME", "SERVER_PORT")
    asked = (*(str(environ.get(name, "")) for name in place), *headers)
    return asked if sum(map(len, asked)) <= MAX_ASKED_CHARS else None
