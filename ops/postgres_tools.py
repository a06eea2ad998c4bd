"""PostgreSQL's own programs for dumping and restoring, run without a password on their command line."""

import os
import shutil
import subprocess
from collections.abc import Sequence

from comments.store.database import parse_url
from ops.problems import Problem

# A service that still runs must not keep a restore waiting for ever.
_OPTIONS = "-c lock_timeout=15s"


def run_tool(name: str, arguments: Sequence[str], url: str) -> None:
    """Run `pg_dump` or `pg_restore` on a database. Raises Problem with what it said first."""
    program = shutil.which(name)
    if program is None:
        raise Problem(f"there is no {name} on PATH; install PostgreSQL's client programs, as new as the server")
    address = parse_url(url)
    environment = {**os.environ, "PGOPTIONS": _OPTIONS}
    if address.password is not None:
        environment["PGPASSWORD"] = str(address.password)
    done = subprocess.run(
        [program, *arguments, f"--dbname={connection_string(url)}"],
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        said = next((line for line in done.stderr.splitlines() if line.strip()), f"it ended with {done.returncode}")
        raise Problem(f"{name} failed: {said}")


def connection_string(url: str) -> str:
    """Return a database address as libpq's `key='value'` list, without the password."""
    address = parse_url(url)
    known = {"dbname": address.database, "host": address.host, "port": address.port, "user": address.username}
    parts = {name: value for name, value in known.items() if value is not None} | dict(address.query)
    return " ".join(f"{name}='{_escaped(str(value))}'" for name, value in parts.items())


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace("'", "\\'")
