"""A real HTTP server on a loopback port that answers as it is told, and keeps what it was sent."""

import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

Respond = Callable[["Talk"], None]


@dataclass
class Received:
    """One request."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Talk:
    """What a responder works with. `is_over` is set when the test ends, so that nobody waits longer."""

    handler: BaseHTTPRequestHandler
    is_over: threading.Event

    def answer(self, status: int, body: bytes = b"", **headers: str) -> None:
        """Send a whole answer."""
        self.handler.send_response(status)
        for name, value in headers.items():
            self.handler.send_header(name.replace("_", "-"), value)
        self.handler.send_header("Content-Length", str(len(body)))
        self.handler.end_headers()
        self.handler.wfile.write(body)


@dataclass
class Server:
    """A running server."""

    url: str
    received: list[Received] = field(default_factory=list)


def answering(status: int, body: bytes = b"", **headers: str) -> Respond:
    """Return a responder that always says the same."""
    return lambda talk: talk.answer(status, body, **headers)


@contextmanager
def running(respond: Respond, *, certificate: tuple[Path, Path] | None = None) -> Iterator[Server]:
    """Run a server for the length of the block."""
    is_over = threading.Event()
    server = Server("")

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            sent = {name.lower(): value for name, value in self.headers.items()}
            server.received.append(Received(self.path, sent, body))
            try:
                respond(Talk(self, is_over))
            except OSError:
                self.close_connection = True  # the client has hung up, as some tests want it to

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the standard library's name
            """Say nothing."""

    listening = _Quiet(("127.0.0.1", 0), Handler)
    scheme = "http"
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*certificate)
        listening.socket = context.wrap_socket(listening.socket, server_side=True)
        scheme = "https"
    server.url = f"{scheme}://127.0.0.1:{listening.server_address[1]}"
    thread = threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        is_over.set()
        listening.shutdown()
        thread.join()
        listening.server_close()


class _Quiet(ThreadingHTTPServer):
    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: clients that hang up are what these tests are about."""
