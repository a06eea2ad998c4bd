"""A database to try something in, beside the one in use and gone afterwards."""

import contextlib
import secrets
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import text

from comments.store.database import Database, StoreUnavailable, parse_url

# Left behind only by a process that was killed; its name says what it is.
NAME = "replydesk_scratch_"


# Nobody is connected: not even who made it, as below.
_LEFT = text(f"""
SELECT datname FROM pg_catalog.pg_database WHERE datname ~ '^{NAME}[0-9a-f]+$'
AND pg_catalog.pg_get_userbyid(datdba) = current_user
AND NOT EXISTS (SELECT FROM pg_catalog.pg_stat_activity WHERE pg_stat_activity.datname = pg_database.datname)
ORDER BY datname
""")  # noqa: S608 - a constant


@contextlib.contextmanager
def scratch_database(url: str, directory: Path) -> Iterator[str]:
    """Give the address of an empty database of the same kind for the length of the block.

    SQLite's is a file in `directory`; PostgreSQL's is on the same server, whose user must be allowed to make one.
    Those that killed processes have left there are removed. Raises StoreUnavailable.
    """
    address, name = parse_url(url), f"{NAME}{secrets.token_hex(6)}"
    if address.get_backend_name() == "sqlite":
        yield f"sqlite:///{(directory / name).absolute()}"
        return
    remove_left_databases(url)
    # Whatever language the server is set to, this one can hold what the other holds.
    _execute(url, f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'")
    beside = address.set(database=name).render_as_string(hide_password=False)
    holder = Database(beside)
    try:
        with holder.read() as connection:
            connection.execute(text("SELECT 1"))  # the connection stays open, and shows that this one is in use
        yield beside
    finally:
        holder.close()
        _execute(url, f"DROP DATABASE {name} WITH (FORCE)")


def left_databases(url: str) -> tuple[str, ...]:
    """Return the names of those that nobody uses: who made them was killed. Raises StoreUnavailable."""
    database = Database(url)
    try:
        if database.is_sqlite:
            return ()
        with database.read() as connection:
            return tuple(connection.execute(_LEFT).scalars())
    finally:
        database.close()


def remove_left_databases(url: str) -> None:
    """Remove those that nobody uses, as far as that can be done. Raises StoreUnavailable."""
    for name in left_databases(url):
        with contextlib.suppress(StoreUnavailable):  # somebody has just come: without FORCE it stays
            _execute(url, f"DROP DATABASE {name}")


def _execute(url: str, statement: str) -> None:
    database = Database(url)
    try:
        with database.outside() as execute:
            execute(statement)
    finally:
        database.close()
