"""`replydesk listener`: metrics and detailed health on a port of its own, for this machine alone unless told otherwise.

It is a process beside the others that only reads. It cannot stop them, and what it says is never on the public port.
"""

import json
import socket
import time
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import structlog

from comments.identity import load_root_key
from comments.settings import Settings
from comments.store import open_store
from comments.wakeup import Wakeup, connect_quickly
from ops.clock import utc_now
from ops.exposition import CONTENT_TYPE, write_exposition
from ops.standing import Observer, as_json
from service.parts import Parts
from service.readiness import Health
from workers.stop_flag import StopFlag

log = structlog.get_logger()

# Who asks and does not go on is cut off.
ASKING_SECONDS = 5.0
LOOK_SECONDS = 0.2
# Somebody else has the port: a listener is no reason to stop a service, so it waits for its turn.
AGAIN_SECONDS = 5.0
JSON = "application/json"


def listen(settings: Settings, *, asks_web: bool) -> None:
    """Answer until SIGTERM or SIGINT. Raises KeyFileProblem."""
    stop = StopFlag()
    store = open_store(settings.database)
    redis = connect_quickly(settings.redis) if settings.redis else None
    parts = Parts(settings, store, load_root_key(settings.root_key_path), Wakeup(None), now=utc_now)
    observer = Observer(parts, redis, asks_web=asks_web)
    server = _open(settings, observer, stop)
    if server is not None:
        thread = Thread(target=server.serve_forever, args=(LOOK_SECONDS,), daemon=True)
        thread.start()
        while not stop.wait(LOOK_SECONDS):
            pass
        server.shutdown()
        server.server_close()
    store.close()


def _open(settings: Settings, observer: Observer, stop: StopFlag) -> "OpsServer | None":
    """Return the server once the port is free; None when told to stop before."""
    host, port = settings.ops_host, settings.ops_listener_port
    has_told = False
    while True:
        try:
            return OpsServer(host, port, lambda path: answer(path, settings, observer))
        except OSError as error:
            if not has_told:
                log.warning("ops port not free", port=port, error=type(error).__name__)
                has_told = True
        until = time.monotonic() + AGAIN_SECONDS
        while time.monotonic() < until:
            if stop.wait(LOOK_SECONDS):
                return None


def answer(path: str, settings: Settings, observer: Observer) -> tuple[int, str, bytes]:
    """Return status, content type and body for one path."""
    if path == "/metrics":
        return 200, CONTENT_TYPE, write_exposition(settings.data_dir, observer.look())
    if path == "/healthz":
        return 200, JSON, b'{"status": "ok"}\n'
    if path == "/readyz":
        standing = observer.look()
        body = json.dumps(as_json(standing), indent=1).encode() + b"\n"
        return (503 if standing.health is Health.UNAVAILABLE else 200), JSON, body
    return 404, JSON, b'{"status": 404}\n'


class OpsServer(ThreadingHTTPServer):
    """A small server of fixed paths."""

    daemon_threads = True

    def __init__(self, host: str, port: int, give: Callable[[str], tuple[int, str, bytes]]) -> None:
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self.give = give
        super().__init__((host, port), _Handler)

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing about somebody who has hung up; what fails here is logged where it fails."""


class _Handler(BaseHTTPRequestHandler):
    """GET and HEAD of fixed paths; the path goes nowhere else, and nothing that was sent is repeated."""

    timeout = ASKING_SECONDS
    protocol_version = "HTTP/1.0"
    server: OpsServer

    def do_GET(self) -> None:
        try:
            self._send(*self.server.give(self.path.partition("?")[0]))
        except OSError:
            raise
        except Exception as error:
            log.error("ops answer failed", error=type(error).__name__)  # noqa: TRY400 - the class alone, as everywhere
            self._send(500, JSON, b'{"status": 500}\n')

    do_HEAD = do_GET  # noqa: N815 - the library's name

    def _send(self, status: int, kind: str, body: bytes) -> None:
        self.send_response_only(status)
        for name, value in (("Content-Type", kind), ("Content-Length", str(len(body))), ("Cache-Control", "no-store")):
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:  # noqa: ARG002 - the library's signature; its page would repeat what was sent
        """Refuse what is no request of ours in fixed words."""
        self.close_connection = True
        status = HTTPStatus(code).value
        self.command = getattr(self, "command", None) or "GET"
        self.request_version = "HTTP/1.0"
        self._send(status, JSON, f'{{"status": {status}}}\n'.encode())

    def log_message(self, *args: object) -> None:
        """Keep no access log: it is asked every few seconds."""
