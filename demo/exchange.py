"""Speaking HTTP with the service as any client would; waits when it is told to."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPSConnection
from urllib.parse import urlsplit

TOO_MANY, UNAVAILABLE = 429, 503
TIMEOUT_SECONDS = 30.0
MAX_TRIES = 20
DEFAULT_RETRY_SECONDS = 2.0
# Whoever runs the demo sits and watches: past this a refusal is more honest than a hanging terminal.
MAX_RETRY_SECONDS = 120.0


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; `fields` is empty unless it was a JSON object."""

    status: int
    fields: Mapping[str, object]
    retry_seconds: float


@dataclass(frozen=True, slots=True)
class Service:
    """A running service at `base_url`; `pause` waits for so many seconds."""

    base_url: str
    pause: Callable[[float], None]

    def post(self, path: str, fields: Mapping[str, object], *, idempotency_key: str) -> Answer:
        """Post JSON. The key makes it safe to send again, so busy answers are waited out."""
        headers = {"Content-Type": "application/json", "Idempotency-Key": idempotency_key}
        for _ in range(MAX_TRIES):
            answer = self._ask("POST", path, headers, json.dumps(fields).encode())
            if answer.status not in (TOO_MANY, UNAVAILABLE) or answer.retry_seconds > MAX_RETRY_SECONDS:
                break
            self.pause(answer.retry_seconds)
        return answer

    def get(self, url: str) -> Answer:
        """Get JSON. Only the path and query of `url` count: the service may know itself by another host name."""
        parts = urlsplit(url)
        return self._ask("GET", parts._replace(scheme="", netloc="", fragment="").geturl(), {}, None)

    def _ask(self, method: str, path: str, headers: Mapping[str, str], body: bytes | None) -> Answer:
        parts = urlsplit(self.base_url)
        connect = HTTPSConnection if parts.scheme == "https" else HTTPConnection
        connection = connect(parts.netloc, timeout=TIMEOUT_SECONDS)
        try:
            connection.request(method, path, body, {"Accept": "application/json", **headers})
            response = connection.getresponse()
            return Answer(
                response.status, _read_object(response.read()), _read_seconds(response.getheader("Retry-After"))
            )
        finally:
            connection.close()


def _read_object(body: bytes) -> Mapping[str, object]:
    try:
        value = json.loads(body)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def _read_seconds(retry_after: str | None) -> float:
    if retry_after is None or not retry_after.isdecimal():
        return DEFAULT_RETRY_SECONDS
    return float(retry_after)
