"""One HTTP request that ends in time, whatever the other side does. No redirects, no proxies, no endless answers."""

import socket
import ssl
import threading
from collections.abc import Mapping
from contextlib import closing, suppress
from dataclasses import dataclass
from functools import lru_cache
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

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
    """Send one POST and return the answer. Raises CheckerFailed, at the latest when the time is up, and UnsafeUrl.

    Sockets have no deadline of their own: a server that sends a byte a second would be waited for without end, and so
    would a name server. So the exchange runs in a thread that is left behind.
    """
    exchange = _Exchange(require_safe_url(url), body, headers, timeout_seconds)
    exchange.start()
    exchange.join(timeout_seconds)
    if exchange.is_alive():
        exchange.abandon()
        raise CheckerFailed(f"it did not answer within {timeout_seconds:g} seconds")
    if exchange.answer is None:
        raise exchange.failure
    return exchange.answer


class _Exchange(threading.Thread):
    """One request and its answer, in a thread that nobody has to wait for."""

    def __init__(self, url: SplitResult, body: bytes, headers: Mapping[str, str], timeout_seconds: float) -> None:
        super().__init__(name="external-checker", daemon=True)
        self._connection = _connection(url, timeout_seconds)
        # Kept apart: http.client lets go of the socket before the body is read.
        self._socket: socket.socket | None = None
        self._path = f"{url.path or '/'}{'?' if url.query else ''}{url.query}"
        self._body = body
        self._headers = headers
        self.answer: Answer | None = None
        self.failure = CheckerFailed("it could not be reached")

    def run(self) -> None:
        """Talk to the checker; leave the answer, or why there is none."""
        try:
            self._connection.connect()
            self._socket = self._connection.sock
            self._connection.request("POST", self._path, self._body, {**self._headers, "Connection": "close"})
            self.answer = self._read()
        except CheckerFailed as failure:
            self.failure = failure
        except TimeoutError:
            self.failure = CheckerFailed("it did not answer in time")
        except ssl.SSLCertVerificationError:
            self.failure = CheckerFailed("its certificate is not valid")
        except (HTTPException, OSError, ValueError):
            self.failure = CheckerFailed("the connection broke")
        finally:
            self._connection.close()

    def abandon(self) -> None:
        """Cut the connection, so that the thread ends soon."""
        if self._socket is not None:
            with suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)

    def _read(self) -> Answer:
        with closing(self._connection.getresponse()) as response:
            return _answer(response)


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
        return HTTPSConnection(host, url.port, timeout=timeout_seconds, context=_tls())
    return HTTPConnection(host, url.port, timeout=timeout_seconds)


@lru_cache(maxsize=1)
def _tls() -> ssl.SSLContext:
    return ssl.create_default_context()


def _pause(retry_after: str) -> float:
    return min(float(retry_after), LONGEST_PAUSE_SECONDS) if retry_after.isascii() and retry_after.isdigit() else 0.0


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
