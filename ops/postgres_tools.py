"""PostgreSQL's own programs for dumping and restoring, run without a password on their command line."""

import contextlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO

from comments.store.database import parse_url
from ops.problems import Problem

# A service that still runs must not keep a restore waiting for ever. What was not there to be dropped is no news.
_OPTIONS = "-c lock_timeout=15s -c client_min_messages=warning"
# Secrets of an address besides its password. libpq knows no variable for them, only a file of services.
_OTHER_SECRETS = ("sslpassword", "oauth_client_secret", "scram_client_key", "scram_server_key")
_SERVICE = "replydesk"
# pg_restore drops what the dump has. A table that is newer than the dump would stay, or hold on to one it refers to.
# What belongs to an extension is not ours to drop.
_DROP_ALL = """
DO $$ DECLARE each record; BEGIN
    FOR each IN
        SELECT relname AS name FROM pg_catalog.pg_class
        WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p')
        AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend WHERE objid = pg_class.oid AND deptype = 'e')
    LOOP
        EXECUTE format('DROP TABLE IF EXISTS %I.%I CASCADE', current_schema(), each.name);
    END LOOP;
    FOR each IN
        SELECT oid::regprocedure AS name FROM pg_catalog.pg_proc
        WHERE pronamespace = current_schema()::regnamespace AND prorettype = 'trigger'::regtype
        AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend WHERE objid = pg_proc.oid AND deptype = 'e')
    LOOP
        EXECUTE format('DROP FUNCTION %s', each.name);
    END LOOP;
END $$;
"""


def run_tool(name: str, arguments: Sequence[str], url: str) -> None:
    """Run `pg_dump` on a database. Raises Problem with what it said first."""
    command = [find_tool(name), *arguments, f"--dbname={connection_string(url)}"]
    with _environment(url) as environment:
        done = subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    if done.returncode:
        raise _failed(name, done.stderr, done.returncode)


def restore_over(url: str, dump: Path, *, but_first: str = "") -> None:
    """Put a dump in the place of all tables of a database, in one transaction: whole or not at all. Raises Problem.

    `but_first` is one more statement, for when the old tables have gone.
    """
    # pg_restore writes what psql is to do: by itself it could not drop in the same transaction what is not in the dump.
    writer = [find_tool("pg_restore"), "--file=-", "--clean", "--if-exists", "--no-owner", "--no-privileges", str(dump)]
    psql = [find_tool("psql"), "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", f"--dbname={connection_string(url)}"]
    with tempfile.TemporaryFile() as said, _environment(url) as environment:
        with subprocess.Popen(
            psql, env=environment, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=said
        ) as session:
            assert session.stdin is not None  # noqa: S101 - it is a pipe
            _tell(session.stdin, f"BEGIN;{_DROP_ALL}{but_first};")
            written = subprocess.run(writer, stdout=session.stdin, stderr=subprocess.PIPE, check=False)
            if not written.returncode:
                _tell(session.stdin, "COMMIT;\n")  # without it, what was done is undone at the end of the session
            _close(session.stdin)
        said.seek(0)
        if session.returncode:
            raise _failed("psql", said.read(), session.returncode)
    if written.returncode:
        raise _failed("pg_restore", written.stderr, written.returncode)


def _tell(session: IO[bytes], statements: str) -> None:
    with contextlib.suppress(BrokenPipeError):  # it has ended, and its own message says why
        session.write(statements.encode())
        session.flush()


def _close(session: IO[bytes]) -> None:
    with contextlib.suppress(BrokenPipeError):
        session.close()


def find_tool(name: str) -> str:
    """Return where one of PostgreSQL's programs is. Raises Problem."""
    program = shutil.which(name)
    if program is None:
        raise Problem(f"there is no {name} on PATH; install PostgreSQL's client programs, of the server's version")
    return program


@contextlib.contextmanager
def _environment(url: str) -> Iterator[dict[str, str]]:
    with _secrets_of(url) as secrets:
        yield {**os.environ, "PGOPTIONS": _OPTIONS, **secrets}


def _failed(name: str, said: bytes, code: int) -> Problem:
    lines = said.decode(errors="replace").splitlines()
    return Problem(f"{name} failed: {next((line for line in lines if line.strip()), f'it ended with {code}')}")


def connection_string(url: str) -> str:
    """Return a database address as libpq's `key='value'` list, without any secret."""
    address = parse_url(url)
    known = {"dbname": address.database, "host": address.host, "port": address.port, "user": address.username}
    parts = {name: value for name, value in known.items() if value is not None} | dict(address.query)
    public = {name: value for name, value in parts.items() if name not in {"password", *_OTHER_SECRETS}}
    return " ".join(f"{name}='{_escaped(str(value))}'" for name, value in public.items())


@contextlib.contextmanager
def _secrets_of(url: str) -> Iterator[dict[str, str]]:
    """Give the variables that hand an address's secrets to libpq. Raises Problem when there is no way for them."""
    address = parse_url(url)
    # As the service's own driver reads it, what stands in the query wins.
    password = address.query.get("password", address.password)
    others = {name: str(address.query[name]) for name in _OTHER_SECRETS if name in address.query}
    found = {} if password is None else {"PGPASSWORD": str(password)}
    if not others:
        yield found
        return
    if "service" in address.query:
        raise Problem(f"write {', '.join(others)} into the service file that the database address names")
    with tempfile.TemporaryDirectory(prefix="replydesk-") as private:  # made with mode 0700
        file = Path(private, "services")
        file.write_text("\n".join([f"[{_SERVICE}]", *(f"{name}={value}" for name, value in others.items()), ""]))
        yield found | {"PGSERVICEFILE": str(file), "PGSERVICE": _SERVICE}


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace("'", "\\'")
