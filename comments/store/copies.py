"""Copies of a whole database, taken while others write, and put back."""

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, delete, inspect, select, text

from comments import schema
from comments.store.database import BUSY_TIMEOUT_SECONDS, Database, StoreUnavailable

# They say who is here now, and that is nobody who was there when the copy was made. And who wants mail: whoever has
# stopped it since must not be written to again.
_OF_THE_MOMENT = (
    schema.sessions,
    schema.setup_links,
    schema.leases,
    schema.contacts,
    schema.mailboxes,
    schema.privacy_requests,
)
_KEPT = {table.name for table in schema.metadata.sorted_tables} - {table.name for table in _OF_THE_MOMENT}

# A table that is in a PostgreSQL database from the moment a backup is in it until all is done that belongs to it.
UNFINISHED = "restore_unfinished"


def copy_sqlite(source: Path, target: Path) -> None:
    """Make `target` the same as `source`, in one step that is done whole or not at all. Raises StoreUnavailable.

    Others may go on writing to `source`; whoever has `target` open finds the new content.
    """
    with contextlib.closing(_opened(source)) as from_, contextlib.closing(_opened(target)) as to:
        try:
            from_.backup(to)
        except sqlite3.Error as error:
            raise StoreUnavailable(type(error).__name__) from None


def copy_moment(connection: Connection, target: Path) -> None:
    """Copy a SQLite database into a new file as this transaction has seen it. Raises StoreUnavailable.

    Others may go on writing: a transaction that has read something keeps its moment.
    """
    source: Any = connection.connection.driver_connection
    with contextlib.closing(_opened(target)) as to:
        try:
            source.backup(to)
        except sqlite3.Error as error:
            raise StoreUnavailable(type(error).__name__) from None


def _opened(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(path, timeout=BUSY_TIMEOUT_SECONDS)


def damage(connection: Connection) -> str:
    """Return what SQLite's own check finds, nothing when all is well."""
    found = "; ".join(connection.execute(text("PRAGMA integrity_check")).scalars())
    return "" if found == "ok" else found


@contextlib.contextmanager
def snapshot(database: Database) -> Iterator[tuple[Connection, str]]:
    """Hold one moment of a PostgreSQL database, which others can look at by the name given. Raises StoreUnavailable."""
    with database.read() as connection:
        yield connection, connection.execute(text("SELECT pg_export_snapshot()")).scalar_one()


def is_empty(connection: Connection) -> bool:
    """Say whether nothing would be missed: there are no tables of ours, or no rows but those of the moment."""
    tables = set(inspect(connection).get_table_names()) & _KEPT
    quote = connection.dialect.identifier_preparer.quote
    return not any(
        connection.execute(text(f"SELECT 1 FROM {quote(table)} LIMIT 1")).first()  # noqa: S608 - the database's own names
        for table in tables
        if not table.startswith(schema.FULL_TEXT_PREFIX)
    )


def has_table(connection: Connection, name: str) -> bool:
    """Say whether there is a table."""
    return bool(inspect(connection).has_table(name))


def is_unfinished(connection: Connection) -> bool:
    """Say whether a restore was begun here and did not come to its end: what was erased may be back."""
    return connection.dialect.name == "postgresql" and has_table(connection, UNFINISHED)


def call_finished(connection: Connection) -> None:
    """Say that a restore is done. Safe to do twice."""
    connection.execute(text(f"DROP TABLE IF EXISTS {UNFINISHED}"))


def forget_the_moment(connection: Connection) -> None:
    """Forget what only the past's processes and browsers could use (sessions, links), and who wanted mail."""
    for table in _OF_THE_MOMENT:
        if connection.execute(select(table).limit(1)).first() is not None:
            connection.execute(delete(table))
