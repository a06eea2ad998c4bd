"""One HTTP exchange that ends in time, whatever the other side does.

Sockets have no deadline of their own: a server that sends a byte a second would be waited for without end, and so would
a name server. So the exchange runs in a thread that is left behind.
"""

import socket
import ssl
import threading
from collections.abc import Callable, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass
from functools import lru_cache
from http.client import HTTPConnection, HTTPException, HTTPResponse
from typing import Generic, TypeVar
from urllib.parse import SplitResult

T = TypeVar("T")


class NoAnswer(Exception):  # noqa: N818 - named for what it says, as in STYLE.md
    """Raised with a few words that say why there is no answer. They never repeat what the other side sent."""


@dataclass(frozen=True, slots=True)
class Request:
    """What is posted."""

    path: str
    body: bytes
    headers: Mapping[str, str]


def path_of(url: SplitResult) -> str:
    """Return what an address asks its host for."""
    return f"{url.path or '/'}{'?' if url.query else ''}{url.query}"


def exchange(
    connection: HTTPConnection, request: Request, read: Callable[[HTTPResponse], T], *, timeout_seconds: float
) -> T:
    """Post over a connection that is not open yet, and return what `read` makes of the answer.

    Raises NoAnswer, at the latest when the time is up, and what `read` raises of its kind.
    """
    running = _Exchange(connection, request, read, timeout_seconds)
    running.start()
    running.join(timeout_seconds)
    if running.is_alive():
        running.abandon()
        raise _late(timeout_seconds)
    if running.failure is not None:
        raise running.failure
    return running.answers[0]


@lru_cache(maxsize=1)
def tls() -> ssl.SSLContext:
    """Return what every encrypted connection is checked by."""
    return ssl.create_default_context()


def _late(timeout_seconds: float) -> NoAnswer:
    """The same words whether the socket or the whole exchange ran out of time: which of the two is first is chance."""
    return NoAnswer(f"it did not answer within {timeout_seconds:g} seconds")


class _Exchange(threading.Thread, Generic[T]):
    """One request and its answer, in a thread that nobody has to wait for."""

    def __init__(
        self, connection: HTTPConnection, request: Request, read: Callable[[HTTPResponse], T], timeout_seconds: float
    ) -> None:
        super().__init__(name="exchange", daemon=True)
        self._connection = connection
        # Kept apart: http.client lets go of the socket before the body is read.
        self._socket: socket.socket | None = None
        self._request = request
        self._read = read
        self._timeout_seconds = timeout_seconds
        self.answers: list[T] = []
        self.failure: NoAnswer | None = NoAnswer("it could not be reached")

    def run(self) -> None:
        """Talk to the other side; leave the answer, or why there is none."""
        try:
            self._connection.connect()
            self._socket = self._connection.sock
            headers = {**self._request.headers, "Connection": "close"}
            self._connection.request("POST", self._request.path, self._request.body, headers)
            with closing(self._connection.getresponse()) as response:
                self.answers.append(self._read(response))
            self.failure = None
        except NoAnswer as failure:
            self.failure = failure
        except TimeoutError:
            self.failure = _late(self._timeout_seconds)
        except ssl.SSLCertVerificationError:
            self.failure = NoAnswer("its certificate is not valid")
        except (HTTPException, OSError, ValueError):
            self.failure = NoAnswer("the connection broke")
        finally:
            self._connection.close()

    def abandon(self) -> None:
        """Cut the connection, so that the thread ends soon."""
        if self._socket is not None:
            with suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)
