"""Copies of the database go with the command that made them; what a killed one has left is named and removed."""

import os
import signal
import subprocess
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from comments.settings import load_settings
from comments.store import open_store
from comments.store.scratch import left_databases, remove_left_databases, scratch_database
from ops.clock import utc_now
from ops.doctor import look_at_everything
from ops.examinations import State
from ops.working_copies import left_copies, working_directory
from tests.ops.commands import Shell
from tests.servers.postgres import Postgres
from tests.servers.replydesk import under_test, wait_until

on_sqlite = pytest.mark.parametrize("migrated", ["sqlite"], indirect=True)
on_postgresql = pytest.mark.parametrize("migrated", ["postgresql"], indirect=True)
# So many that to count them takes a command longer than to be sent a signal.
MANY_ROWS = """
WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 100000)
INSERT INTO leases (name, holder, until_at) SELECT 'lease/' || n, 'nobody', 0 FROM numbers
"""
START_SECONDS = 60
ENDED_BY_SIGTERM = 128 + signal.SIGTERM


@pytest.fixture
def large(migrated: Shell) -> Shell:
    """A shell in an installation that no command is done with at once."""
    store = open_store(load_settings().database)
    with store.database.write() as connection:
        connection.exec_driver_sql(MANY_ROWS)
    store.close()
    return migrated


def send(number: signal.Signals, when: Callable[[], object], *command: str) -> int:
    """Run a command in a process of its own, send it a signal as soon as `when` holds, and return its exit code."""
    with subprocess.Popen([*under_test(), *command], stderr=subprocess.DEVNULL) as process:
        wait_until(lambda: when() or process.poll() is not None, seconds=START_SECONDS)
        process.send_signal(number)
        return process.wait(START_SECONDS)


def copies_in(directory: Path) -> list[Path]:
    return list(directory.glob(".replydesk-*"))


@on_sqlite
@pytest.mark.parametrize("command", ["backup", "drill", "restore"])
def test_a_command_that_is_told_to_end_takes_its_copies_along(
    large: Shell, tmp_path: Path, data_dir: Path, command: str
) -> None:
    # given
    words = {"backup": ["new.backup"], "drill": [], "restore": ["saved.backup", "--force"]}[command]
    arguments = [str(tmp_path / word) if word.endswith("backup") else word for word in words]
    if command == "restore":
        assert large.run("backup", arguments[0]).code == 0
    where = tmp_path if command == "backup" else data_dir

    # when
    code = send(signal.SIGTERM, lambda: copies_in(where), command, *arguments)

    # then
    assert code == ENDED_BY_SIGTERM, "else it ended by itself, and this proves nothing"
    assert copies_in(where) == []
    assert not (tmp_path / "new.backup").exists()


@on_postgresql
def test_its_database_goes_too(large: Shell, data_dir: Path, postgres: Postgres) -> None:
    code = send(signal.SIGTERM, lambda: scratch_databases(postgres), "drill")

    assert code == ENDED_BY_SIGTERM, "else it ended by itself, and this proves nothing"
    assert scratch_databases(postgres) == []
    assert copies_in(data_dir) == []


@on_postgresql
def test_what_a_killed_one_has_left_is_named_and_removed(
    large: Shell, data_dir: Path, tmp_path: Path, postgres: Postgres
) -> None:
    # given
    assert send(signal.SIGKILL, lambda: scratch_databases(postgres), "drill") == -signal.SIGKILL
    [database], [directory] = scratch_databases(postgres), copies_in(data_dir)
    wait_until(lambda: left_databases(load_settings().database))  # the programs it had started end after it

    # when
    found = look_at_everything(load_settings())["left copies"]
    done = large.run("backup", str(tmp_path / "new.backup"))

    # then
    assert found.state is State.PROBLEM
    assert database in found.said
    assert directory.name in found.said
    assert (done.code, done.err) == (0, "")
    assert scratch_databases(postgres) == []
    assert copies_in(data_dir) == []
    assert look_at_everything(load_settings())["left copies"].state is State.OK


def scratch_databases(postgres: Postgres) -> list[str]:
    with postgres.connect("postgres") as connection:
        rows = connection.execute("SELECT datname FROM pg_database WHERE datname LIKE 'replydesk_scratch_%'")
        return [row[0] for row in rows]


def test_a_database_in_use_is_let_be(postgresql_url: str, tmp_path: Path) -> None:
    with scratch_database(postgresql_url, tmp_path) as url:
        assert left_databases(postgresql_url) == ()
        remove_left_databases(postgresql_url)
        beside = open_store(url)
        with beside.database.read() as connection:
            assert connection.exec_driver_sql("SELECT 1").scalar_one() == 1
        beside.close()


def test_a_copy_in_use_is_let_be(installed: Shell, data_dir: Path) -> None:
    with working_directory(data_dir, "drill") as directory:
        (directory / "copy").write_text("all that readers wrote")

        done = installed.run("backup", str(data_dir / "new.backup"))

        assert done.code == 0
        assert (directory / "copy").exists()
        assert left_copies(data_dir) == ()
    assert copies_in(data_dir) == []


@pytest.mark.parametrize(
    ("name", "age", "is_left"),
    [
        (".replydesk-drill-abcd_123", timedelta(days=2), True),
        (".replydesk-drill-abcd_123", timedelta(minutes=5), False),
        (".replydesk-settings", timedelta(days=2), False),
        (".replydesk-drill-of-mine", timedelta(days=2), False),
    ],
)
def test_a_copy_without_a_lock_is_left_when_it_is_old(tmp_path: Path, name: str, age: timedelta, is_left: bool) -> None:
    # given: earlier versions took no lock
    (tmp_path / name).mkdir()
    made_at = (utc_now() - age).timestamp()
    os.utime(tmp_path / name, (made_at, made_at))

    # when
    with working_directory(tmp_path, "backup"):
        stayed = (tmp_path / name).exists()

    # then
    assert stayed is not is_left
