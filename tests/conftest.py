"""Fixtures for every test: real stores, a real Valkey, one fixed time."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from redis import Redis

from comments.identity import RootKey
from comments.migrations import upgrade
from comments.store import Store, open_store
from comments.store.records import Site
from tests import factories
from tests.servers.postgres import NoPostgres, Postgres, running_postgres
from tests.servers.valkey import Valkey, running_valkey

# A commit waits for the disk, here as in production: in memory that takes a hundredth of the time. Power cuts nothing
# in a test, and that every commit does wait is shown elsewhere (tests/faults/test_sync_before_answer.py).
MEMORY = Path("/dev/shm")  # noqa: S108 - nobody guesses the names that pytest makes in it
ROOM_BYTES = 4 * 1024**3


def pytest_configure() -> None:
    """Put what tests write into memory where there is room; a TMPDIR that somebody has chosen stays."""
    if "TMPDIR" not in os.environ and MEMORY.is_dir() and shutil.disk_usage(MEMORY).free >= ROOM_BYTES:
        os.environ["TMPDIR"] = tempfile.tempdir = str(MEMORY)


@pytest.fixture
def now() -> datetime:
    """The time of the test. Nothing reads a clock."""
    return factories.NOW


@pytest.fixture
def root_key() -> RootKey:
    """The installation's key, the same that the factories use."""
    return factories.ROOT_KEY


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """The address of a migrated, empty database: the test runs once on each kind."""
    return str(request.getfixturevalue(f"{request.param}_url"))


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    """A migrated, empty store: the test runs once on SQLite and once on PostgreSQL."""
    yield from _opened(database_url)


@pytest.fixture
def sqlite_store(sqlite_url: str) -> Iterator[Store]:
    """A migrated, empty store for the tests that do not care which database it is."""
    yield from _opened(sqlite_url)


def _opened(url: str) -> Iterator[Store]:
    opened = open_store(url)
    yield opened
    opened.close()


@pytest.fixture
def site(request: pytest.FixtureRequest) -> Site:
    """The site "demo" in the test's `store`, or else in its `sqlite_store`."""
    name = "store" if "store" in request.fixturenames else "sqlite_store"
    return factories.a_site(request.getfixturevalue(name))


@pytest.fixture(scope="session")
def _sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "replydesk.sqlite3"
    _migrate(f"sqlite:///{path}")
    return path


@pytest.fixture
def sqlite_url(_sqlite_template: Path, tmp_path: Path) -> str:
    """The address of a migrated, empty SQLite file."""
    path = tmp_path / "store" / "replydesk.sqlite3"
    path.parent.mkdir()
    shutil.copyfile(_sqlite_template, path)
    return f"sqlite:///{path}"


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A PostgreSQL server. Its tests are skipped where none can run."""
    try:
        with running_postgres() as server:
            yield server
    except NoPostgres as problem:
        pytest.skip(f"no PostgreSQL here: {problem}")


@pytest.fixture(scope="session")
def _postgres_database(postgres: Postgres) -> str:
    name = postgres.create_empty()
    _migrate(postgres.url(name))
    return name


@pytest.fixture
def postgresql_url(postgres: Postgres, _postgres_database: str) -> str:
    """The address of a migrated, empty PostgreSQL database. A test that changes its tables makes one of its own."""
    postgres.clear(_postgres_database)
    return postgres.url(_postgres_database)


def _migrate(url: str) -> None:
    opened = open_store(url)
    upgrade(opened.database)
    opened.close()


@pytest.fixture(scope="session")
def valkey_server() -> Iterator[Valkey]:
    """One Valkey for the session. A test that stops or kills it starts its own with `running_valkey`."""
    with running_valkey() as server:
        yield server


@pytest.fixture
def valkey(valkey_server: Valkey) -> str:
    """The address of an empty Valkey."""
    client = Redis.from_url(valkey_server.url)
    client.flushall()
    client.close()
    return valkey_server.url


@pytest.fixture
def redis(valkey: str) -> Iterator[Redis]:
    """A client of the empty Valkey."""
    client = Redis.from_url(valkey)
    yield client
    client.close()
