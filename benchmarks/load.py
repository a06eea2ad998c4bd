"""Send requests over open connections, each the next as soon as the last is answered, and time the answers."""

import socket
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

ANSWER_SECONDS = 30.0
_HEAD_END = b"\r\n\r\n"


@dataclass
class Answers:
    """What came back: {status: how many}, and how long each took in milliseconds."""

    seconds: float = 0.0
    statuses: dict[int, int] = field(default_factory=dict)
    milliseconds: list[float] = field(default_factory=list)

    def count(self, status: int, took_ms: float) -> None:
        """Add one answer."""
        self.statuses[status] = self.statuses.get(status, 0) + 1
        self.milliseconds.append(took_ms)


def send_for(
    ports: Sequence[int], request: Callable[[], bytes], *, connections: int, stopped: Callable[[], bool]
) -> Answers:
    """Send until `stopped` says so, the connections spread over the ports. `request` gives the next one, whole."""
    found: list[Answers] = []
    lock = threading.Lock()

    def talk(port: int) -> None:
        mine = Answers()
        with _Connection(port) as connection:
            while not stopped():
                with lock:
                    asked = request()
                began_at = time.perf_counter()
                status = connection.ask(asked)
                mine.count(status, (time.perf_counter() - began_at) * 1000)
        found.append(mine)

    began_at = time.perf_counter()
    threads = [threading.Thread(target=talk, args=(ports[number % len(ports)],)) for number in range(connections)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    return _together(found, time.perf_counter() - began_at)


def for_seconds(seconds: float) -> Callable[[], bool]:
    """Return what says that so many seconds are over, from now."""
    until = time.monotonic() + seconds
    return lambda: time.monotonic() >= until


class _Connection:
    """A connection that stays open; a server that hangs up is called again."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._socket = self._open()

    def __enter__(self) -> "_Connection":
        return self

    def __exit__(self, *ended: object) -> None:
        self._socket.close()

    def ask(self, request: bytes) -> int:
        """Send one request and read its whole answer; returns the status, 0 when the server hung up."""
        try:
            self._socket.sendall(request)
            return self._read()
        except OSError:
            self._socket.close()
            self._socket = self._open()
            return 0

    def _read(self) -> int:
        received = b""
        while (end := received.find(_HEAD_END)) < 0:
            received += self._piece()
        head = received[:end].lower()
        status = int(head[9:12])
        if status == 304:
            return status
        _, _, rest = head.partition(b"content-length:")
        left = int(rest.split(b"\r\n", 1)[0]) - (len(received) - end - len(_HEAD_END))
        while left > 0:
            left -= len(self._piece())
        return status

    def _piece(self) -> bytes:
        piece = self._socket.recv(65_536)
        if not piece:
            raise ConnectionResetError("hung up")
        return piece

    def _open(self) -> socket.socket:
        made = socket.create_connection(("127.0.0.1", self._port), timeout=ANSWER_SECONDS)
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return made


def _together(found: Sequence[Answers], seconds: float) -> Answers:
    whole = Answers(seconds)
    for each in found:
        whole.milliseconds += each.milliseconds
        for status, number in each.statuses.items():
            whole.statuses[status] = whole.statuses.get(status, 0) + number
    return whole
