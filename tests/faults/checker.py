"""An external checker (docs/checkers.md) on a loopback port that answers as it is told."""

import contextlib
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

# Longer than the workers wait.
SLOW_SECONDS = 4.0


class _Ask(BaseHTTPRequestHandler):
    """One question."""

    protocol_version = "HTTP/1.1"
    server: "_Server"

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        with contextlib.suppress(OSError):
            MANNERS.get(self.server.manner, _fair)(self)

    def say(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Be silent."""


def _fair(ask: _Ask) -> None:
    ask.say(204)


def _half(ask: _Ask) -> None:
    ask.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{")
    time.sleep(SLOW_SECONDS)
    ask.close_connection = True


def _hang_up(ask: _Ask) -> None:
    ask.close_connection = True


def _slow(ask: _Ask) -> None:
    time.sleep(SLOW_SECONDS)
    ask.say(204)


MANNERS: dict[str, Callable[[_Ask], None]] = {
    "500": lambda ask: ask.say(500, b"oops"),
    "429": lambda ask: ask.say(429, Retry_After="1"),
    "garbage": lambda ask: ask.say(200, secrets.token_bytes(3000), Content_Type="application/json"),
    "redirect": lambda ask: ask.say(302, Location="http://127.0.0.1:1/"),
    "slow": _slow,
    "half an answer": _half,
    "hangs up": _hang_up,
}


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    manner = ""


@dataclass
class Checker:
    """A running checker. `file` is what REPLYDESK_CHECKERS_FILE names."""

    server: _Server
    file: Path

    @contextlib.contextmanager
    def behaving(self, manner: str) -> Iterator[None]:
        """Answer in one of the MANNERS for the length of the block."""
        self.server.manner = manner
        try:
            yield
        finally:
            self.server.manner = ""


@contextlib.contextmanager
def running_checker(directory: Path) -> Iterator[Checker]:
    """Run a checker for the length of the block; it has no opinion on anything."""
    secret, file = directory / "checker-secret", directory / "checkers.toml"
    secret.write_text(secrets.token_hex(32))
    server = _Server(("127.0.0.1", 0), _Ask)
    url = f"http://127.0.0.1:{server.server_address[1]}/check"
    file.write_text(f'[[checker]]\nname = "rig"\nurl = "{url}"\nsecret_file = "{secret}"\nsites = ["demo"]\n')
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield Checker(server, file)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
