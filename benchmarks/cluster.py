"""A PostgreSQL for measuring: it waits for the disk as in production, and what is in it stays for next time."""

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg

from tests.servers.postgres import Postgres, durable_command, initialise_durable

# What an operator with a few gigabytes would set first; everything else is PostgreSQL's own default.
SETTINGS = {"shared_buffers": "512MB", "max_wal_size": "4GB", "max_connections": "200"}
START_SECONDS = 120


@contextlib.contextmanager
def running_cluster(folder: Path) -> Iterator[Postgres]:
    """Run the cluster in `folder` for the length of the block, and make it first if it is not there."""
    folder = folder.absolute()
    folder.mkdir(parents=True, exist_ok=True)
    if (folder / "data" / "PG_VERSION").is_file():
        command, user = durable_command(folder)
    else:
        command, user = initialise_durable(folder)
    socket = Path(tempfile.mkdtemp(prefix="replydesk-pg-"))  # a socket's path may have 107 characters
    if user is not None:
        shutil.chown(socket, user)
    options = [part for name, value in SETTINGS.items() for part in ("-c", f"{name}={value}")]
    environment = {"PATH": os.environ["PATH"], "LC_ALL": "C", "TZ": "UTC"}
    try:
        with (socket / "log").open("wb") as log:
            process = subprocess.Popen(
                [*command, "-k", socket, *options], cwd=socket, user=user, env=environment, stdout=log, stderr=log
            )
        try:
            _wait(process, socket)
            yield Postgres(socket)
        finally:
            process.send_signal(signal.SIGINT)  # "fast": does not wait for its clients
            process.wait()
    finally:
        shutil.rmtree(socket, ignore_errors=True)


def _wait(process: subprocess.Popen[bytes], socket: Path) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        with contextlib.suppress(psycopg.OperationalError):
            Postgres(socket).connect("postgres").close()
            return
        time.sleep(0.05)
    raise SystemExit(f"postgres did not start: {(socket / 'log').read_text()[-500:]}")
