"""The migrations make exactly the tables the code was written for, and only named columns hold keyed hashes."""

import importlib

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import LargeBinary, inspect, text

from comments import schema
from comments.migrations import (
    NewerDatabase,
    OutdatedDatabase,
    UnknownRevision,
    downgrade,
    head,
    known_revisions,
    require_current,
    upgrade,
)
from comments.store import Store, open_store
from tests import factories
from tests.servers.postgres import Postgres
from tests.together import together

# Every column of bytes there is, and what is in it. A new one must be written down here and in docs/privacy.md.
KEYED_HASHES = {
    "identities.strict_key",
    "identities.loose_key",
    "identities.network_key",
    "identities.idempotency_hash",
    "identities.request_digest",
    "bans.loose_key",
    "floods.network",  # of a network, by a key of the site and the hour
}
OTHER_BYTES = {
    "spent_proofs.challenge",  # random
    "contacts.sealed",  # an address, for the notifier's private key
    "contacts.link_hash",  # of a random token
    "privacy_requests.sealed",  # an address, for the notifier's private key; empty once the mail was sent
    "privacy_requests.link_hash",  # of a random token
    "privacy_requests.locked_keys",  # a keyed hash of an address, encrypted with that token; empty once it was used
    "mailboxes.key",  # keyed hash of an address, by a key that the notifier alone has; forgotten after a day
    "devices.token_hash",  # of a random token
    "comments.receipt_nonce",  # random
    "comments.receipt_hash",  # of a random token
    "sessions.token_hash",  # of a random token
    "setup_links.token_hash",  # of a random token
    "site_models.state",  # counts of hashed words of comments
    "audit_chain.seal",  # of decisions and events
    "audit_chain.reseal",  # of decisions without their words
    "invitations.token_hash",  # of a random token
    "moderators.totp_secret",  # random, encrypted
    "webhooks.secret",  # random, encrypted
    "webhooks.old_secret",  # random, encrypted
}


# What a full-text search needs beside its table is each database's own, and no business of SQLAlchemy's.
FULL_TEXT = ("words_held", "words_approved", "words_rejected", "gone_words", "ix_search_texts_")


def is_ours(thing: object, name: str | None, *rest: object) -> bool:
    return not (name or "").startswith(FULL_TEXT)


def has_other_default(*given: object) -> bool | None:
    """Alembic does not know an empty text again on SQLite; everything else it compares itself (None)."""
    _, _, _, there, _, here = given
    return False if there == "('')" and here in {"", "''"} else None


COMPARE = {"compare_server_default": has_other_default, "include_object": is_ours}


def test_revisions_are_those_that_alembic_finds() -> None:
    config = Config()
    config.set_main_option("script_location", "comments/migrations")
    scripts = ScriptDirectory.from_config(config)

    assert known_revisions() == {script.revision: script.down_revision for script in scripts.walk_revisions()}
    assert head() == scripts.get_current_head()


def test_the_migrations_make_the_schema(empty: Store) -> None:
    assert upgrade(empty.database)

    with empty.database.read() as connection:
        context = MigrationContext.configure(connection, opts=COMPARE)
        assert compare_metadata(context, schema.metadata) == []
        tables = {name for name in inspect(connection).get_table_names() if is_ours(None, name)}
        assert tables == {*schema.metadata.tables, "alembic_version"}


def test_an_up_to_date_database_is_left_alone(store: Store) -> None:
    assert not upgrade(store.database)
    require_current(store.database)


def test_an_empty_database_must_be_migrated_first(empty: Store) -> None:
    with pytest.raises(OutdatedDatabase, match="replydesk migrate"):
        require_current(empty.database)


def test_those_who_migrate_together_migrate_once(empty: Store) -> None:
    url = empty.database.engine.url.render_as_string(hide_password=False)

    def migrate() -> bool:
        store = open_store(url)
        try:
            return upgrade(store.database)
        finally:
            store.close()

    assert sum(together([migrate] * 4)) == 1
    require_current(empty.database)
    assert factories.accept(empty).is_new


def test_a_database_of_a_later_version_is_refused(empty: Store) -> None:
    upgrade(empty.database)
    with empty.database.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    for refuse in (upgrade, require_current):
        with pytest.raises(NewerDatabase):
            refuse(empty.database)


def test_a_migration_that_fails_changes_nothing(empty: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    scripts = importlib.import_module("alembic.command")

    def fail(*given: object) -> None:
        original(*given)
        raise ZeroDivisionError

    original = scripts.upgrade
    monkeypatch.setattr(scripts, "upgrade", fail)
    with pytest.raises(ZeroDivisionError):
        upgrade(empty.database)
    monkeypatch.undo()

    with empty.database.read() as connection:
        assert inspect(connection).get_table_names() == []
    assert upgrade(empty.database)


def test_a_long_migration_is_not_cut_off(postgres: Postgres, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []
    scripts = importlib.import_module("alembic.command")

    def look(config: object, revision: str) -> None:
        connection = config.attributes["connection"]  # type: ignore[attr-defined]  # Alembic's Config
        seen.append(connection.execute(text("SHOW statement_timeout")).scalar_one())

    monkeypatch.setattr(scripts, "upgrade", look)
    name = postgres.create_empty()
    store = open_store(postgres.url(name))
    upgrade(store.database)
    store.close()
    postgres.drop(name)

    assert seen == ["0"]


def test_keyed_hashes_are_in_three_tables_alone() -> None:
    found = {
        f"{table.name}.{column.name}"
        for table in schema.metadata.tables.values()
        for column in table.columns
        if isinstance(column.type, LargeBinary)
    }

    assert found == KEYED_HASHES | OTHER_BYTES
    assert {name.split(".")[0] for name in KEYED_HASHES} == {"identities", "bans", "floods"}


def test_no_column_is_for_an_address() -> None:
    names = {column.name for table in schema.metadata.tables.values() for column in table.columns}

    assert not [name for name in names if "mail" in name or name in {"ip", "contact", "address"}]


def test_the_newest_migration_has_a_name() -> None:
    assert head().isdigit()


def test_the_schema_goes_back_and_forth_with_what_is_kept(empty: Store) -> None:
    # given: something that every revision keeps
    upgrade(empty.database)
    factories.an_approved_comment(empty)

    # when
    assert downgrade(empty.database, "0001")
    with empty.database.read() as connection:
        kept = connection.execute(text("SELECT text, status FROM comments")).all()
        trail = connection.execute(text("SELECT new_status FROM decisions ORDER BY id")).scalars().all()
        tables = set(inspect(connection).get_table_names())
    assert not downgrade(empty.database, "0001"), "it is there already"
    assert upgrade(empty.database)

    # then
    assert "site_models" not in tables
    assert [status for _, status in kept] == ["approved"]
    assert trail == ["pending", "approved"]
    with empty.database.read() as connection:
        assert connection.execute(text("SELECT text, status FROM comments")).all() == kept
        context = MigrationContext.configure(connection, opts=COMPARE)
        assert compare_metadata(context, schema.metadata) == []


def test_the_schema_goes_back_to_what_there_was_only(empty: Store) -> None:
    with pytest.raises(UnknownRevision):
        downgrade(empty.database, "0001")

    upgrade(empty.database)
    for unknown in ("0999", "base", "-1"):
        with pytest.raises(UnknownRevision):
            downgrade(empty.database, unknown)
