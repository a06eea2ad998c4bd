"""A real nginx with our example configuration, on a loopback port of its own."""

import contextlib
import os
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from http.client import HTTPSConnection
from pathlib import Path

import pytest

from tests.deploy.reading import DEPLOY
from tests.servers.certificates import make_certificate

START_SECONDS = 10.0
_LIVE = "/etc/letsencrypt/live/comments.example.org"


@dataclass(frozen=True)
class Answer:
    """What nginx passed on or said itself."""

    status: int
    headers: dict[str, str]
    body: str


@dataclass(frozen=True)
class Nginx:
    """A running nginx. `host` is the name it serves."""

    port: int
    host: str = "comments.example.org"

    def ask(
        self, method: str, path: str, body: bytes | None = None, *, source: str = "127.0.0.1", **headers: str
    ) -> Answer:
        """Send one request from an address of this machine, on a connection of its own."""
        trust = ssl.create_default_context()
        trust.check_hostname, trust.verify_mode = False, ssl.CERT_NONE
        connection = HTTPSConnection("127.0.0.1", self.port, timeout=10, context=trust, source_address=(source, 0))
        with contextlib.closing(connection):
            sent = {"Host": self.host} | {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request(method, path, body=body, headers=sent)
            answer = connection.getresponse()
            found = {name.lower(): value for name, value in answer.getheaders()}
            return Answer(answer.status, found, answer.read().decode())


def find_nginx() -> str:
    """Return nginx, or skip: Debian has it in nginx-light."""
    found = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if found is None:
        pytest.skip("no nginx here: deploy/nginx is not tried")
    return found


def configuration(folder: Path, *, port: int, upstream: int) -> Path:
    """Write deploy/nginx/replydesk.conf with this machine's ports and paths into a whole configuration."""
    certificate, key = make_certificate(folder)
    text = (DEPLOY / "nginx/replydesk.conf").read_text()
    for said, here in (
        ("listen 443 ssl", f"listen 127.0.0.1:{port} ssl"),
        ("127.0.0.1:8000", f"127.0.0.1:{upstream}"),
        (f"{_LIVE}/fullchain.pem", str(certificate)),
        (f"{_LIVE}/privkey.pem", str(key)),
        ("/var/cache/nginx/replydesk", str(folder / "cache")),
    ):
        assert said in text, f"the example has no {said!r} any more"
        text = text.replace(said, here)
    whole = folder / "nginx.conf"
    kept = "".join(
        f"{name}_temp_path {folder}/{name};\n" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    # Started by root its processes would be nobody's, who may not look into a test's folder.
    user = "user root; " if os.geteuid() == 0 else ""
    whole.write_text(
        f"{user}daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log;\n"
        f"events {{ worker_connections 64; }}\nhttp {{\n{kept}{text}\n}}\n"
    )
    return whole


@contextlib.contextmanager
def running_nginx(folder: Path, *, upstream: int) -> Iterator[Nginx]:
    """Run it before a server on `upstream` for the length of the block."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    command = [find_nginx(), "-p", str(folder), "-c", str(configuration(folder, port=port, upstream=upstream))]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        _wait(process, port)
        yield Nginx(port)
    finally:
        process.terminate()
        process.wait(START_SECONDS)


def _wait(process: subprocess.Popen[bytes], port: int) -> None:
    until = time.monotonic() + START_SECONDS
    while True:
        assert process.poll() is None, "nginx ended"
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        assert time.monotonic() < until, "nginx does not answer"
        time.sleep(0.02)
