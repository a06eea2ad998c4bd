"""A private Isso for comparison: its package and gunicorn in an environment of their own, kept between runs."""

import contextlib
import json
import os
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.peers.seed import THREAD, seed_texts

_PACKAGES = ("isso", "gunicorn")
# Two processes, as ours has. Nobody moderates, and its guard, which is its rate limit, is off; the rest is its default.
_PROCESSES = 2
_CONFIG = """[general]
dbpath = {directory}/comments.db
host = http://127.0.0.1:{port}/
[moderation]
enabled = false
[guard]
enabled = false
[server]
listen = http://127.0.0.1:{port}
[admin]
enabled = false
"""
_START_SECONDS = 60


@dataclass(frozen=True)
class Isso:
    """A running Isso with one thread of a hundred comments."""

    url: str
    database: Path
    version: str

    @property
    def thread_url(self) -> str:
        """All comments of the thread as JSON, as its script asks for them."""
        return f"{self.url}/?uri={THREAD}"

    def count(self) -> int:
        """Return how many comments are in its database."""
        with contextlib.closing(sqlite3.connect(self.database)) as connection:
            return int(connection.execute("SELECT count(*) FROM comments").fetchone()[0])

    def post(self, text: str, number: int) -> None:
        """Post one comment to the thread."""
        body = {"author": f"Reader {number}", "email": f"reader{number}@example.org", "text": text, "title": "Bench"}
        request = urllib.request.Request(  # noqa: S310 - our own address
            f"{self.url}/new?uri={THREAD}", json.dumps(body).encode(), {"Content-Type": "application/json"}
        )
        urllib.request.urlopen(request, timeout=10).close()  # noqa: S310 - our own address


@contextlib.contextmanager
def running_isso(directory: Path, port: int) -> Iterator[Isso]:
    """Run a fresh Isso for the length of the block; its environment stays in the directory for the next time."""
    python = _install(directory / "venv")
    for old in directory.glob("comments.db*"):
        old.unlink()
    config = directory / "isso.cfg"
    config.write_text(_CONFIG.format(directory=directory.absolute(), port=port), encoding="utf-8")
    address = ["-b", f"127.0.0.1:{port}", "-w", str(_PROCESSES)]
    with (directory / "log").open("wb") as log:
        process = subprocess.Popen(
            [python.with_name("gunicorn"), *address, "--preload", "isso.run"],
            env=os.environ | {"ISSO_SETTINGS": str(config.absolute())},
            cwd=directory,
            stdout=log,
            stderr=log,
        )
    isso = Isso(f"http://127.0.0.1:{port}", directory / "comments.db", _version(python))
    try:
        _wait(isso, process)
        for number, text in enumerate(seed_texts()):
            isso.post(text, number)
        yield isso
    finally:
        process.terminate()
        process.wait()


def _install(venv: Path) -> Path:
    python = venv / "bin" / "python"
    if not (venv / "bin" / "isso").exists():
        venv.parent.mkdir(parents=True, exist_ok=True)
        subprocess.run([sys.executable, "-m", "venv", venv], check=True)
        subprocess.run([python, "-m", "pip", "install", "-q", "--disable-pip-version-check", *_PACKAGES], check=True)
    return python.absolute()


def _version(python: Path) -> str:
    code = "import importlib.metadata as m; print(*(f'{name} {m.version(name)}' for name in ('isso', 'gunicorn')))"
    return subprocess.run([python, "-c", code], capture_output=True, text=True, check=True).stdout.strip()


def _wait(isso: Isso, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + _START_SECONDS
    while not _answers(isso):
        if process.poll() is not None or time.monotonic() > until:
            raise SystemExit("Isso did not start; its log is beside its database")
        time.sleep(0.1)


def _answers(isso: Isso) -> bool:
    try:
        urllib.request.urlopen(isso.thread_url, timeout=5).close()  # noqa: S310 - our own address
    except urllib.error.HTTPError:
        return True  # it has no comments yet
    except OSError:
        return False
    return True
