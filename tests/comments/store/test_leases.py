"""Leases: one holder at a time, until it gives back, dies or is late."""

from datetime import datetime, timedelta
from functools import partial

from comments.store import Store
from comments.store.leases import PROBE
from tests.together import together

SECOND = timedelta(seconds=1)


def test_a_lease_has_one_holder(store: Store, now: datetime) -> None:
    assert store.leases.take("sweep", "me", seconds=5, now=now)
    assert not store.leases.take("sweep", "you", seconds=5, now=now)
    assert store.leases.take("other", "you", seconds=5, now=now)


def test_of_many_at_once_one_takes_it(store: Store, now: datetime) -> None:
    takers = [partial(store.leases.take, "sweep", f"holder-{each}", seconds=5, now=now) for each in range(8)]

    assert sum(together(takers)) == 1


def test_the_holder_may_renew_it(store: Store, now: datetime) -> None:
    store.leases.take("sweep", "me", seconds=5, now=now)

    assert store.leases.take("sweep", "me", seconds=5, now=now + 4 * SECOND)
    assert not store.leases.take("sweep", "you", seconds=5, now=now + 8 * SECOND)


def test_it_ends_by_itself(store: Store, now: datetime) -> None:
    store.leases.take("sweep", "me", seconds=5, now=now)

    assert not store.leases.take("sweep", "you", seconds=5, now=now + 4.999 * SECOND)
    assert store.leases.take("sweep", "you", seconds=5, now=now + 5 * SECOND)
    assert not store.leases.take("sweep", "me", seconds=5, now=now + 6 * SECOND), "who was late has lost it"


def test_only_its_holder_gives_it_back(store: Store, now: datetime) -> None:
    store.leases.take("sweep", "me", seconds=5, now=now)

    store.leases.give_back("sweep", "you")
    assert not store.leases.take("sweep", "you", seconds=5, now=now)
    store.leases.give_back("sweep", "me")
    assert store.leases.take("sweep", "you", seconds=5, now=now)


def test_who_is_alive_is_counted_by_prefix(store: Store, now: datetime) -> None:
    for name, seconds in (("worker/1", 5), ("worker/2", 1), ("worker_x", 5), ("sweep", 5)):
        store.leases.take(name, "me", seconds=seconds, now=now)

    assert store.leases.count_alive("worker/", now) == 2
    assert store.leases.count_alive("worker/", now + SECOND) == 1
    assert store.leases.count_alive("worker_", now) == 1, "an underscore is no wildcard"
    assert store.leases.count_alive("%", now) == 0


def test_what_ended_long_ago_is_forgotten(store: Store, now: datetime) -> None:
    store.leases.take("old", "me", seconds=5, now=now - timedelta(days=2))
    store.leases.take("new", "me", seconds=5, now=now)

    store.leases.forget_ended(now)

    assert store.leases.count_alive("old", now - timedelta(days=2)) == 0
    assert store.leases.count_alive("new", now) == 1


def test_a_lease_taken_before_the_clock_was_put_back_has_ended(store: Store, now: datetime) -> None:
    store.leases.take("sweep", "the dead", seconds=5, now=now + timedelta(days=1))
    store.leases.take("worker/the dead", "the dead", seconds=30, now=now + timedelta(days=1))

    assert store.leases.count_alive("worker/", now) == 0
    assert store.leases.take("sweep", "me", seconds=5, now=now)


def test_a_lease_that_has_ended_says_for_a_while_who_had_it(store: Store, now: datetime) -> None:
    store.leases.take(PROBE, "a:1", seconds=0, now=now)

    assert store.leases.last_holder(PROBE, since=now - SECOND) == "a:1"
    assert store.leases.last_holder(PROBE, since=now + SECOND) is None
    assert store.leases.last_holder("nobody", since=now) is None
