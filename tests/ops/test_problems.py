"""Expected failures: one line on stderr that says what to do, a code that is not 0, no traceback."""

import contextlib
import socket
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from comments.identity import load_root_key
from comments.settings import load_settings
from comments.store import open_store
from comments.wakeup import Wakeup
from ops.listener import answer
from ops.standing import Observer
from service.parts import Parts
from tests.ops.commands import Done, Shell
from tests.servers.postgres import Postgres


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


@pytest.mark.parametrize("command", [("worker",), ("up", "--port", "64997")])
def test_a_file_of_checkers_with_a_typo(
    installed: Shell, tmp_path: Path, command: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "checkers.toml"
    file.write_text('[[cheker]]\nname = "acme"\n')
    monkeypatch.setenv("REPLYDESK_CHECKERS_FILE", str(file))
    monkeypatch.setenv("REPLYDESK_REDIS_URL", "unix:///nowhere/valkey.sock")

    assert_one_line(installed.run(*command), "REPLYDESK_CHECKERS_FILE", "cheker")


@pytest.mark.parametrize("command", [("up", "--port", "64996"), ("worker",), ("doctor",), ("status",)])
def test_a_redis_address_that_is_none_is_not_repeated(
    installed: Shell, command: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REPLYDESK_REDIS_URL", "redis://:geheim/wort@cache:6379/0")

    done = installed.run(*command)

    assert_one_line(done, "REPLYDESK_REDIS_URL", "%2F")
    assert "geheim" not in done.err
    assert "wort" not in done.err


def test_a_demo_whose_service_does_not_run(shell: Shell) -> None:
    done = shell.run("demo", "replies", "--url", "http://127.0.0.1:9")

    assert done.code == 2
    assert "No service answers" in done.out
    assert "Traceback" not in done.err


# Who may log in, as an operator makes one: PostgreSQL 15 and later let nobody else make tables.
ADA = "CREATE ROLE ada LOGIN"


@pytest.fixture
def of_ada(shell: Shell, postgres: Postgres, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    """An installation of PostgreSQL whose user has no right; returns what its owner says to the server."""
    name = postgres.create_empty()
    url = postgres.url(name)
    with contextlib.closing(postgres.connect(name)) as connection:
        connection.execute(ADA)
        monkeypatch.setenv("REPLYDESK_DATABASE_URL", url.replace("replydesk@", "ada@"))

        def say(statement: str) -> None:
            connection.execute(statement.encode())

        yield say
        connection.execute("DROP OWNED BY ada")
        connection.execute("DROP ROLE ada")
    postgres.drop(name)


def test_a_user_that_may_make_no_tables(shell: Shell, of_ada: Callable[[str], None]) -> None:
    done = shell.run("migrate")

    assert_one_line(done, "refuses its user a right", "GRANT USAGE, CREATE ON SCHEMA public")
    of_ada("GRANT USAGE, CREATE ON SCHEMA public TO ada")
    assert shell.run("migrate").code == 0, "as it says"


def test_a_database_without_tables_is_told_by_every_look(shell: Shell, of_ada: Callable[[str], None]) -> None:
    # given: a data directory and its key, and PostgreSQL as it is before the first migration
    assert shell.run("migrate").code == 1

    # when
    status, doctor = shell.run("status", "--no-web"), shell.run("doctor")

    # then
    assert (status.code, status.err) == (1, "")
    assert "has to be migrated: replydesk migrate" in status.out
    assert (doctor.code, doctor.err) == (1, "")
    assert "has an older schema" in doctor.out
    assert_one_line(shell.run("site", "list"), "replydesk migrate")


def test_the_listener_answers_without_tables(shell: Shell, of_ada: Callable[[str], None]) -> None:
    assert shell.run("migrate").code == 1
    settings = load_settings()
    with contextlib.closing(open_store(settings.database)) as store:
        parts = Parts(settings, store, load_root_key(settings.root_key_path), Wakeup(None))
        observer = Observer(parts, None, asks_web=False)

        ready, metrics = answer("/readyz", settings, observer), answer("/metrics", settings, observer)

    assert (ready[0], metrics[0]) == (503, 200)
    assert b'replydesk_health{part="migrations"} 0' in metrics[2]


def test_tables_of_somebody_else(shell: Shell, of_ada: Callable[[str], None], monkeypatch: pytest.MonkeyPatch) -> None:
    # given: tables that another user has made
    theirs = load_settings().database
    monkeypatch.setenv("REPLYDESK_DATABASE_URL", theirs.replace("ada@", "replydesk@"))
    assert shell.run("migrate").code == 0
    monkeypatch.setenv("REPLYDESK_DATABASE_URL", theirs)

    # when
    status, doctor = shell.run("status", "--no-web"), shell.run("doctor")

    # then
    assert (status.code, status.err) == (1, "")
    assert "refuses its user a right" in status.out
    assert (doctor.code, doctor.err) == (1, "")
    assert "refuses its user a right" in doctor.out
    assert_one_line(shell.run("site", "list"), "refuses its user a right")
