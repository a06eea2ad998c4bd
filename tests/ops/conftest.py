"""An installation of its own for each test, and a shell in it."""

import logging
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from tests.ops.commands import Shell
from tests.servers.postgres import Postgres, find_binaries


@pytest.fixture
def data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The data directory of the settings in force; it is not there yet."""
    path = tmp_path / "data"
    monkeypatch.setenv("REPLYDESK_DATA_DIR", str(path))
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.delenv("REPLYDESK_REDIS_URL", raising=False)
    monkeypatch.delenv("REPLYDESK_DATABASE_URL", raising=False)
    return path


@pytest.fixture
def shell(data_dir: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Shell]:
    """A shell in an installation where nothing was done yet. What commands change in their process is put back."""
    umask = os.umask(0o022)
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    root = logging.getLogger()
    logged_by, level = root.handlers[:], root.level
    yield Shell(monkeypatch, capsys)
    os.umask(umask)
    for number, handler in handlers.items():
        signal.signal(number, handler)
    structlog.reset_defaults()
    root.handlers[:] = logged_by
    root.setLevel(level)


@pytest.fixture
def installed(shell: Shell) -> Shell:
    """A shell in an installation that was migrated."""
    assert shell.run("migrate").code == 0
    return shell


@pytest.fixture(params=["sqlite", "postgresql"])
def migrated(request: pytest.FixtureRequest, shell: Shell, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shell]:
    """A shell in an installation that was migrated, on each kind of database."""
    if request.param == "sqlite":
        assert shell.run("migrate").code == 0
        yield shell
        return
    postgres: Postgres = request.getfixturevalue("postgres")
    name = postgres.create_empty()
    monkeypatch.setenv("REPLYDESK_DATABASE_URL", postgres.url(name))
    monkeypatch.setenv("PATH", f"{find_binaries()}:/usr/bin:/bin")
    assert shell.run("migrate").code == 0
    yield shell
    postgres.drop(name)
