"""CORS for the public API and fragments: exactly the origins its editors gave a site.

Never with credentials, but for Isso's clients: they ask for everything that way, and where they ask no cookie is read.
"""

from flask import Flask, Response, g, request

from comments.store import StoreUnavailable
from comments.store.records import Site
from service.door import door
from service.headers import share_across_origins

# The API and the fragments. The page of a thread is no secret either.
_ISSO = "/isso/"
_OPEN_PREFIXES = ("/api/", "/threads/", "/wp/v2/", "/wp-json/", _ISSO)
_EXPOSED = ("Location", "Retry-After", "X-Request-Id", "X-WP-Total", "X-WP-TotalPages", "Link")
# An Isso client looks for these whether they are there or not, and a browser complains of each that is not allowed.
_EXPOSED_TO_ISSO = (*_EXPOSED, "Date", "X-Set-Cookie")
_PREFLIGHT_SECONDS = 600


def readable_by(site: Site) -> None:
    """Let scripts on this site's origins read the answer, and nobody else's."""
    g.readable_by = site.origins


def register(app: Flask) -> None:
    """Add the CORS headers to the answers of the API."""

    @app.after_request
    def allow(answer: Response) -> Response:
        if not _is_open():
            return answer
        answer.vary.add("Origin")
        origin = request.headers.get("Origin")
        if origin and origin in _readers():
            answer.headers["Access-Control-Allow-Origin"] = origin
            is_for_isso = request.path.startswith(_ISSO)
            answer.headers["Access-Control-Expose-Headers"] = ", ".join(_EXPOSED_TO_ISSO if is_for_isso else _EXPOSED)
            if is_for_isso:
                answer.headers["Access-Control-Allow-Credentials"] = "true"
            if request.method == "OPTIONS":
                _answer_preflight(answer)
        return answer

    @app.before_request
    def mark() -> None:
        if _is_open():
            share_across_origins()


def _is_open() -> bool:
    return request.path.startswith(_OPEN_PREFIXES)


def _readers() -> frozenset[str] | tuple[str, ...]:
    """Return who may read: the origins of the site it is about, or of any site while that is not known."""
    found: tuple[str, ...] | None = g.get("readable_by")
    if found is not None:
        return found
    try:
        return door().sites.origins()
    except StoreUnavailable:
        return ()


def _answer_preflight(answer: Response) -> None:
    answer.headers["Access-Control-Allow-Methods"] = "GET, POST"
    answer.headers["Access-Control-Allow-Headers"] = "Content-Type, Idempotency-Key, Replydesk-Device"
    answer.headers["Access-Control-Max-Age"] = str(_PREFLIGHT_SECONDS)
