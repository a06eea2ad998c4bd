"""Connections: durable by construction, and a database that is away is told from a mistake of ours."""

import sqlite3
import stat
import statistics
import threading
import time
import traceback
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import bindparam, insert, select, text, update
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, ProgrammingError

from comments import schema
from comments.store import Store, StoreUnavailable, open_store
from comments.store.database import BUSY_TIMEOUT_SECONDS, POOL_SIZE, BadDatabaseUrl, Database, parse_url
from tests import factories
from tests.servers.postgres import Postgres
from tests.together import together

PRAGMAS = {
    "journal_mode": "wal",
    "synchronous": 2,  # FULL
    "secure_delete": 1,
    "foreign_keys": 1,
    "busy_timeout": BUSY_TIMEOUT_SECONDS * 1000,
    "temp_store": 2,  # MEMORY
}


@pytest.fixture
def file(sqlite_url: str) -> Path:
    return Path(sqlite_url.removeprefix("sqlite:///"))


@pytest.fixture
def impatient(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """A store that does not wait five seconds for a lock."""
    monkeypatch.setattr("comments.store.database.BUSY_TIMEOUT_SECONDS", 0)
    opened = open_store(sqlite_url)
    yield opened
    opened.close()


class TestSqlite:
    def test_every_new_connection_is_durable(self, sqlite_store: Store) -> None:
        def settings_of(way: str) -> list[dict[str, object]]:
            with getattr(sqlite_store.database, way)() as connection:
                return [{name: connection.exec_driver_sql(f"PRAGMA {name}").scalar_one() for name in PRAGMAS}]

        found = [settings_of("write") for _ in range(2)]
        found += together([lambda: settings_of("read")] * POOL_SIZE)
        sqlite_store.close()
        found += [settings_of("read"), settings_of("write")]

        assert all(each == [PRAGMAS] for each in found)

    def test_what_is_erased_is_overwritten(self, sqlite_store: Store, file: Path) -> None:
        factories.accept(sqlite_store, text="sekret-words " * 100)
        sqlite_store.close()
        assert b"sekret-words" in file.read_bytes()

        with sqlite_store.database.write() as connection:
            connection.exec_driver_sql("UPDATE comments SET text = ''")
        sqlite_store.close()

        assert b"sekret-words" not in b"".join(path.read_bytes() for path in file.parent.iterdir())

    def test_a_write_that_fails_leaves_nothing(self, sqlite_store: Store) -> None:
        def fail_halfway() -> None:
            with sqlite_store.database.write() as connection:
                connection.execute(insert(schema.leases).values(name="a", holder="b", until_at=factories.NOW))
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            fail_halfway()

        assert sqlite_store.leases.count_alive("", factories.NOW.replace(year=2000)) == 0

    def test_a_lock_held_too_long_is_unavailable(self, impatient: Store, file: Path, now: datetime) -> None:
        factories.a_site(impatient)
        other = sqlite3.connect(file, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")

        with pytest.raises(StoreUnavailable):
            factories.accept(impatient)
        assert impatient.threads.page("demo", "border-strikes", now=now).total == 0, "readers go on"

        other.execute("ROLLBACK")
        other.close()
        assert factories.accept(impatient).is_new

    def test_writers_wait_for_each_other(self, sqlite_store: Store) -> None:
        factories.a_site(sqlite_store)

        made = together([lambda: factories.accept(sqlite_store)] * 8)

        assert len({each.id for each in made}) == 8

    def test_a_writer_does_not_oversleep_its_turn(self, sqlite_store: Store, file: Path) -> None:
        # given another process that is at it nearly all the time, a few milliseconds each
        other = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
        is_over = threading.Event()

        def write_often() -> None:
            while not is_over.is_set():
                other.execute("BEGIN IMMEDIATE")
                time.sleep(0.006)
                other.execute("ROLLBACK")
                time.sleep(0.002)

        rival = threading.Thread(target=write_often)
        rival.start()
        waited = []
        for _ in range(30):
            began = time.monotonic()
            with sqlite_store.database.write():
                waited.append(time.monotonic() - began)
        is_over.set()
        rival.join()
        other.close()

        # then it comes in at one of the first gaps; SQLite's own waiting grows to 25 ms and more between two looks
        assert statistics.median(waited) < 0.02, sorted(waited)

    def test_a_full_disk_is_unavailable_and_keeps_nothing(self, sqlite_store: Store) -> None:
        factories.accept(sqlite_store, text="In time.")

        def fill() -> None:
            with sqlite_store.database.write() as connection:
                pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
                connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")
                for number in range(200):
                    values = {"name": f"{number}".ljust(4000, "x"), "holder": "", "until_at": factories.NOW}
                    connection.execute(insert(schema.leases).values(**values))

        with pytest.raises(StoreUnavailable):
            fill()
        sqlite_store.close()
        assert sqlite_store.leases.count_alive("", factories.NOW.replace(year=2000)) == 0
        assert not factories.accept(sqlite_store, text="In time.").is_new

    def test_a_read_only_file_is_unavailable(self, sqlite_store: Store) -> None:
        factories.a_site(sqlite_store)
        with sqlite_store.database.write() as connection:
            connection.exec_driver_sql("PRAGMA query_only=ON")

        with pytest.raises(StoreUnavailable):
            factories.accept(sqlite_store)

    @pytest.mark.parametrize("damage", [b"this is no database " * 500, b"\x00" * 100], ids=["text", "zeros"])
    def test_a_file_that_is_no_database_is_unavailable(self, tmp_path: Path, damage: bytes) -> None:
        (tmp_path / "broken.sqlite3").write_bytes(damage)
        store = open_store(f"sqlite:///{tmp_path}/broken.sqlite3")

        with pytest.raises(StoreUnavailable):
            store.sites.all()
        store.close()

    def test_a_directory_in_its_place_is_unavailable(self, tmp_path: Path) -> None:
        store = open_store(f"sqlite:///{tmp_path}")

        with pytest.raises(StoreUnavailable):
            store.sites.all()
        store.close()

    def test_a_new_database_is_for_its_owner_only(self, tmp_path: Path) -> None:
        store = open_store(f"sqlite:///{tmp_path}/new/deep/store.sqlite3")

        assert stat.S_IMODE((tmp_path / "new" / "deep").stat().st_mode) == 0o700
        store.close()

    def test_a_store_that_was_closed_opens_again(self, sqlite_store: Store) -> None:
        factories.accept(sqlite_store, text="Once.")
        sqlite_store.close()

        assert not factories.accept(sqlite_store, text="Once.").is_new


def name_in(url: str) -> str:
    """Return the database's name in its address."""
    return str(make_url(url).database)


class TestPostgres:
    def test_every_connection_has_its_limits(self, postgresql_url: str) -> None:
        store = open_store(postgresql_url)
        with store.database.write() as connection:
            found = [
                connection.exec_driver_sql(f"SHOW {name}").scalar_one()
                for name in ("lock_timeout", "statement_timeout", "timezone", "transaction_isolation")
            ]
        with store.database.read() as connection:
            isolation = connection.exec_driver_sql("SHOW transaction_isolation").scalar_one()
        store.close()

        assert found == [f"{BUSY_TIMEOUT_SECONDS}s", "30s", "UTC", "read committed"]
        assert isolation == "repeatable read"

    def test_a_lock_held_too_long_is_unavailable(
        self, postgresql_url: str, postgres: Postgres, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("comments.store.database.BUSY_TIMEOUT_SECONDS", 0.05)
        store = open_store(postgresql_url)
        factories.a_site(store)
        other = postgres.connect(name_in(postgresql_url))
        with other.transaction():
            other.execute("LOCK TABLE threads")
            with pytest.raises(StoreUnavailable):
                factories.accept(store)
        other.close()

        assert factories.accept(store).is_new
        store.close()

    def test_a_server_that_is_away_is_unavailable(self, tmp_path: Path) -> None:
        store = open_store(f"postgresql://replydesk:sekret@/x?host={tmp_path}")

        with pytest.raises(StoreUnavailable) as away:
            store.sites.all()
        assert "sekret" not in str(away.value)
        store.close()

    def test_a_cut_connection_is_replaced(self, postgresql_url: str, postgres: Postgres) -> None:
        store = open_store(postgresql_url)
        factories.accept(store, text="Once.")
        name = name_in(postgresql_url)
        other = postgres.connect("postgres")
        other.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])
        other.close()

        assert not factories.accept(store, text="Once.").is_new
        store.close()


def test_no_free_connection_is_unavailable(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    store = open_store(sqlite_url)
    pool = store.database.engine.pool
    monkeypatch.setattr(pool, "_timeout", 0.01)
    taken = [pool.connect() for _ in range(2 * POOL_SIZE)]

    with pytest.raises(StoreUnavailable):
        factories.a_site(store)

    for connection in taken:
        connection.close()
    assert factories.a_site(store)
    store.close()


def test_a_mistake_of_ours_stays_a_mistake(store: Store) -> None:
    values = {"name": "a", "holder": "b", "until_at": factories.NOW}

    with pytest.raises(DBAPIError, match=r"UNIQUE|unique"), store.database.write() as connection:
        connection.execute(insert(schema.leases), [values, values])
    with pytest.raises((ProgrammingError, StoreUnavailable)), store.database.read() as connection:
        connection.execute(text("SELECT nonsense FROM nowhere"))


def test_an_error_shows_no_values(store: Store) -> None:
    values = {"name": "sekret", "holder": "sekret", "until_at": factories.NOW}

    with pytest.raises(DBAPIError) as failed, store.database.write() as connection:
        connection.execute(insert(schema.leases), [values, values])
    shown = "".join(traceback.format_exception(failed.value))
    assert "leases" in shown, "else this proves nothing"
    assert "sekret" not in shown


class TestUrls:
    @pytest.mark.parametrize(
        ("url", "driver"),
        [
            ("sqlite:////srv/a.sqlite3", "sqlite+pysqlite"),
            ("sqlite+aiosqlite:////srv/a.sqlite3", "sqlite+pysqlite"),
            ("postgresql://u:p@h/d", "postgresql+psycopg"),
            ("postgresql+asyncpg://u:p@h/d", "postgresql+psycopg"),
            ("postgres://u:p@h/d", "postgresql+psycopg"),
        ],
    )
    def test_every_spelling_gets_the_driver_we_ship(self, url: str, driver: str) -> None:
        assert parse_url(url).drivername == driver

    @pytest.mark.parametrize(
        "url",
        ["", "sekret", "sqlite://", "sqlite:///:memory:", "mysql://u:sekret@h/d", "://sekret", "postgresql:sekret"],
    )
    def test_another_address_is_refused_without_showing_it(self, url: str) -> None:
        with pytest.raises(BadDatabaseUrl) as refused:
            Database(url)
        assert "sekret" not in str(refused.value)
        assert refused.value.__suppress_context__ or refused.value.__context__ is None


def test_a_store_opens_nothing_before_its_first_use(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path}/a.sqlite3")

    assert list(tmp_path.iterdir()) == []
    store.close()


class TestGlance:
    """One row past SQLAlchemy, with the same errors."""

    def test_a_row_or_none(self, store: Store) -> None:
        factories.an_approved_comment(store)

        found = store.database.glance(KEY_OF, {"site_key": "demo"})

        assert found is not None
        assert tuple(found) == ("demo",)
        assert store.database.glance(KEY_OF, {"site_key": "x' OR '1'='1"}) is None

    def test_it_sees_what_was_committed_just_now(self, store: Store) -> None:
        factories.an_approved_comment(store)
        before = store.threads.version("demo", "border-strikes")
        factories.an_approved_comment(store)

        assert store.threads.version("demo", "border-strikes") != before

    def test_it_leaves_no_transaction_open(self, store: Store) -> None:
        factories.a_site(store)
        for _ in range(3 * POOL_SIZE):
            store.database.glance(KEY_OF, {"site_key": "demo"})
        with store.database.write() as connection:
            connection.execute(update(schema.sites).values(key="other"))

        assert store.database.glance(KEY_OF, {"site_key": "demo"}) is None

    def test_a_database_that_is_away_is_unavailable(self, tmp_path: Path) -> None:
        store = open_store(f"sqlite:///{tmp_path}")

        with pytest.raises(StoreUnavailable):
            store.threads.version("demo", "a")
        store.close()


KEY_OF = select(schema.sites.c.key).where(schema.sites.c.key == bindparam("site_key"))
