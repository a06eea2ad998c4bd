"""Floods fold: however much is turned away, there is one line in the log and one row, with a number."""

import json
from collections.abc import Callable
from datetime import timedelta
from io import StringIO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from comments import schema
from comments.store import Store
from comments.store.floods import Flooding, hour_of
from service.floods import FOLD, MOST_NETWORKS, Floods
from tests import factories
from tests.service.conftest import Clock


@pytest.fixture
def limited(make_app: Callable[..., Flask], sqlite_store: Store) -> FlaskClient:
    factories.a_site(sqlite_store)
    return make_app(sqlite_store, rate_limits=True, trusted_proxies="127.0.0.1").test_client()


def post(client: FlaskClient, network: str = "203.0.113.7", **fields: object) -> int:
    body = factories.a_body(**fields)
    return client.post("/api/v1/comments", json=body, headers={"X-Forwarded-For": network}).status_code


def lines(log: StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in log.getvalue().splitlines()]


def floods_of(log: StringIO) -> list[dict[str, object]]:
    return [line for line in lines(log) if line["event"] == "flood turned away"]


def test_a_flood_is_one_line_and_one_row(
    limited: FlaskClient, sqlite_store: Store, clock: Clock, log: StringIO
) -> None:
    turned_away = sum(post(limited) == 429 for _ in range(100))
    assert turned_away > 80, "else this proves nothing"
    assert [line["status"] for line in lines(log)].count(429) == 1, "the first one is there, to be found by its id"
    assert floods_of(log) == []

    clock.now += FOLD
    limited.get("/threads/demo?thread=border-strikes")

    [said] = floods_of(log)
    assert (said["site"], said["posts"], said["networks"], said["level"]) == ("demo", turned_away, 1, "warning")
    assert sqlite_store.floods.since(hour_of(clock.now)) == Flooding(turned_away, 1, factories.NOW)


def test_each_network_has_its_first_line_and_its_row(
    limited: FlaskClient, sqlite_store: Store, clock: Clock, log: StringIO
) -> None:
    for network in ("203.0.113.7", "203.0.113.8"):
        for _ in range(10):
            post(limited, network)
    assert [line.get("status") for line in lines(log)].count(429) == 2

    clock.now += FOLD
    post(limited, "198.51.100.1", email="ben@example.org")

    [said] = floods_of(log)
    assert said["networks"] == 2
    assert sqlite_store.floods.since(hour_of(clock.now)).floods == 2


def test_a_flood_that_goes_on_adds_to_its_row(limited: FlaskClient, sqlite_store: Store, clock: Clock) -> None:
    turned_away = 0
    for _ in range(3):
        turned_away += sum(post(limited) == 429 for _ in range(20))
        clock.now += FOLD
        limited.get("/threads/demo?thread=border-strikes")

    assert sqlite_store.floods.since(hour_of(clock.now)) == Flooding(turned_away, 1, clock.now - FOLD)


def test_neither_line_nor_row_tells_the_network(
    limited: FlaskClient, sqlite_store: Store, clock: Clock, log: StringIO
) -> None:
    for _ in range(10):
        post(limited)
    clock.now += FOLD
    limited.get("/threads/demo?thread=border-strikes")

    with sqlite_store.database.read() as connection:
        [network] = connection.execute(select(schema.floods.c.network)).scalars()
        kept = connection.execute(select(schema.identities.c.network_key)).scalars().all()
    assert "203.0" not in log.getvalue()
    assert network.hex() not in log.getvalue()
    assert kept, "else this proves nothing"
    assert not any(each.startswith(network) for each in kept), "it joins with no comment"


def test_names_of_sites_that_are_not_ours_are_not_repeated(
    limited: FlaskClient, sqlite_store: Store, clock: Clock, log: StringIO
) -> None:
    for _ in range(10):
        post(limited, site="ada-at-example-org")
    clock.now += FOLD
    limited.get("/threads/demo?thread=border-strikes")

    assert [line["site"] for line in floods_of(log)] == [""]
    assert "ada-at" not in log.getvalue()
    assert sqlite_store.floods.since(hour_of(clock.now)) == Flooding()


def test_health_waits_for_no_database_to_tell_of_floods(limited: FlaskClient, clock: Clock, log: StringIO) -> None:
    for _ in range(10):
        post(limited)
    clock.now += FOLD

    limited.get("/healthz")
    limited.get("/embed.js")

    assert floods_of(log) == []


def test_a_database_that_is_away_costs_the_row_and_nothing_else(
    limited: FlaskClient, sqlite_store: Store, clock: Clock, log: StringIO
) -> None:
    for _ in range(10):
        post(limited)
    clock.now += FOLD
    with sqlite_store.database.write() as connection:
        schema.floods.drop(connection)

    assert limited.get("/threads/demo?thread=border-strikes").status_code == 200
    assert len(floods_of(log)) == 1


def test_a_botnet_is_told_in_so_many_rows_at_most(sqlite_store: Store) -> None:
    floods = Floods(factories.ROOT_KEY)
    for number in range(MOST_NETWORKS + 50):
        floods.turn_away("demo", f"198.51.{number // 250}.{number % 250}", factories.NOW)

    assert floods.take_due(factories.NOW + FOLD - timedelta(seconds=1)) == ()
    due = floods.take_due(factories.NOW + FOLD)
    assert len(due) == MOST_NETWORKS + 1
    assert sum(each.posts for each in due) == MOST_NETWORKS + 50
    assert floods.take_due(factories.NOW + 2 * FOLD) == ()
