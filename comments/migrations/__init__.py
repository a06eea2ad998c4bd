"""Schema changes, one file each; `upgrade` brings a database up to date, `downgrade` takes it back."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from comments.store.database import Database

# Any number: it only has to be the same in every process that migrates a PostgreSQL database.
_MIGRATION_LOCK = 7_216_401


class NewerDatabase(Exception):  # noqa: N818 - named for what it says, as in STYLE.md
    """Raised when the database was made by a later version of Replydesk."""


class OutdatedDatabase(Exception):  # noqa: N818 - named for what it says, as in STYLE.md
    """Raised when the database must be migrated first."""


def upgrade(database: Database) -> bool:
    """Bring the schema up to date, one process at a time. Returns False when it was. Raises NewerDatabase."""
    with database.write() as connection, _alone(connection):
        if _revision(connection) == head():
            return False
        _refuse_newer(connection)
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
        earlier = {script.revision for script in _scripts().iterate_revisions(current, "base")} if current else set()
        if revision not in earlier:
            raise UnknownRevision(f"the database is at revision {current}; there is no revision {revision} before it")
        config = _config()
        config.attributes["connection"] = connection
        command.downgrade(config, revision)
        return True


def require_current(database: Database) -> None:
    """Raise OutdatedDatabase or NewerDatabase unless the schema is the one this code was written for."""
    with database.read() as connection:
        if _revision(connection) == head():
            return
        _refuse_newer(connection)
    raise OutdatedDatabase("the database has an older schema; run: replydesk migrate")


def head() -> str:
    """Return the newest revision this code knows."""
    found = _scripts().get_current_head()
    assert found is not None, "there is a first migration"  # noqa: S101 - a packaging fault, not an input
    return found


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _refuse_newer(connection: Connection) -> None:
    revision = _revision(connection)
    known = {script.revision for script in _scripts().walk_revisions()}
    if revision is not None and revision not in known:
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


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    return config


def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(_config())
