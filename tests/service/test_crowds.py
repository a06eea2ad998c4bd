"""Many readers behind one address: a flooder among them is turned away by their own key, and nobody else is.

Mobile carriers put thousands behind one address. What comes from a crowded one is kept and held.
"""

from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from comments import schema
from comments.door_hold import DoorHold
from comments.store import Store
from service.door import Door, door
from service.problems import TooMany
from service.rate_limits import AUTHOR, CROWD, CROWD_AUTHOR, NETWORK
from tests import factories
from tests.service.conftest import Clock
from tests.service.test_slow_down import burst

PROXY = {"trusted_proxies": "127.0.0.1"}


@pytest.fixture
def alone(make_app: Callable[..., Flask], sqlite_store: Store) -> FlaskClient:
    """The service while Redis is away, behind a proxy of ours: its limits are the strictest."""
    factories.a_site(sqlite_store)
    return make_app(sqlite_store, rate_limits=True, **PROXY).test_client()


def post(client: FlaskClient, author: str, *, forwarded_for: str = "203.0.113.7", **fields: object) -> int:
    body = factories.a_body(email=f"{author}@example.org", **fields)
    return client.post("/api/v1/comments", json=body, headers={"X-Forwarded-For": forwarded_for}).status_code


def holds(store: Store) -> Counter[str]:
    with store.database.read() as connection:
        return Counter(connection.execute(select(schema.comments.c.door_hold)).scalars())


def test_of_two_hundred_behind_one_address_only_the_flooder_is_turned_away(
    make_app: Callable[..., Flask], sqlite_store: Store, valkey: str
) -> None:
    factories.a_site(sqlite_store)
    replicas = [make_app(sqlite_store, rate_limits=True, redis_url=valkey, **PROXY).test_client() for _ in range(2)]
    flooding, quiet = Counter[int](), Counter[int]()

    for number in range(200):
        flooding[post(replicas[number % 2], "flooder")] += 1
        quiet[post(replicas[number % 2], f"reader{number}")] += 1

    assert quiet == {202: 200}
    # Twice where a minute ended meanwhile.
    assert flooding[202] <= 2 * AUTHOR.shared.amount
    assert flooding[429] == 200 - flooding[202]
    assert holds(sqlite_store)[DoorHold.CROWDED] >= 200 - 2 * CROWD.shared.amount
    assert holds(sqlite_store)[DoorHold.NONE] >= CROWD.shared.amount


def test_so_it_is_in_a_story_that_is_overrun(alone: FlaskClient, sqlite_store: Store, clock: Clock) -> None:
    factories.accept(sqlite_store)
    burst(sqlite_store, clock.now + timedelta(minutes=10))
    post(alone, "first")  # which is how this process learns of it

    quiet = [post(alone, f"reader{number}") for number in range(40)]
    flooding = [post(alone, "flooder") for _ in range(20)]

    assert set(quiet) == {202}
    assert flooding.count(202) <= 2


def test_what_one_author_is_turned_away_with_is_not_laid_at_the_networks_door(alone: FlaskClient) -> None:
    flooding = [post(alone, "flooder") for _ in range(NETWORK.alone.amount + CROWD.alone.amount + 20)]

    assert 429 in flooding, "else this proves nothing"
    assert post(alone, "reader") == 202


def test_nor_is_what_cannot_be_kept(alone: FlaskClient) -> None:
    unfit = [post(alone, "flooder", name="") for _ in range(NETWORK.alone.amount + 10)]

    assert Counter(unfit).keys() == {422, 429}
    assert post(alone, "reader") == 202


def test_an_author_in_a_crowd_is_quiet_with_two_a_minute(alone: FlaskClient, sqlite_store: Store) -> None:
    for number in range(CROWD.alone.amount):
        assert post(alone, f"reader{number}") == 202

    statuses = [post(alone, "ada") for _ in range(CROWD_AUTHOR.alone.amount + 1)]

    # Twice where a minute ended meanwhile, which this does not wait for.
    assert statuses[:2] == [202, 202]
    assert post(alone, "ben") == 202
    assert holds(sqlite_store)[DoorHold.CROWDED] >= 2


def test_a_network_that_is_not_crowded_is_held_for_nothing(alone: FlaskClient, sqlite_store: Store) -> None:
    for number in range(CROWD.alone.amount + 20):
        post(alone, f"reader{number}", forwarded_for=f"198.51.100.{number}")

    assert holds(sqlite_store).keys() == {DoorHold.NONE}


def test_left_ends_of_a_forwarded_header_change_nothing(alone: FlaskClient, sqlite_store: Store) -> None:
    """S-13: what a client writes stands to the left of what our proxy saw; with ten thousand addresses it is one."""
    one = [post(alone, "flooder", forwarded_for=f"198.51.{n % 250}.{n % 7}, 203.0.113.7") for n in range(40)]
    for n in range(4 * CROWD.alone.amount):
        post(alone, f"name{n}", forwarded_for=f"198.51.{n % 250}.{n % 7}, 203.0.113.7")

    # Twice where a minute ended meanwhile.
    assert one.count(202) <= 2 * AUTHOR.alone.amount
    assert holds(sqlite_store)[DoorHold.NONE] <= 2 * CROWD.alone.amount
    assert holds(sqlite_store)[DoorHold.CROWDED] >= 2 * CROWD.alone.amount - 2 * AUTHOR.alone.amount


def test_no_crowd_of_people_sends_as_much_as_turns_everybody_away(alone: FlaskClient) -> None:
    limits = opened(alone.application).limits
    statuses = list[int]()
    while 429 not in statuses and len(statuses) < 3 * CROWD.alone.amount:
        with suppress(TooMany):
            for _ in range(NETWORK.alone.amount + 1):  # again where a minute ended meanwhile
                limits.count(NETWORK, b"203.0.113.7")
        statuses.append(post(alone, f"reader{len(statuses)}"))

    assert statuses[: CROWD.alone.amount] == [202] * CROWD.alone.amount
    assert statuses[-1] == 429
    assert post(alone, "elsewhere", forwarded_for="198.51.100.1") == 202


def opened(app: Flask) -> Door:
    with app.app_context():
        return door()
