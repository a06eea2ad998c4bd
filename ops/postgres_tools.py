"""PostgreSQL's own programs for dumping and restoring, run without a password on their command line."""

import contextlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from comments.store.database import parse_url
from ops.problems import Problem

# A service that still runs must not keep a restore waiting for ever.
_OPTIONS = "-c lock_timeout=15s"
# Secrets of an address besides its password. libpq knows no variable for them, only a file of services.
_OTHER_SECRETS = ("sslpassword", "oauth_client_secret", "scram_client_key", "scram_server_key")
_SERVICE = "replydesk"


def run_tool(name: str, arguments: Sequence[str], url: str) -> None:
    """Run `pg_dump` or `pg_restore` on a database. Raises Problem with what it said first."""
    program = shutil.which(name)
    if program is None:
        raise Problem(f"there is no {name} on PATH; install PostgreSQL's client programs, as new as the server")
    with _secrets_of(url) as secrets:
        done = subprocess.run(
            [program, *arguments, f"--dbname={connection_string(url)}"],
            env={**os.environ, "PGOPTIONS": _OPTIONS, **secrets},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode:
        said = next((line for line in done.stderr.splitlines() if line.strip()), f"it ended with {done.returncode}")
        raise Problem(f"{name} failed: {said}")


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
