"""Rows that may be there already: both databases know what to do about them, SQLAlchemy has a statement for each."""

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite

from comments.store.database import Database


def upsert(place: Connection | Database, table: Table) -> sqlite.Insert | postgresql.Insert:
    """Return an insert of the database's own kind, which has `on_conflict_do_nothing` and `on_conflict_do_update`."""
    is_sqlite = place.is_sqlite if isinstance(place, Database) else place.dialect.name == "sqlite"
    return sqlite.insert(table) if is_sqlite else postgresql.insert(table)
