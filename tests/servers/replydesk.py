"""A whole Replydesk for the tests, started as an operator would: `python -m ops up --demo` in its own directory."""

import contextlib
import http.client
import json
import os
import re
import shlex
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

START_SECONDS = 60
STOP_SECONDS = 30


@dataclass(frozen=True)
class Answer:
    """What came back: status, headers by lower-case name, body."""

    status: int
    headers: Mapping[str, str]
    body: str

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args: object, **kwargs: object) -> None:
        return None


@dataclass
class Replydesk:
    """A running service. `log` holds all it printed."""

    process: subprocess.Popen[bytes]
    url: str
    data: Path
    log: Path

    def ask(
        self, method: str, path: str, *, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """Send one request; an error status is an answer too. Raises OSError when nobody answers."""
        request = urllib.request.Request(self.url + path, data=body, method=method, headers=dict(headers or {}))
        opener = urllib.request.build_opener(_NoRedirects)
        try:
            with opener.open(request, timeout=10) as response:
                return Answer(response.status, _lower(response.headers), response.read().decode())
        except urllib.error.HTTPError as error:
            with error:
                return Answer(error.code, _lower(error.headers), error.read().decode())
        except http.client.HTTPException as broken:  # killed in the middle of its answer
            raise ConnectionError(type(broken).__name__) from broken

    def get(self, path: str) -> Answer:
        """Get a page as a browser would."""
        return self.ask("GET", path, headers={"Accept": "text/html"})

    def post(self, text: str, *, key: str = "", **fields: object) -> Answer:
        """Post a reply to the demo's thread "border-strikes" through the public endpoint."""
        thread = {"key": "border-strikes", "url": self.url + "/", "title": "Strikes"}
        submission = {"site": "demo", "thread": thread, "name": "Ada", "email": "ada@example.org", "text": text}
        headers = {"Content-Type": "application/json"} | ({"Idempotency-Key": key} if key else {})
        return self.ask("POST", "/api/v1/comments", body=json.dumps(submission | fields).encode(), headers=headers)

    def status(self, accepted: Mapping[str, Any]) -> str:
        """Return the status of an accepted comment from its receipt."""
        path = "/" + accepted["receipt_url"].split("/", 3)[3]
        return str(self.ask("GET", path, headers={"Accept": "application/json"}).json["status"])

    def public_texts(self) -> list[str]:
        """Return every text that is public in the thread now, all pages of it."""
        texts: list[str] = []
        after = ""
        while True:
            page = self.ask("GET", f"/api/v1/comments?site=demo&thread=border-strikes&sort=oldest{after}").json
            texts += [text for conversation in page["comments"] for text in _texts(conversation)]
            if not page["next_after"]:
                return texts
            after = f"&after={page['next_after']}"

    def children(self, *words: str) -> list[psutil.Process]:
        """Return the running processes below the supervisor whose command line holds all the words."""
        found = psutil.Process(self.process.pid).children(recursive=True)
        return [process for process in found if all(word in _command(process) for word in words)]

    def stop(self, *, by: int = signal.SIGTERM) -> int:
        """Ask the supervisor to end and return its exit code."""
        self.process.send_signal(by)
        return self.process.wait(STOP_SECONDS)


def wait_until(claim: Callable[[], Any], *, seconds: float = 30) -> Any:
    """Wait for `claim` to hold and return what it returned. An OSError counts as not yet."""
    until = time.monotonic() + seconds
    while True:
        with contextlib.suppress(OSError):
            if found := claim():
                return found
        assert time.monotonic() < until, f"did not hold within {seconds} s: {getattr(claim, '__name__', claim)}"
        time.sleep(0.02)


@contextlib.contextmanager
def running_replydesk(
    directory: Path, *, variables: Mapping[str, str] | None = None, home: Path | None = None, **settings: str
) -> Iterator[Replydesk]:
    """Run the service with the demo site for the length of the block; kill what is left of it afterwards.

    `variables` are the environment's beside the settings, `home` is the working directory.
    `{port}` in a setting stands for the port it gets.
    """
    port = free_port()
    log = directory / "console.log"
    environment = {name: value for name, value in os.environ.items() if not name.startswith("REPLYDESK_")}
    environment |= {f"REPLYDESK_{name.upper()}": value.replace("{port}", str(port)) for name, value in settings.items()}
    environment |= dict(variables or {})
    command = [*under_test(), "up", "--demo", "--port", str(port), "--data", str(directory / "data")]
    with log.open("wb") as console:
        process = subprocess.Popen(command, env=environment, cwd=home, stdout=console, stderr=subprocess.STDOUT)
    running = Replydesk(process, f"http://127.0.0.1:{port}", directory / "data", log)
    try:
        wait_until(lambda: _is_up(running), seconds=START_SECONDS)
        yield running
    finally:
        _kill_all(process)


def under_test() -> list[str]:
    """Return what starts a command of ours: this checkout, or what stands in for it, an image for example."""
    return shlex.split(os.environ.get("REPLYDESK_UNDER_TEST", "")) or [sys.executable, "-m", "ops"]


def setup_link(running: Replydesk) -> str:
    """Return the path of the one-time link that the supervisor printed."""
    return str(wait_until(lambda: re.search(r"(/review/setup/[\w-]+)", _console(running)))[1])


def _console(running: Replydesk) -> str:
    # A terminal library may break a long line; the link has no spaces, so joining the lines restores it.
    return running.log.read_text().replace("\n", "").replace(" ", "").replace("│", "").replace("║", "")


def _is_up(running: Replydesk) -> bool:
    assert running.process.poll() is None, f"the service ended: {running.log.read_text()[-2000:]}"
    return running.get("/healthz").status == 200 and running.ask("GET", "/readyz").json["status"] == "ok"


def _kill_all(process: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(psutil.NoSuchProcess):
        family = psutil.Process(process.pid).children(recursive=True)
        if process.poll() is None:
            process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(STOP_SECONDS)
        for member in family:
            with contextlib.suppress(psutil.NoSuchProcess):
                member.kill()
    process.kill()
    process.wait()


def free_port() -> int:
    """Return a port of this machine that nobody uses just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _lower(headers: Any) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


def _texts(conversation: Mapping[str, Any]) -> Iterator[str]:
    yield conversation["text"]
    for reply in conversation.get("replies", ()):
        yield from _texts(reply)


def _command(process: psutil.Process) -> str:
    try:
        return " ".join(process.cmdline())
    except psutil.Error:
        return ""
