"""The bundled web server alone, as `replydesk web` starts it: no proxy before it, no Redis, no worker behind it."""

import contextlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil

START_SECONDS = 60
STOP_SECONDS = 20
READ_SECONDS = 10.0


@dataclass(frozen=True)
class Web:
    """A running server on a loopback port. `log` holds all it printed."""

    process: subprocess.Popen[bytes]
    port: int
    log: Path

    def connect(self) -> socket.socket:
        """Open a connection."""
        return socket.create_connection(("127.0.0.1", self.port), timeout=READ_SECONDS)

    def send(self, data: bytes, *, silence_seconds: float) -> bytes:
        """Send raw bytes on a connection of their own; return all that comes until it hangs up or falls silent."""
        with self.connect() as connection:
            with contextlib.suppress(OSError):  # it may hang up while we still talk
                connection.sendall(data)
            connection.settimeout(silence_seconds)
            return read_all(connection)

    def get(self, path: str) -> bytes:
        """Ask for one page and return the whole answer."""
        with self.connect() as connection:
            connection.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
            return read_all(connection)

    def rss_bytes(self) -> int:
        """Return the memory of all its processes."""
        parent = psutil.Process(self.process.pid)
        return sum(each.memory_info().rss for each in (parent, *parent.children(recursive=True)))


def read_all(connection: socket.socket) -> bytes:
    """Return what comes until the other side hangs up, however it does."""
    received = bytearray()
    with contextlib.suppress(OSError):
        while piece := connection.recv(65_536):
            received += piece
    return bytes(received)


@contextlib.contextmanager
def running_web(directory: Path, **settings: str) -> Iterator[Web]:
    """Run the server on an empty database for the length of the block."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    environment = {name: value for name, value in os.environ.items() if not name.startswith("REPLYDESK_")}
    environment |= {"REPLYDESK_DATA_DIR": str(directory / "data"), "REPLYDESK_LOG_LEVEL": "warning"}
    environment |= {f"REPLYDESK_{name.upper()}": value for name, value in settings.items()}
    command = [sys.executable, "-m", "ops"]
    subprocess.run([*command, "migrate"], env=environment, check=True, capture_output=True)
    log = directory / "web.log"
    with log.open("wb") as console:
        process = subprocess.Popen(
            [*command, "web", "--port", str(port)], env=environment, stdout=console, stderr=subprocess.STDOUT
        )
    web = Web(process, port, log)
    try:
        _wait(web)
        yield web
    finally:
        _stop(process)


def _wait(web: Web) -> None:
    until = time.monotonic() + START_SECONDS
    while True:
        assert web.process.poll() is None, f"it ended: {web.log.read_text()[-2000:]}"
        with contextlib.suppress(OSError):
            if b" 200 " in web.get("/healthz")[:20]:
                return
        assert time.monotonic() < until, "it does not answer"
        time.sleep(0.05)


def _stop(process: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(psutil.NoSuchProcess):
        family = psutil.Process(process.pid).children(recursive=True)
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(STOP_SECONDS)
        for member in family:
            with contextlib.suppress(psutil.NoSuchProcess):
                member.kill()
    process.kill()
    process.wait()
