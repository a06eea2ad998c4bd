"""What a database holds, in numbers: so a copy can be held against what it is a copy of."""

import hashlib
from dataclasses import dataclass

from sqlalchemy import Connection, String, func, inspect, select, text

from comments import schema
from comments.schema import FULL_TEXT_PREFIX

ROWS_AT_ONCE = 1_000


@dataclass(frozen=True, slots=True)
class Tally:
    """One table: how many rows, and a checksum over all of them in the order of their keys."""

    rows: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Contents:
    """All that is in a database, in numbers; `statuses` says how many comments have each."""

    tables: dict[str, Tally]
    statuses: dict[str, int]


def contents(connection: Connection) -> Contents:
    """Count everything that is there, as this transaction sees it."""
    return Contents(tally(connection), count_statuses(connection))


def tally(connection: Connection) -> dict[str, Tally]:
    """Return {table: tally} of everything that is there, whatever revision it has. Both kinds of database."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET LOCAL statement_timeout = 0"))  # a large table takes longer than a web request may
    tables = (name for name in inspect(connection).get_table_names() if not name.startswith(FULL_TEXT_PREFIX))
    return {table: _tally_table(connection, table) for table in sorted(tables)}


def count_statuses(connection: Connection) -> dict[str, int]:
    """Return how many comments there are of each status, whatever revision the database has."""
    status = schema.comments.c.status
    counted = select(status, func.count()).group_by(status).order_by(status)
    return {row[0]: row[1] for row in connection.execute(counted)}


def _tally_table(connection: Connection, table: str) -> Tally:
    quote = connection.dialect.identifier_preparer.quote
    types = {column["name"]: column["type"] for column in inspect(connection).get_columns(table)}
    columns = sorted(types)
    keys = inspect(connection).get_pk_constraint(table)["constrained_columns"] or columns
    listed = ", ".join(map(quote, columns))
    # Byte by byte, whatever the language of the database: its copy may stand on another server.
    by_bytes = ' COLLATE "C"' if connection.dialect.name == "postgresql" else ""
    ordered = ", ".join(quote(name) + (by_bytes if isinstance(types[name], String) else "") for name in keys)
    statement = text(f"SELECT {listed} FROM {quote(table)} ORDER BY {ordered}")  # noqa: S608 - the database's own names
    count, checksum = 0, hashlib.sha256()
    for row in connection.execution_options(yield_per=ROWS_AT_ONCE).execute(statement):
        count += 1
        checksum.update(repr(tuple(row)).encode())
    return Tally(count, checksum.hexdigest())
