"""One delivery to one webhook: signed, followed nowhere, and over in time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from http.client import HTTPResponse
from urllib.parse import urlsplit

from workers.external.exchange import NoAnswer, Request, exchange, path_of
from workers.webhooks.signature import headers
from workers.webhooks.targets import open_to

TIMEOUT_SECONDS = 10.0
GONE = 410
SLOW_DOWN = frozenset({429, 503})
_LONGEST_WAIT_SECONDS = 3600


@dataclass(frozen=True, slots=True)
class Message:
    """What is told: its id, which stays the same however often it is sent, and its body."""

    id: str
    body: bytes


class Undelivered(Exception):  # noqa: N818 - named for what it says, as in STYLE.md
    """Raised with a few words that say why a message did not arrive. They never repeat what the receiver sent.

    `status` is None when there was no answer at all. `rest` is how long the receiver asked to be left alone.
    """

    def __init__(self, why: str, *, status: int | None = None, rest: timedelta = timedelta()) -> None:
        super().__init__(why)
        self.status = status
        self.rest = rest


def deliver(
    url: str,
    message: Message,
    secrets: Sequence[bytes],
    now: datetime,
    *,
    allows_private: bool,
    timeout_seconds: float = TIMEOUT_SECONDS,
) -> int:
    """Send a message; any 2xx says that it arrived, and is returned. Raises Undelivered."""
    signed = headers(secrets, message.id, message.body, now)
    return post(url, message.body, signed, allows_private=allows_private, timeout_seconds=timeout_seconds)


def post(
    url: str,
    body: bytes,
    more: Mapping[str, str],
    *,
    allows_private: bool,
    timeout_seconds: float = TIMEOUT_SECONDS,
) -> int:
    """Post JSON; any 2xx says that it arrived, and is returned. Raises Undelivered."""
    parts = urlsplit(url)
    connection = open_to(parts, allows_private=allows_private, timeout_seconds=timeout_seconds)
    request = Request(path_of(parts), body, {"Content-Type": "application/json", "User-Agent": "Replydesk", **more})
    try:
        status, retry_after = exchange(connection, request, _head, timeout_seconds=timeout_seconds)
    except NoAnswer as problem:
        raise Undelivered(str(problem)) from None
    if 200 <= status < 300:
        return status
    raise Undelivered(f"it answered {status}", status=status, rest=_rest(status, retry_after))


def _head(response: HTTPResponse) -> tuple[int, str]:
    """Return status and Retry-After. The body is nothing to us, so it is not read."""
    return response.status, response.getheader("Retry-After", "")


def _rest(status: int, retry_after: str) -> timedelta:
    is_number = retry_after.isascii() and retry_after.isdigit() and len(retry_after) < 10
    if status not in SLOW_DOWN or not is_number:
        return timedelta()
    return timedelta(seconds=min(int(retry_after), _LONGEST_WAIT_SECONDS))
