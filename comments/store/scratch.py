"""A database to try something in, beside the one in use and gone afterwards."""

import contextlib
import secrets
from collections.abc import Iterator
from pathlib import Path

from comments.store.database import Database, parse_url

# Left behind only by a process that was killed; its name says what it is.
NAME = "replydesk_scratch_"


@contextlib.contextmanager
def scratch_database(url: str, directory: Path) -> Iterator[str]:
    """Give the address of an empty database of the same kind for the length of the block.

    SQLite's is a file in `directory`; PostgreSQL's is on the same server, whose user must be allowed to make one.
    Raises StoreUnavailable.
    """
    address, name = parse_url(url), f"{NAME}{secrets.token_hex(6)}"
    if address.get_backend_name() == "sqlite":
        yield f"sqlite:///{(directory / name).absolute()}"
        return
    # Whatever language the server is set to, this one can hold what the other holds.
    _execute(url, f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'")
    try:
        yield address.set(database=name).render_as_string(hide_password=False)
    finally:
        _execute(url, f"DROP DATABASE {name} WITH (FORCE)")


def _execute(url: str, statement: str) -> None:
    database = Database(url)
    try:
        with database.outside() as execute:
            execute(statement)
    finally:
        database.close()
