"""One question to a checker. No redirects, no proxies, no endless answers."""

from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPResponse, HTTPSConnection
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

from workers.external.exchange import NoAnswer, Request, exchange, path_of, tls
from workers.external.question import CheckerFailed

MAX_ANSWER_BYTES = 65_536
# What a 429 may ask for: a checker must not switch itself off for a day.
LONGEST_PAUSE_SECONDS = 300.0


class UnsafeUrl(Exception):  # noqa: N818 - named for what it says, as in STYLE.md
    """Raised for an address that comments must not be sent to."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A 200 or 204 with its headers (names in lower case) and its whole body."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def require_safe_url(url: str) -> SplitResult:
    """Return the parts of an https address, or of an http one on this machine. Raises UnsafeUrl."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise UnsafeUrl("this is no web address") from None
    if not parts.hostname or "@" in parts.netloc or parts.fragment or port == 0:
        raise UnsafeUrl("give an address without user name and fragment")
    if parts.scheme == "https" or (parts.scheme == "http" and _is_loopback(parts.hostname)):
        return parts
    raise UnsafeUrl("use https; plain http is for this machine alone")


def post(url: str, body: bytes, headers: Mapping[str, str], *, timeout_seconds: float) -> Answer:
    """Send one POST and return the answer. Raises CheckerFailed, at the latest when the time is up, and UnsafeUrl."""
    parts = require_safe_url(url)
    request = Request(path_of(parts), body, headers)
    try:
        return exchange(_connection(parts, timeout_seconds), request, _answer, timeout_seconds=timeout_seconds)
    except CheckerFailed:
        raise
    except NoAnswer as problem:
        raise CheckerFailed(str(problem)) from None


def _answer(response: HTTPResponse) -> Answer:
    headers = {name.lower(): value for name, value in response.getheaders()}
    if response.status == 429:
        raise CheckerFailed("it has too much to do", pause_seconds=_pause(headers.get("retry-after", "")))
    if response.status not in {200, 204}:
        raise CheckerFailed(f"it answered {response.status}")
    body = response.read(MAX_ANSWER_BYTES + 1)
    if len(body) > MAX_ANSWER_BYTES:
        raise CheckerFailed("its answer is too long")
    if response.length:  # what was promised and never came: reading in one piece does not complain by itself
        raise CheckerFailed("the connection broke")
    return Answer(response.status, headers, body)


def _connection(url: SplitResult, timeout_seconds: float) -> HTTPConnection:
    host = url.hostname or ""
    if url.scheme == "https":
        return HTTPSConnection(host, url.port, timeout=timeout_seconds, context=tls())
    return HTTPConnection(host, url.port, timeout=timeout_seconds)


def _pause(retry_after: str) -> float:
    return min(float(retry_after), LONGEST_PAUSE_SECONDS) if retry_after.isascii() and retry_after.isdigit() else 0.0


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
