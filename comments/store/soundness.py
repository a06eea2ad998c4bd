"""Whether a database keeps what it says it kept, and what time it thinks it is."""

from datetime import UTC, datetime

from sqlalchemy import Connection, text

from comments.store.counters import miscounted
from comments.store.database import Database

_FULL = 2  # SQLite's number for synchronous=FULL


def why_not_durable(database: Database) -> str | None:
    """Return why a power cut could lose a comment that was answered with 202; None when none can."""
    with database.read() as connection:
        return _sqlite_fault(connection) if database.is_sqlite else _postgres_fault(connection)


def _sqlite_fault(connection: Connection) -> str | None:
    mode = connection.execute(text("PRAGMA journal_mode")).scalar_one()
    if mode != "wal":
        return f"the journal is {mode}, not a write-ahead log: is the file on a network drive?"
    synchronous = connection.execute(text("PRAGMA synchronous")).scalar_one()
    return None if synchronous >= _FULL else "commits are not written through to the disk (synchronous is not FULL)"


def _postgres_fault(connection: Connection) -> str | None:
    for setting in ("fsync", "full_page_writes", "synchronous_commit"):
        value = connection.execute(text(f"SHOW {setting}")).scalar_one()
        if value in {"off", "local"}:
            return f"{setting} is {value}; turn it on in postgresql.conf"
    return None


def why_miscounted(database: Database) -> str | None:
    """Return what is wrong with the numbers of the desk's lists, counted anew; None when they are right.

    Reads the whole table: for tests, and for an operator who wants to know.
    """
    with database.read() as connection:
        wrong = miscounted(connection)
    said = (
        f"{name} of site {site_id} ({suspected or 'unsuspected'}): {by:+d}"
        for (site_id, name, suspected), by in wrong.items()
    )
    return f"the lists' numbers are wrong by: {', '.join(said)}" if wrong else None


def clock_ahead_seconds(database: Database) -> float:
    """Return how far the database's clock is ahead of ours; 0 for a file on this machine."""
    if database.is_sqlite:
        return 0.0
    with database.read() as connection:
        theirs: datetime = connection.execute(text("SELECT clock_timestamp()")).scalar_one()
    return (theirs - datetime.now(UTC)).total_seconds()
