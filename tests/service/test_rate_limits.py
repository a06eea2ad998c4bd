"""Rate limits: shared in a real Valkey, stricter alone, quick when it is away, and without a name of anybody."""

import os
import signal
import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from redis import Redis
from sqlalchemy import func, select

from comments import schema
from comments.door_hold import DoorHold
from comments.identity import RootKey
from comments.store import Store
from comments.wakeup import ANSWER_SECONDS, BREAK_SECONDS, connect_quickly
from service.door import door
from service.problems import TooMany
from service.rate_limits import AUTHOR, CROWD, NETWORK, REPEAT, Bucket, RateLimits
from tests import factories
from tests.servers.valkey import running_valkey
from tests.service.conftest import Clock
from tests.service.test_slow_down import burst

ADDA = b"a-loose-key"


def count_until_refused(limits: RateLimits, bucket: Bucket, sender: bytes = ADDA) -> int:
    for number in range(1_000):
        try:
            limits.count(bucket, sender)
        except TooMany:
            return number
    raise AssertionError("never refused")


@pytest.mark.parametrize("bucket", [AUTHOR, NETWORK])
def test_processes_share_their_counts(valkey: str, root_key: RootKey, bucket: Bucket) -> None:
    one, other = (RateLimits(connect_quickly(valkey), root_key, is_on=True) for _ in range(2))

    assert count_until_refused(one, bucket) == bucket.shared.amount
    with pytest.raises(TooMany):
        other.count(bucket, ADDA)
    other.count(bucket, b"somebody else")


def test_redis_learns_no_network_and_no_author(valkey: str, redis: Redis, root_key: RootKey) -> None:
    limits = RateLimits(connect_quickly(valkey), root_key, is_on=True)
    limits.count(NETWORK, b"203.0.113.7")

    (name,) = redis.keys("*")

    assert b"203" not in name
    assert b"cb0071" not in name
    assert 0 < redis.ttl(name) <= 60


@pytest.mark.parametrize("bucket", [AUTHOR, NETWORK])
def test_limits_are_stricter_without_redis(root_key: RootKey, bucket: Bucket) -> None:
    found = count_until_refused(RateLimits(None, root_key, is_on=True), bucket)

    assert found == bucket.alone.amount < bucket.shared.amount


def test_redis_that_died_is_asked_once_a_second(root_key: RootKey) -> None:
    clock = [100.0]
    with running_valkey() as server:
        limits = RateLimits(connect_quickly(server.url), root_key, is_on=True, monotonic=lambda: clock[0])
        limits.count(AUTHOR, ADDA)
    # when it is gone the process counts alone
    assert count_until_refused(limits, AUTHOR) == AUTHOR.alone.amount
    # and when it is back, at another address or the same, it is asked again after the break
    clock[0] += BREAK_SECONDS
    with pytest.raises(TooMany):
        limits.count(AUTHOR, ADDA)


def test_redis_that_hangs_costs_one_wait_a_second(root_key: RootKey) -> None:
    with running_valkey() as server:
        limits = RateLimits(connect_quickly(server.url), root_key, is_on=True, monotonic=lambda: 100.0)
        limits.count(NETWORK, ADDA)
        os.kill(server.process.pid, signal.SIGSTOP)
        began_at_seconds = time.monotonic()

        for _ in range(10):
            limits.count(NETWORK, ADDA)

        assert time.monotonic() - began_at_seconds < 2 * ANSWER_SECONDS + 0.5


def test_redis_that_refuses_to_write_is_as_good_as_away(valkey: str, redis: Redis, root_key: RootKey) -> None:
    limits = RateLimits(connect_quickly(valkey), root_key, is_on=True)
    limits.count(AUTHOR, ADDA)
    redis.config_set("maxmemory", "1")
    try:
        assert count_until_refused(limits, AUTHOR) == AUTHOR.alone.amount
    finally:
        redis.config_set("maxmemory", "0")


def test_limits_that_are_off_count_nothing(root_key: RootKey) -> None:
    limits = RateLimits(None, root_key, is_on=False)

    for _ in range(100):
        limits.count(AUTHOR, ADDA)


def test_author_is_limited_whatever_the_address_is_decorated_with(
    make_app: Callable[..., Flask], sqlite_store: Store, valkey: str
) -> None:
    factories.a_site(sqlite_store)
    client = make_app(sqlite_store, rate_limits=True, redis_url=valkey).test_client()

    answers = [
        client.post("/api/v1/comments", json=factories.a_body(email=f"Ada.Obi+{number}@example.org"))
        for number in range(AUTHOR.shared.amount + 1)
    ]

    assert [answer.status_code for answer in answers[:-1]] == [202] * AUTHOR.shared.amount
    assert answers[-1].status_code == 429
    assert answers[-1].json["code"] == "too_many"
    assert int(answers[-1].headers["Retry-After"]) > 0


