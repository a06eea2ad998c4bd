"""Expected failures: one line on stderr that says what to do, a code that is not 0, no traceback."""

import socket
import sqlite3
from pathlib import Path

import pytest

from tests.ops.commands import Done, Shell


def assert_one_line(done: Done, *words: str) -> None:
    assert done.code != 0
    assert done.err.startswith("replydesk: ")
    assert done.err.count("\n") == 1
    assert "Traceback" not in done.err
    for word in words:
        assert word in done.err


@pytest.mark.parametrize("command", [("up",), ("web",), ("worker",), ("migrate",), ("doctor",), ("site", "list")])
def test_a_bad_setting_is_named(shell: Shell, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]) -> None:
    monkeypatch.setenv("REPLYDESK_WEB_WORKERS", "many")

    assert_one_line(shell.run(*command), "REPLYDESK_WEB_WORKERS")


@pytest.mark.parametrize("command", [("up",), ("web",), ("migrate",), ("doctor",), ("moderator", "list")])
def test_a_database_address_that_is_none_is_not_repeated(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    monkeypatch.setenv("REPLYDESK_DATABASE_URL", "mysql://user:secret@somewhere/db")

    done = shell.run(*command)

    assert_one_line(done, "postgresql://")
    assert "secret" not in done.err


@pytest.mark.parametrize("command", [("web",), ("doctor",), ("site", "list"), ("moderator", "add", "ada")])
def test_a_database_that_is_not_there_is_not_made_by_looking(
    shell: Shell, data_dir: Path, command: tuple[str, ...]
) -> None:
    assert_one_line(shell.run(*command), "replydesk migrate")

    assert not data_dir.exists()


def test_a_database_that_does_not_answer(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound, and nobody listens
        monkeypatch.setenv("REPLYDESK_DATABASE_URL", f"postgresql://u:secret@127.0.0.1:{taken.getsockname()[1]}/d")

        done = shell.run("migrate")

    assert_one_line(done, "REPLYDESK_DATABASE_URL")
    assert "secret" not in done.err


@pytest.mark.parametrize("command", ["up", "web", "migrate"])
def test_a_newer_database(installed: Shell, data_dir: Path, command: str) -> None:
    with sqlite3.connect(data_dir / "replydesk.sqlite3") as database:
        database.execute("UPDATE alembic_version SET version_num = '9999_later'")
    database.close()

    assert_one_line(installed.run(command), "newer Replydesk")


def test_a_missing_key(installed: Shell, data_dir: Path) -> None:
    (data_dir / "root.key").unlink()

    assert_one_line(installed.run("web"), "root.key", "No such file")


@pytest.mark.parametrize("command", ["up", "web", "migrate"])
def test_a_key_that_others_can_read(installed: Shell, data_dir: Path, command: str) -> None:
    (data_dir / "root.key").chmod(0o644)

    assert_one_line(installed.run(command), "chmod 600")


@pytest.mark.parametrize("command", ["up", "web"])
def test_a_port_that_is_taken(installed: Shell, command: str) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()

        done = installed.run(command, "--port", str(taken.getsockname()[1]))

    assert_one_line(done, "--port")


def test_a_host_that_is_nobody_s(installed: Shell) -> None:
    assert_one_line(installed.run("up", "--host", "no-such-host.invalid"), "--host")


def test_a_data_directory_that_cannot_be_made(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    assert_one_line(shell.run("up", "--data", str(tmp_path / "file" / "data"), "--port", "64999"), "--data")


def test_a_redis_that_does_not_answer(installed: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REPLYDESK_REDIS_URL", "unix:///nowhere/valkey.sock")

    assert_one_line(installed.run("up", "--port", "64998"), "REPLYDESK_REDIS_URL")


def test_a_worker_without_redis(installed: Shell) -> None:
    assert_one_line(installed.run("worker"), "REPLYDESK_REDIS_URL", "replydesk up")


def test_a_demo_whose_service_does_not_run(shell: Shell) -> None:
    done = shell.run("demo", "replies", "--url", "http://127.0.0.1:9")

    assert done.code == 2
    assert "No service answers" in done.out
    assert "Traceback" not in done.err
