"""What several contracts begin with."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from comments.store import Store, open_store
from tests.servers.postgres import Postgres


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """A store on a database without tables."""
    if request.param == "sqlite":
        store = open_store(f"sqlite:///{tmp_path}/empty.sqlite3")
        yield store
        store.close()
    else:
        postgres: Postgres = request.getfixturevalue("postgres")
        name = postgres.create_empty()
        store = open_store(postgres.url(name))
        yield store
        store.close()
        postgres.drop(name)
