"""Request ids and the access log: one JSON line for each request, without anything a reader sent.

Of what a flood sends only the first is there; the others are counted in one line (service/floods.py).

Rule: the route's pattern, never the path or the query; no address, name, text or network.
"""

import logging
import secrets
import sys
import time
from typing import TextIO, cast

import structlog
from flask import Flask, Response, g, request

from comments.log_stream import LogStream
from comments.metrics import count_answer
from service.route_kinds import kind_of_route

Log = structlog.typing.FilteringBoundLogger

REQUEST_ID, REQUEST_ID_BYTES = "X-Request-Id", 8
# Asked every few seconds by machines and by open pages; what they say is in the metrics.
_QUIET_ROUTES = frozenset(
    {"/healthz", "/readyz", "/static/<path:filename>", "/static/v-<version>/<path:filename>", "/review/live"}
)


def open_log(level: str, stream: TextIO | None = None) -> Log:
    """Return a logger that writes JSON lines to `stream`, stderr by default."""
    log: Log = structlog.wrap_logger(
        structlog.WriteLogger(cast("TextIO", LogStream(stream or sys.stderr))),
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level.upper())),
    )
    return log.bind()


def register(app: Flask, log: Log) -> None:
    """Give every request an id and every answer a line in the log."""

    @app.before_request
    def begin() -> None:
        g.request_id = secrets.token_hex(REQUEST_ID_BYTES)
        g.began_at_seconds = time.perf_counter()

    @app.after_request
    def end(answer: Response) -> Response:
        answer.headers[REQUEST_ID] = g.request_id
        route = request.url_rule.rule if request.url_rule else "unmatched"
        took_seconds = time.perf_counter() - g.began_at_seconds
        count_answer(kind_of_route(request.endpoint, request.method), answer.status_code, took_seconds)
        if route in _QUIET_ROUTES or g.get("is_folded"):
            return answer
        named = _comment(answer) | {"request_id": g.request_id}
        tell(log, request.method, route, answer.status_code, took_seconds, **named)
        return answer


def tell(log: Log, method: str, route: str, status: int, took_seconds: float, **named: object) -> None:
    """Write a request's line."""
    milliseconds = round(took_seconds * 1000, 2)
    log.info("request", method=method, route=route, status=status, milliseconds=milliseconds, **named)


def _comment(answer: Response) -> dict[str, object]:
    """Return the number of the comment that this request has kept or changed: the workers' lines name it too."""
    is_done = request.method == "POST" and answer.status_code < 400
    of_desk = (request.view_args or {}).get("comment_id") if "review_session" in g else None
    comment_id = g.get("comment_id", of_desk)
    return {"comment_id": comment_id} if is_done and isinstance(comment_id, int) else {}
