"""`python -m benchmarks.speed.poster URL RATE SECONDS`: post so many comments a second, whatever comes back.

Prints a JSON list of [comment id, when it was due] in seconds of the machine's monotonic clock: a comment that had to
wait for its turn has waited. Who is refused is [0, when].
"""

import itertools
import json
import random
import re
import socket
import sys
import threading
import time
from urllib.parse import urlsplit

from benchmarks.peers.seed import WORDS_EACH, read_words

SENDERS = 16
ARTICLES = 20
TIMEOUT_SECONDS = 30
_HEAD_ENDS = b"\r\n\r\n"
_LENGTH = re.compile(rb"(?i)\r\ncontent-length: *([0-9]+)")
_CLOSES = re.compile(rb"(?i)\r\nconnection: *close")
_WORDS = read_words()


def a_body(chance: random.Random, number: int) -> dict[str, object]:
    """Return a comment with words and an author that no other has."""
    article = f"load-{chance.randrange(ARTICLES) + 1}"
    thread = {"key": article, "url": f"https://news.example/{article}", "title": article}
    text = f"{' '.join(chance.choices(_WORDS, k=WORDS_EACH))} {number}."
    name, email = f"Poster {number}", f"poster{number}@example.org"
    return {"site": "demo", "thread": thread, "name": name, "email": email, "text": text}


def a_request(address: str, body: dict[str, object]) -> bytes:
    """Return a whole request. All are made before the first is sent: what this costs is not the service's."""
    content = json.dumps(body).encode()
    head = f"POST /api/v1/comments HTTP/1.1\r\nHost: {address}\r\nContent-Type: application/json\r\n"
    return f"{head}Content-Length: {len(content)}\r\n\r\n".encode() + content


class Line:
    """A connection that is opened again when it was closed with an answer."""

    def __init__(self, host: str, port: int) -> None:
        self._place = (host, port)
        self._socket: socket.socket | None = None

    def ask(self, request: bytes) -> tuple[int, bytes]:
        """Return status and body of an answer. Raises ConnectionError for one that breaks off."""
        if self._socket is None:
            self._socket = socket.create_connection(self._place, timeout=TIMEOUT_SECONDS)
        self._socket.sendall(request)
        head, _, body = self._receive(b"").partition(_HEAD_ENDS)
        found = _LENGTH.search(head)
        length = int(found[1]) if found else 0
        while len(body) < length:
            body = self._receive(body)
        if _CLOSES.search(head):
            self._socket.close()
            self._socket = None
        return int(head.split(b" ", 2)[1]), body

    def _receive(self, begun: bytes) -> bytes:
        """Return what has begun with what comes next: with a whole head if nothing was there yet."""
        assert self._socket is not None  # noqa: S101 - for the type checker
        received = begun
        while received == begun or (not begun and _HEAD_ENDS not in received):
            piece = self._socket.recv(65_536)
            if not piece:
                raise ConnectionError("the answer broke off")
            received += piece
        return received


def main(url: str, rate: float, seconds: float) -> None:
    """Post and print."""
    address = urlsplit(url)
    chance, first = random.Random(), time.time_ns() // 1_000_000  # numbers that no other run of this has
    requests = [a_request(address.netloc, a_body(chance, first + number)) for number in range(int(rate * seconds))]
    numbers, begins_at = itertools.count(), time.monotonic() + 0.5
    answered: list[tuple[int, bytes, float]] = []

    def send() -> None:
        line = Line(address.hostname or "", address.port or 80)
        while (number := next(numbers)) < len(requests):
            due_at = begins_at + number / rate
            time.sleep(max(0.0, due_at - time.monotonic()))
            answered.append((*line.ask(requests[number]), due_at))

    senders = [threading.Thread(target=send) for _ in range(SENDERS)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    print(json.dumps([(json.loads(body)["id"] if status == 202 else 0, due_at) for status, body, due_at in answered]))


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]), float(sys.argv[3]))
