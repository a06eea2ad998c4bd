"""`replydesk up` as an operator sees it: one command, real processes, killed and stopped in every way."""

import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from comments.settings import load_settings
from comments.store import open_store

pytestmark = pytest.mark.faults

ROOT = Path(__file__).parents[2]
PATIENCE_SECONDS = 60.0


class Up:
    """A running `up`, what it said, and what it keeps running."""

    def __init__(self, process: subprocess.Popen[bytes], port: int, directory: Path) -> None:
        self.process = process
        self.base = f"http://127.0.0.1:{port}"
        self.directory = directory

    def said(self) -> str:
        return (self.directory / "out").read_text()

    def log(self) -> str:
        return (self.directory / "err").read_text()

    def family(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)

    def child(self, role: str) -> psutil.Process:
        """Return the direct child with this word in its command."""
        found = [child for child in psutil.Process(self.process.pid).children() if role in " ".join(child.cmdline())]
        assert len(found) == 1, f"{len(found)} {role}"
        return found[0]

    def get(self, path: str) -> str:
        with urllib.request.urlopen(self.base + path, timeout=10) as answer:
            return str(answer.read().decode())

    def is_ready(self) -> bool:
        try:
            return bool(json.loads(self.get("/readyz"))["status"] == "ok")
        except (OSError, ValueError):
            return False

    def post(self, text: str) -> str:
        """Post a comment and return its receipt's address."""
        thread = {"key": "border-strikes", "url": f"{self.base}/", "title": "Strikes"}
        body = {"site": "demo", "thread": thread, "name": "Ada", "email": "ada@example.org", "text": text}
        request = urllib.request.Request(
            f"{self.base}/api/v1/comments",
            json.dumps(body).encode(),
            {"Content-Type": "application/json", "Accept": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=10) as answer:
            assert answer.status == 202
            return str(json.load(answer)["receipt_url"]).removeprefix(self.base)

    def status(self, receipt: str) -> str:
        request = urllib.request.Request(self.base + receipt, headers={"Accept": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return str(json.load(answer)["status"])
        except (OSError, ValueError):
            return "unknown"


def until(is_so: Callable[[], bool], up: Up) -> None:
    ends_at = time.monotonic() + PATIENCE_SECONDS
    while not is_so():
        assert time.monotonic() < ends_at, f"it never became so\n{up.log()[-3000:]}"
        time.sleep(0.05)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running_up(directory: Path, *arguments: str) -> Iterator[Up]:
    directory.mkdir(exist_ok=True)
    port = free_port()
    command = [sys.executable, "-m", "ops", "up", "--port", str(port), "--data", str(directory / "data"), *arguments]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("REPLYDESK_")}
    with (directory / "out").open("wb") as out, (directory / "err").open("wb") as err:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=out, stderr=err)
    up = Up(process, port, directory)
    family: list[psutil.Process] = []
    try:
        until(lambda: "running" in up.said() or process.poll() is not None, up)
        family = up.family() if process.poll() is None else []
        yield up
    finally:
        if process.poll() is None:
            family += up.family()
            process.send_signal(signal.SIGTERM)
        try:
            process.wait(PATIENCE_SECONDS)
        finally:
            for one in family:
                if one.is_running():
                    one.kill()
            process.kill()


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    """One `up --demo` for the tests that leave it running."""
    with running_up(tmp_path_factory.mktemp("up"), "--demo") as running:
        until(running.is_ready, running)
        yield running


def test_it_says_where_everything_is(up: Up) -> None:
    said = up.said()

    assert f"{up.base}/" in said
    link = re.search(rf"{up.base}(/review/setup/[A-Za-z0-9_-]+)\n", said)
    assert link, said
    assert "<form" in up.get(link[1])
    assert "Harmattan" in up.get("/")


def test_its_files_are_for_this_user_alone(up: Up) -> None:
    data = up.directory / "data"
    loose = [path for path in [data, *data.rglob("*")] if path.lstat().st_mode & 0o077]

    assert list(data.rglob("*")), "else this proves nothing"
    assert not loose


def test_a_comment_is_settled(up: Up) -> None:
    receipt = up.post("Thank you for reporting on both sides of this.")

    until(lambda: up.status(receipt) == "approved", up)


def test_no_second_one_runs_in_the_same_directory(up: Up, capsys: pytest.CaptureFixture[str]) -> None:
    command = [sys.executable, "-m", "ops", "up", "--port", str(free_port()), "--data", str(up.directory / "data")]

    second = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)

    assert second.returncode == 1
    assert second.stderr.count("\n") == 1
    assert "another `replydesk up`" in second.stderr


