"""Floods: one row for a site, a network and an hour, whoever writes it down and how often."""

from datetime import datetime, timedelta

from sqlalchemy import func, select

from comments import schema
from comments.store import Store
from comments.store.floods import HOUR, Flooding, TurnedAway, hour_of
from tests.factories import a_site
from tests.together import together


def turned_away(now: datetime, network: bytes, posts: int, site: str = "demo") -> TurnedAway:
    return TurnedAway(site, hour_of(now), network, posts, now)


def rows(store: Store) -> int:
    with store.database.read() as connection:
        return connection.execute(select(func.count()).select_from(schema.floods)).scalar_one()


def test_what_one_network_sends_in_an_hour_is_one_row(store: Store, now: datetime) -> None:
    a_site(store)
    for minute in range(5):
        store.floods.add([turned_away(now + timedelta(minutes=minute), b"one", 100), turned_away(now, b"other", 1)])

    assert rows(store) == 2
    assert store.floods.since(hour_of(now)) == Flooding(505, 2, now + timedelta(minutes=4))


def test_an_earlier_count_that_comes_later_does_not_turn_time_back(store: Store, now: datetime) -> None:
    a_site(store)

    store.floods.add([turned_away(now + timedelta(minutes=1), b"one", 1)])
    store.floods.add([turned_away(now, b"one", 1)])

    assert store.floods.since(hour_of(now)).last_at == now + timedelta(minutes=1)


def test_processes_add_to_the_same_row(store: Store, now: datetime) -> None:
    a_site(store)
    found = [turned_away(now, b"b", 3), turned_away(now, b"a", 2)]

    together([lambda: store.floods.add(found), lambda: store.floods.add(found[::-1])] * 2)

    assert store.floods.since(hour_of(now)) == Flooding(20, 2, now)


def test_the_next_hour_is_another_flood(store: Store, now: datetime) -> None:
    a_site(store)

    store.floods.add([turned_away(now - HOUR, b"one", 5), turned_away(now, b"one", 7)])

    assert store.floods.since(hour_of(now)) == Flooding(7, 1, now)
    assert store.floods.since(hour_of(now) - HOUR) == Flooding(12, 2, now)


def test_what_is_about_no_site_of_ours_is_left_out(store: Store, now: datetime) -> None:
    store.floods.add([turned_away(now, b"one", 5, site=""), turned_away(now, b"one", 5, site="nobody")])

    assert store.floods.since(hour_of(now)) == Flooding()


def test_floods_are_forgotten_after_seven_days(store: Store, now: datetime) -> None:
    a_site(store)
    store.floods.add([turned_away(now - timedelta(days=8), b"one", 5), turned_away(now, b"one", 7)])

    assert store.floods.forget_old(now) == 1
    assert store.floods.since(hour_of(now) - timedelta(days=30)).posts == 7
