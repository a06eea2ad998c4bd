"""R-07: somebody else holds the database: a backup tool, an operator's shell, a migration."""

import contextlib
import sqlite3
import time

import psycopg

from tests.faults.stage import Stage

# Within what a writer waits for, and longer than that.
SECONDS = (1.0, 3.0, 7.0)


def lock_database(stage: Stage) -> None:
    """R-07: nobody else can write for a while; a reader waits a bounded time and is told to come back."""
    stage.pause(0.5)
    seconds = SECONDS[stage.cycle % len(SECONDS)]
    url = stage.installation.database_url
    if stage.is_sqlite:
        path = url.removeprefix("sqlite:///")
        with contextlib.closing(sqlite3.connect(path, timeout=20, isolation_level=None)) as connection:
            connection.execute("BEGIN EXCLUSIVE")
            time.sleep(seconds)
            connection.execute("ROLLBACK")
        return
    with psycopg.connect(url) as other:
        other.execute("LOCK TABLE comments IN ACCESS EXCLUSIVE MODE")
        time.sleep(seconds)
        other.rollback()
