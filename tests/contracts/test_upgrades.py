"""From every schema there ever was, with rows in all its tables, one step leads to this one, and no row is lost."""

import hashlib
from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, Table, func, select, text

from comments import migrations, schema
from comments.migrations import _config as alembic_config  # the way to any revision but the newest is no command
from comments.migrations import head, revision_of, upgrade
from comments.store import Store
from comments.store.counters import miscounted
from tests import factories
from tests.contracts.filling import DERIVED, ROWS, fill
from tests.contracts.test_schema import COMPARE

_FOLDER = Path(str(migrations.__file__)).parent
_RELEASED = Path(__file__).with_name("released_migrations.txt")
REVISIONS = tuple(sorted(path.name[:4] for path in (_FOLDER / "versions").glob("[0-9]*.py")))

Rows = dict[str, list[tuple[object, ...]]]


def test_every_schema_becomes_this_one_and_keeps_its_rows(empty: Store) -> None:
    assert head() == REVISIONS[-1]
    seen = set()
    for generation, revision in enumerate(REVISIONS, start=1):
        # given: a database as the code of this revision left it
        with empty.database.write() as connection:
            migrate(connection, revision)
            tables = fill(connection, generation)
            assert revision_of(connection) == revision

        # when: everything since, in one transaction as `replydesk migrate` does it; and nothing of it stays
        with empty.database.engine.connect() as connection, connection.begin() as transaction:
            before = rows_of(connection, tables)
            migrate(connection, "head")

            # then
            after = rows_of(connection, tables)
            assert after == before, f"from revision {revision}"
            assert len(before["comments"]) == ROWS * generation, "else this proves nothing"
            assert not miscounted(connection), f"from revision {revision}"
            assert unfindable(connection) == 0, f"from revision {revision}"
            seen.add(schema_of(connection))
            transaction.rollback()

    # and all of them lead to the one that this code was written for
    assert len(seen) == 1
    with empty.database.read() as connection:
        assert seen == {schema_of(connection)}
        assert compare_metadata(MigrationContext.configure(connection, opts=COMPARE), schema.metadata) == []
    assert not upgrade(empty.database)
    assert factories.accept(empty).is_new


def test_a_row_that_a_migration_loses_is_missed(empty: Store) -> None:
    with empty.database.write() as connection:
        migrate(connection, "0001")
        tables = fill(connection, 1)
        before = rows_of(connection, tables)
        connection.execute(text("UPDATE threads SET title = '' WHERE key = (SELECT min(key) FROM threads)"))
        migrate(connection, "head")

        after = rows_of(connection, tables)

    assert [name for name in before if before[name] != after[name]] == ["threads"]


def test_every_table_of_every_schema_has_rows(empty: Store) -> None:
    upgrade(empty.database)
    with empty.database.write() as connection:
        tables = fill(connection, 1)

        filled = {name for name, rows in rows_of(connection, tables).items() if len(rows) == ROWS}

    assert filled == schema.metadata.tables.keys() - DERIVED


def test_released_migrations_are_never_changed() -> None:
    """Who runs a released version has run them as they were: a mistake in one is mended by the next one."""
    for line in _RELEASED.read_text(encoding="utf-8").splitlines():
        digest, name = line.split()
        found = hashlib.sha256((_FOLDER / name).read_bytes()).hexdigest()
        assert found == digest, f"{name} was released; leave it and add a revision"


def migrate(connection: Connection, revision: str) -> None:
    """Bring the schema to a revision."""
    config = alembic_config()
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


def rows_of(connection: Connection, tables: tuple[Table, ...]) -> Rows:
    """Return what is in these columns of these tables."""
    return {
        table.name: sorted((tuple(row) for row in connection.execute(select(*table.columns))), key=repr)
        for table in tables
    }


_ON_SQLITE = "SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'"
_ON_POSTGRESQL = """
SELECT attrelid::regclass::text, attname, format('%s %s %s', atttypid::regtype, atttypmod, attnotnull)
    FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
    WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND attnum > 0 AND NOT attisdropped
UNION ALL SELECT adrelid::regclass::text, adnum::text, pg_get_expr(adbin, adrelid) FROM pg_attrdef
UNION ALL SELECT 'index', indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'
UNION ALL SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
    WHERE connamespace = 'public'::regnamespace
UNION ALL SELECT tgrelid::regclass::text, tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
UNION ALL SELECT 'function', proname, prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace
"""


def schema_of(connection: Connection) -> tuple[tuple[str, ...], ...]:
    """Return all that makes up the schema, with its triggers, as the database itself tells it."""
    told = text(_ON_SQLITE if connection.dialect.name == "sqlite" else _ON_POSTGRESQL)
    return tuple(sorted(tuple(map(str, row)) for row in connection.execute(told)))


def unfindable(connection: Connection) -> int:
    """Count the listed comments whose words nobody will ever look for."""
    searched = select(schema.search_texts.c.comment_id).union(select(schema.unsearched.c.comment_id))
    listed = schema.comments.c.status.in_(["held", "approved", "rejected"])
    lost = select(func.count()).where(listed, schema.comments.c.id.not_in(searched))
    return connection.execute(lost).scalar_one()
