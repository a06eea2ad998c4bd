"""Liveness asks nobody; readiness has a fixed answer for every part that is away, and always answers."""

import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text

from comments.identity import RootKey
from comments.root_key_file import prepare_key, rotate_key
from comments.store import Store, open_store
from comments.store.alarms import JOBS_REFUSED
from comments.store.leases import WORKER
from service.readiness import ANSWER_SECONDS
from tests import factories
from tests.servers.valkey import running_valkey

PARTS = ["database", "migrations", "key", "redis", "workers", "pending", "jobs"]


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    """The file of the root key, as an operator keeps it."""
    path = tmp_path / "root.key"
    path.write_text((b"0123456789abcdef" * 2).hex())
    path.chmod(0o600)
    return path


@pytest.fixture
def healthy(make_app: Callable[..., Flask], sqlite_store: Store, key_file: Path, valkey: str) -> Flask:
    """An application of which every part is well."""
    return well(make_app, sqlite_store, key_file, valkey)


def well(make_app: Callable[..., Flask], store: Store, key_file: Path, valkey: str) -> Flask:
    factories.a_site(store)
    store.leases.take(f"{WORKER}1", "host:1", seconds=60, now=factories.NOW)
    return make_app(store, redis_url=valkey, root_key_file=key_file)


def ask(app: Flask) -> tuple[int, str, dict[str, str]]:
    answer = app.test_client().get("/readyz")
    assert answer.headers["Cache-Control"] == "no-store"
    return (
        answer.status_code,
        answer.json["status"],
        {name: check["status"] for name, check in answer.json["checks"].items()},
    )


def test_everything_well_is_ready(make_app: Callable[..., Flask], store: Store, key_file: Path, valkey: str) -> None:
    assert ask(well(make_app, store, key_file, valkey)) == (200, "ok", dict.fromkeys(PARTS, "ok"))


def test_dead_worker_degrades(healthy: Flask, sqlite_store: Store) -> None:
    sqlite_store.leases.give_back(f"{WORKER}1", "host:1")

    status, overall, checks = ask(healthy)

    assert (status, overall, checks["workers"]) == (200, "degraded", "degraded")


def test_forged_jobs_degrade_for_an_hour(healthy: Flask, sqlite_store: Store) -> None:
    sqlite_store.alarms.sound(JOBS_REFUSED, 3, now=factories.NOW - timedelta(hours=1))
    before = ask(healthy)
    sqlite_store.alarms.sound(JOBS_REFUSED, 1, now=factories.NOW)

    status, overall, checks = ask(healthy)

    assert before == (200, "ok", dict.fromkeys(PARTS, "ok"))
    assert (status, overall, checks["jobs"]) == (200, "degraded", "degraded")


def test_forgotten_comment_degrades(healthy: Flask, sqlite_store: Store) -> None:
    factories.accept(sqlite_store, now=factories.NOW - timedelta(seconds=61))

    status, overall, checks = ask(healthy)

    assert (status, overall, checks["pending"]) == (200, "degraded", "degraded")


def test_young_comment_is_no_alarm(healthy: Flask, sqlite_store: Store) -> None:
    factories.accept(sqlite_store, now=factories.NOW - timedelta(seconds=59))

    assert ask(healthy)[1] == "ok"


def test_redis_away_degrades_and_takes_no_time(
    make_app: Callable[..., Flask], sqlite_store: Store, key_file: Path
) -> None:
    with running_valkey() as server:
        app = make_app(sqlite_store, redis_url=server.url, root_key_file=key_file)
        assert ask(app)[2]["redis"] == "ok"
    began_at_seconds = time.monotonic()

    status, overall, checks = ask(app)

    assert (status, overall, checks["redis"]) == (200, "degraded", "degraded")
    assert time.monotonic() - began_at_seconds < ANSWER_SECONDS


@pytest.mark.parametrize("content", [None, "not a key", (b"another-key-----" * 2).hex()])
def test_key_that_went_away_is_not_ready(healthy: Flask, key_file: Path, content: str | None) -> None:
    key_file.unlink() if content is None else key_file.write_text(content)

    status, overall, checks = ask(healthy)

    assert (status, overall, checks["key"]) == (503, "unavailable", "unavailable")


@pytest.mark.parametrize("change", [rotate_key, lambda path, _: prepare_key(path)], ids=["rotated", "prepared"])
def test_rotated_key_degrades_until_the_restart(
    healthy: Flask, key_file: Path, change: Callable[[Path, datetime], object], now: datetime
) -> None:
    change(key_file, now)

    status, overall, checks = ask(healthy)

    assert (status, overall, checks["key"]) == (200, "degraded", "degraded")


@pytest.mark.parametrize(
    ("revision", "expected"),
    [("9999", (200, "degraded", "degraded", "ok")), (None, (503, "unavailable", "unavailable", "ok"))],
    ids=["newer", "none"],
)
def test_only_an_older_database_is_not_ready(
    healthy: Flask, sqlite_store: Store, revision: str | None, expected: tuple[object, ...]
) -> None:
    with sqlite_store.database.write() as connection:
        connection.execute(text("DELETE FROM alembic_version"))
        if revision:
            connection.execute(text("INSERT INTO alembic_version VALUES (:revision)"), {"revision": revision})

    status, overall, checks = ask(healthy)

    # in a deploy the old code goes on serving beside the new one
    assert (status, overall, checks["migrations"], checks["database"]) == expected


@pytest.fixture
def unreachable_store() -> Iterator[Store]:
    """A store whose server is not there: nobody listens on port 1."""
    store = open_store("postgresql://nobody@127.0.0.1:1/nothing")
    yield store
    store.close()


def test_database_away_is_not_ready(make_app: Callable[..., Flask], unreachable_store: Store, key_file: Path) -> None:
    app = make_app(unreachable_store, root_key_file=key_file)

    status, overall, checks = ask(app)

    assert (status, overall, checks["database"]) == (503, "unavailable", "unavailable")
    assert app.test_client().get("/healthz").json == {"status": "ok"}
    # and a reader is told to come back instead of being shown an error
    posted = app.test_client().post("/api/v1/comments", json=factories.a_body())
    assert (posted.status_code, posted.headers["Retry-After"]) == (503, "5")
    assert app.test_client().get("/threads/demo?thread=a").status_code == 503


def test_database_that_hangs_is_answered_for_in_time(
    make_app: Callable[..., Flask], store: Store, key_file: Path, valkey: str
) -> None:
    # given somebody who holds the database, or the row that the probe writes, for longer than a probe waits
    app = well(make_app, store, key_file, valkey)
    assert ask(app)[1] == "ok"
    with store.database.write() as connection:
        connection.execute(text("UPDATE leases SET holder = 'somebody' WHERE name = 'probe/web'"))
        began_at_seconds = time.monotonic()

        status, overall, checks = ask(app)

        assert time.monotonic() - began_at_seconds < ANSWER_SECONDS + 1
        assert (status, overall, checks) == (503, "unavailable", {"database": "unavailable"})
    # and it is well again as soon as it is let go
    assert ask(app)[1] == "ok"


def test_reasons_say_nothing_of_where_things_are(
    make_app: Callable[..., Flask], unreachable_store: Store, tmp_path: Path
) -> None:
    app = make_app(unreachable_store, root_key_file=tmp_path / "marker-path", redis_url="redis://marker-host:1/0")

    answer = app.test_client().get("/readyz")

    assert answer.status_code == 503
    for secret in ("marker", "127.0.0.1", "postgresql", "nobody", RootKey(b"0" * 32).kid):
        assert secret not in answer.text