class TestRepeats:
    """Who repeats what was kept is answered with it, for all they have written in this minute."""

    @pytest.fixture
    def client(self, make_app: Callable[..., Flask], sqlite_store: Store) -> FlaskClient:
        factories.a_site(sqlite_store)
        return make_app(sqlite_store, rate_limits=True).test_client()

    @staticmethod
    def write_too_much(client: FlaskClient, author: str = "ada.obi@example.org") -> None:
        bodies = [factories.a_body(email=author) for _ in range(2 * AUTHOR.alone.amount + 1)]
        statuses = [client.post("/api/v1/comments", json=body).status_code for body in bodies]
        assert statuses[-1] == 429, "else this proves nothing"

    @pytest.mark.parametrize("headers", [{}, {"Idempotency-Key": "k1"}])
    def test_a_repeat_is_answered_with_what_was_kept(
        self, client: FlaskClient, sqlite_store: Store, headers: dict[str, str]
    ) -> None:
        body = factories.a_body()
        first = client.post("/api/v1/comments", json=body, headers=headers)
        self.write_too_much(client)
        kept = count_comments(sqlite_store)

        again = client.post("/api/v1/comments", json=body, headers=headers)

        assert (again.status_code, again.json) == (202, first.json)
        assert count_comments(sqlite_store) == kept

    def test_a_browser_is_led_to_the_comment_in_a_story_that_is_overrun(
        self, client: FlaskClient, sqlite_store: Store, clock: Clock
    ) -> None:
        factories.accept(sqlite_store)
        burst(sqlite_store, clock.now + timedelta(minutes=10))
        client.post("/api/v1/comments", json=factories.a_body(email="first@example.org"))  # which is how it learns
        typed = {"site": "demo", "thread_key": "border-strikes", "name": "Ada", "email": "ada@example.org"}

        first, again, other = (
            client.post("/api/v1/comments", data={**typed, "text": text}, headers={"Accept": "text/html"})
            for text in ("Said.", "Said.", "And more.")
        )

        assert (again.status_code, again.location) == (303, first.location)
        assert other.status_code == 429

    def test_it_is_no_part_of_a_flood(self, client: FlaskClient) -> None:
        body = factories.a_body()
        client.post("/api/v1/comments", json=body)
        self.write_too_much(client)
        before = turned_away(client)
        assert before, "else this proves nothing"

        client.post("/api/v1/comments", json=body)

        assert turned_away(client) == before

    def test_nobody_elses_comment_is_found(self, client: FlaskClient) -> None:
        body, key = factories.a_body(email="ben@example.org"), {"Idempotency-Key": "k1"}
        client.post("/api/v1/comments", json=body, headers=key)
        self.write_too_much(client)
        mine = body | {"email": "ada.obi@example.org"}

        answers = [client.post("/api/v1/comments", json=mine, headers=each) for each in ({}, key)]

        assert [answer.status_code for answer in answers] == [429, 429]

    def test_a_network_may_have_it_looked_for_so_often(self, client: FlaskClient) -> None:
        body = factories.a_body()
        client.post("/api/v1/comments", json=body)
        self.write_too_much(client)
        with client.application.app_context():
            while not door().limits.is_over(REPEAT, b"127.0.0.1"):
                pass

        assert client.post("/api/v1/comments", json=body).status_code == 429


def count_comments(store: Store) -> int:
    with store.database.read() as connection:
        return connection.execute(select(func.count()).select_from(schema.comments)).scalar_one()


def turned_away(client: FlaskClient) -> list[tuple[str, int]]:
    """Return what is to be told of floods: site and number of posts."""
    with client.application.app_context():
        return [(each.site_key, each.posts) for each in door().floods._found.values()]


@pytest.mark.parametrize(("trusted", "crowded"), [("", True), ("127.0.0.1", False)])
def test_forwarded_address_counts_only_from_a_trusted_proxy(
    make_app: Callable[..., Flask], sqlite_store: Store, trusted: str, crowded: bool
) -> None:
    # given somebody who names another address with every request
    factories.a_site(sqlite_store)
    client = make_app(sqlite_store, rate_limits=True, trusted_proxies=trusted).test_client()

    for number in range(2 * CROWD.alone.amount + 1):
        client.post(
            "/api/v1/comments",
            json=factories.a_body(email=f"reader{number}@example.org"),
            headers={"X-Forwarded-For": f"198.51.100.{number}"},
        )

    with sqlite_store.database.read() as connection:
        holds = set(connection.execute(select(schema.comments.c.door_hold)).scalars())
    assert (DoorHold.CROWDED in holds) is crowded
