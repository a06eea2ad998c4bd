"""Schema changes, one file each; `upgrade` brings a database up to date, `downgrade` takes it back.

Alembic is loaded by those two alone: a web process asks which revision there is, and would carry its 7 MB for good.
"""

import contextlib
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import OperationalError

from comments.store.copies import is_unfinished
from comments.store.database import Database, StoreUnavailable

if TYPE_CHECKING:
    from alembic.config import Config

_FOLDER = Path(__file__).parent
# As Alembic's own template writes them.
_SAID = re.compile(r'^(revision|down_revision)\b[^=]*= (?:"(\w+)"|None)$', re.MULTILINE)
# Any number: it only has to be the same in every process that migrates a PostgreSQL database.
_MIGRATION_LOCK = 7_216_401
# Shorter than PostgreSQL's deadlock_timeout, so that who gives way is the migration and never a reader's comment.
_LOCK_MILLISECONDS = 500
_LOCK_TRIES = 100


class NewerDatabase(Exception):  # noqa: N818 - named for what it says, as in STYLE.md
    """Raised when the database was made by a later version of Replydesk."""


class OutdatedDatabase(Exception):  # noqa: N818 - named for what it says, as in STYLE.md
    """Raised when the database must be migrated first."""


class UnfinishedRestore(OutdatedDatabase):
    """Raised when a restore ended before it had erased again what was erased since."""


def upgrade(database: Database) -> bool:
    """Bring the schema up to date, one process at a time. Returns False when it was. Raises NewerDatabase."""
    with database.write() as connection, _alone(connection):
        if _revision(connection) == head():
            return False
        _refuse_newer(connection)
        _lock_tables(connection)
        from alembic import command  # noqa: PLC0415 - see above

        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        return True


class UnknownRevision(Exception):  # noqa: N818 - named for what it says, as in STYLE.md
    """Raised when a database cannot be taken back to a revision: there is none of that name before its own."""


def downgrade(database: Database, revision: str) -> bool:
    """Take the schema back to an earlier revision. What only later ones keep is gone; comments and decisions stay.

    One process at a time; the code of later revisions must have been stopped. Returns False when nothing was to do.
    Raises NewerDatabase or UnknownRevision.
    """
    with database.write() as connection, _alone(connection):
        _refuse_newer(connection)
        current = _revision(connection)
        if current == revision:
            return False
        if revision not in _before(current):
            raise UnknownRevision(f"the database is at revision {current}; there is no revision {revision} before it")
        _lock_tables(connection)
        from alembic import command  # noqa: PLC0415 - see above

        config = _config()
        config.attributes["connection"] = connection
        command.downgrade(config, revision)
        return True


def require_current(database: Database) -> None:
    """Raise OutdatedDatabase or NewerDatabase unless the schema is the one this code was written for.

    Raises UnfinishedRestore when a restore must be run again first.
    """
    with database.read() as connection:
        if is_unfinished(connection):
            raise UnfinishedRestore("a restore into the database was not finished; run it again: replydesk restore")
        if _revision(connection) == head():
            return
        _refuse_newer(connection)
    raise OutdatedDatabase("the database has an older schema; run: replydesk migrate")


def head() -> str:
    """Return the newest revision this code knows."""
    known = known_revisions()
    [found] = known.keys() - set(known.values())
    return found


def revision_of(connection: Connection) -> str:
    """Return the revision of a database. Raises OutdatedDatabase when it has none: there are no tables."""
    found = _revision(connection)
    if found is None:
        raise OutdatedDatabase("the database has no tables; run: replydesk migrate")
    return found


def is_known(revision: str) -> bool:
    """Say whether this code knows a revision."""
    return revision in known_revisions()


@cache
def known_revisions() -> dict[str, str | None]:
    """Return every revision this code knows, with the one before it; None before the first."""
    said = [dict(_SAID.findall(path.read_text(encoding="utf-8"))) for path in (_FOLDER / "versions").glob("*.py")]
    return {each["revision"]: each["down_revision"] or None for each in said}


def _before(revision: str | None) -> set[str]:
    """Return a revision with all that came before it."""
    found = set()
    while revision is not None:
        found.add(revision)
        revision = known_revisions().get(revision)
    return found


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()
    return found


def _refuse_newer(connection: Connection) -> None:
    revision = _revision(connection)
    if revision is not None and not is_known(revision):
        raise NewerDatabase("the database was made by a newer Replydesk; install that version or a later one")


@contextlib.contextmanager
def _alone(connection: Connection) -> Iterator[None]:
    """Wait for any other process that migrates. SQLite needs no lock: this transaction is its only writer."""
    if connection.dialect.name == "postgresql":
        # The limits of a web request would cut off a long migration, and everybody who waits for it.
        connection.execute(text("SET LOCAL statement_timeout = 0"))
        connection.execute(text("SET LOCAL lock_timeout = 0"))
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _MIGRATION_LOCK})
    yield


def _lock_tables(connection: Connection) -> None:
    """Have every table for ourselves, or let go of all and try again. Raises StoreUnavailable when it takes too long.

    A migration that takes them one by one, as it comes to them, and a service that goes on meanwhile end up waiting for
    each other (found by the fault rig). SQLite needs no lock: this transaction is its only writer.
    """
    tables = inspect(connection).get_table_names() if connection.dialect.name == "postgresql" else []
    if not tables:
        return
    quote = connection.dialect.identifier_preparer.quote
    lock = text(f"LOCK TABLE {', '.join(map(quote, sorted(tables)))} IN ACCESS EXCLUSIVE MODE")
    for _ in range(_LOCK_TRIES):
        attempt = connection.begin_nested()
        try:
            connection.execute(text(f"SET LOCAL lock_timeout = {_LOCK_MILLISECONDS}"))
            connection.execute(lock)
            connection.execute(text("SET LOCAL lock_timeout = 0"))
        except OperationalError:
            attempt.rollback()
            connection.execute(text("SELECT pg_sleep(0.2)"))
        else:
            attempt.commit()
            return
    raise StoreUnavailable("its tables are in use all the time")


def _config() -> "Config":
    from alembic.config import Config  # noqa: PLC0415 - see above

    config = Config()
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    return config
