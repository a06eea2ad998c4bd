"""The chain gives every decision and event one place, whoever seals and whenever they were committed."""

import threading
from datetime import datetime, timedelta

import pytest
from sqlalchemy import insert

from comments import schema
from comments.roles import EVERY_SITE
from comments.seal import NO_SEAL, seal, seal_key
from comments.status import Status
from comments.store import Store, open_store
from comments.store.chain import Chain
from tests import factories

KEY = seal_key(factories.ROOT_KEY)


def places(store: Store) -> list[tuple[int, str, int]]:
    return [(place.position, place.source, place.source_id) for place in store.chain.page(0, limit=1_000)]


def test_people_machines_and_events_are_sealed_in_one_order(store: Store, now: datetime) -> None:
    held = factories.a_held_comment(store)
    moderator = factories.a_moderator(store)
    store.events.add(None, moderator.id, "site.changed", {}, now + timedelta(seconds=1))
    store.desk.decide(
        held.id, Status.APPROVED, version=2, moderator_id=moderator.id, now=now + timedelta(seconds=2), scope=EVERY_SITE
    )

    sealed = store.chain.seal_next(KEY, now)

    assert sealed == 4
    assert places(store) == [(1, "decision", 1), (2, "decision", 2), (3, "event", 1), (4, "decision", 3)]


def test_each_seal_follows_from_the_one_before(store: Store, now: datetime) -> None:
    factories.a_held_comment(store)
    store.chain.seal_next(KEY, now, limit=1)
    store.chain.seal_next(KEY, now + timedelta(seconds=5))

    before = NO_SEAL
    for place in store.chain.page(0, limit=10):
        assert place.line is not None
        assert place.seal == seal(KEY, before, place.line)
        before = place.seal
    assert store.chain.head().seal == before
    assert store.chain.head().position == 2


def test_what_is_sealed_is_not_sealed_again(store: Store, now: datetime) -> None:
    factories.a_held_comment(store)
    store.chain.seal_next(KEY, now)

    assert store.chain.seal_next(KEY, now) == 0
    assert store.chain.seal_next(KEY, now, everything=True) == 0
    assert store.chain.head().position == 2


def test_a_batch_has_a_limit_and_the_rest_comes_next(store: Store, now: datetime) -> None:
    for _ in range(3):
        factories.a_held_comment(store)

    batches = [store.chain.seal_next(KEY, now, limit=4) for _ in range(3)]

    assert batches == [4, 2, 0]
    assert len(set(places(store))) == 6


def test_a_row_with_an_earlier_time_does_not_overtake_a_lower_id(store: Store, now: datetime) -> None:
    factories.a_held_comment(store, now=now + timedelta(hours=1))
    factories.a_held_comment(store, now=now)

    for _ in range(4):
        store.chain.seal_next(KEY, now, limit=1)

    assert [row_id for _, _, row_id in places(store)] == [1, 2, 3, 4]


def test_a_late_commit_gets_a_later_place(store: Store, now: datetime) -> None:
    if store.database.is_sqlite:
        pytest.skip("SQLite's writers commit one after another")
    site = factories.a_site(store)
    event = {"site_id": site.id, "kind": "test", "detail": "{}", "made_at": now}

    with store.database.write() as slow:
        slow.execute(insert(schema.events).values(**event))
        store.events.add(site.id, None, "test", {}, now)
        assert store.chain.seal_next(KEY, now) == 1
    store.chain.seal_next(KEY, now)

    assert places(store) == [(1, "event", 2), (2, "event", 1)]


def test_a_row_that_was_left_far_behind_is_found_by_a_full_look(store: Store, now: datetime) -> None:
    event = {"kind": "test", "detail": "{}", "made_at": now}
    with store.database.write() as connection:
        connection.execute(insert(schema.events).values(id=1_000_000, **event))
    store.chain.seal_next(KEY, now)
    with store.database.write() as connection:
        connection.execute(insert(schema.events).values(id=5, **event))

    in_passing, in_full = store.chain.seal_next(KEY, now), store.chain.seal_next(KEY, now, everything=True)

    assert (in_passing, in_full) == (0, 1)


def test_a_full_look_begins_where_the_last_but_one_came_to(store: Store, now: datetime) -> None:
    event = {"kind": "test", "detail": "{}", "made_at": now}
    with store.database.write() as connection:
        connection.execute(insert(schema.events).values(id=1_000_000, **event))
    store.chain.seal_next(KEY, now)

    def looks_after(row_id: int) -> tuple[int, int]:
        with store.database.write() as connection:
            connection.execute(insert(schema.events).values(id=row_id, **event))
        return store.chain.seal_next(KEY, now), store.chain.seal_next(KEY, now, everything=True)

    found = [looks_after(5), looks_after(6), looks_after(7)]
    in_a_new_process = Chain(store.database).seal_next(KEY, now, everything=True)

    assert found == [(0, 1), (0, 1), (0, 0)]
    assert in_a_new_process == 1


def test_sealers_at_the_same_time_make_one_chain(store: Store, database_url: str, now: datetime) -> None:
    for _ in range(20):
        factories.a_held_comment(store)
    start, counts = threading.Barrier(4), []

    def seal_all() -> None:
        own = open_store(database_url)
        start.wait()
        counts.append(sum(own.chain.seal_next(KEY, now, limit=3) for _ in range(40)))
        own.close()

    sealers = [threading.Thread(target=seal_all) for _ in range(4)]
    for each in sealers:
        each.start()
    for each in sealers:
        each.join()
    while store.chain.seal_next(KEY, now):
        pass

    assert [position for position, _, _ in places(store)] == list(range(1, 41))
    assert {row_id for _, _, row_id in places(store)} == set(range(1, 41))


def test_unsealed_rows_are_told_when_they_are_old(store: Store, now: datetime) -> None:
    factories.a_held_comment(store)
    chain: Chain = store.chain

    assert chain.unsealed(made_before=now) == ()
    assert [(row.source, row.id) for row in chain.unsealed(made_before=now + timedelta(seconds=1))] == [
        ("decision", 1),
        ("decision", 2),
    ]
