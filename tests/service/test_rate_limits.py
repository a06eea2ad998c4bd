"""Rate limits: shared in a real Valkey, stricter alone, quick when it is away, and without a name of anybody."""

import os
import signal
import time
from collections.abc import Callable

import pytest
from flask import Flask
from redis import Redis
from sqlalchemy import select

from comments import schema
from comments.door_hold import DoorHold
from comments.identity import RootKey
from comments.store import Store
from comments.wakeup import ANSWER_SECONDS, BREAK_SECONDS, connect_quickly
from service.problems import TooMany
from service.rate_limits import AUTHOR, CROWD, NETWORK, Bucket, RateLimits
from tests import factories
from tests.servers.valkey import running_valkey

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