@pytest.mark.parametrize("role", ["valkey-server", "ops worker", "ops web"])
def test_what_is_killed_comes_back_and_comments_are_settled(up: Up, role: str) -> None:
    killed = up.child(role)

    killed.kill()
    psutil.wait_procs([killed], timeout=PATIENCE_SECONDS)
    until(up.is_ready, up)

    receipt = up.post(f"After the {role} was killed there is still something to say.")
    until(lambda: up.status(receipt) == "approved", up)
    assert up.child(role).pid != killed.pid


@pytest.mark.parametrize(
    "sent",
    [
        b"GET / HTTP/1.1\r\nHost: x\r\n",
        b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n",
        (
            b"POST /api/v1/comments HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            b"Content-Length: 500\r\n\r\n{"
        ),
    ],
    ids=["slow head", "idle connection", "slow body"],
)
def test_three_hundred_slow_clients_stop_nobody(up: Up, sent: bytes) -> None:
    port = int(up.base.rpartition(":")[2])
    is_whole = sent.endswith(b"\r\n\r\n")
    with contextlib.ExitStack() as stack:
        for _ in range(300):
            client = stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_SECONDS))
            client.sendall(sent)
            if is_whole:
                assert client.recv(12) == b"HTTP/1.1 200", "three hundred at once would be a crowd, not idle"

        began = time.monotonic()
        answer = up.get("/healthz")

        assert "ok" in answer
        assert time.monotonic() - began < 5


def test_the_log_has_no_words_of_readers(up: Up) -> None:
    up.post("Xylophone is a word that only this comment has.")

    assert '"event": "request"' in up.log(), "else this proves nothing"
    assert "Xylophone" not in up.log()
    assert "ada@example" not in up.log()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_stops_in_order_and_cleanly(tmp_path: Path, number: signal.Signals) -> None:
    with running_up(tmp_path / "up") as up:
        family = up.family()

        up.process.send_signal(number)
        code = up.process.wait(PATIENCE_SECONDS)

        assert code == 0
        assert not [one for one in family if one.is_running()]
        stopped = [line["child"] for line in map(json.loads, up.log().splitlines()) if line["event"] == "stopped"]
        assert stopped == ["the web server", "the worker", "the listener", "Valkey"]
        assert '"level": "error"' not in up.log()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child of its parent's death")
def test_when_it_is_killed_everything_ends_and_starts_again(tmp_path: Path) -> None:
    with running_up(tmp_path / "up", "--demo") as up:
        until(up.is_ready, up)
        receipt = up.post("What was accepted is kept, whatever is killed.")
        family = up.family()
        assert len(family) >= 6, "else this proves nothing"

        up.process.kill()

        _, alive = psutil.wait_procs(family, timeout=PATIENCE_SECONDS)
        assert not alive
        up.process.wait()

    with running_up(tmp_path / "up", "--demo") as again:
        until(lambda: again.status(receipt) == "approved", again)


def test_a_moderator_who_is_there_gets_no_setup_link(tmp_path: Path) -> None:
    directory = tmp_path / "up"
    data = directory / "data"
    directory.mkdir()
    command = [sys.executable, "-m", "ops"]
    environment = os.environ | {"REPLYDESK_DATA_DIR": str(data)}
    for arguments in (["migrate"], ["moderator", "add", "ada"]):
        subprocess.run(
            [*command, *arguments], cwd=ROOT, env=environment, input=b"four quiet unrelated words\n", check=True
        )

    with running_up(directory) as up:
        assert "setup" not in up.said()
        assert f"{up.base}/review/" in up.said()
        store = open_store(load_settings(data_dir=data).database)
        assert store.sites.all() == (), "the demo's site comes only with --demo"
        store.close()
