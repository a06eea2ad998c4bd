"""Alarms: counted together, remembered for a day, never more than a row."""

from datetime import datetime, timedelta

from comments.store import Store
from comments.store.alarms import JOBS_REFUSED, MAX_COUNT, REMEMBERED, Alarm


def test_nothing_happened_is_no_alarm(store: Store, now: datetime) -> None:
    assert store.alarms.find(JOBS_REFUSED, now) is None


def test_what_happens_again_is_added(store: Store, now: datetime) -> None:
    later = now + timedelta(hours=1)

    store.alarms.sound(JOBS_REFUSED, 3, now=now)
    store.alarms.sound(JOBS_REFUSED, 2, now=later)

    assert store.alarms.find(JOBS_REFUSED, later) == Alarm(5, later)


def test_after_a_quiet_day_it_begins_anew(store: Store, now: datetime) -> None:
    store.alarms.sound(JOBS_REFUSED, 3, now=now)

    assert store.alarms.find(JOBS_REFUSED, now + REMEMBERED) is None
    store.alarms.sound(JOBS_REFUSED, 1, now=now + REMEMBERED)

    assert store.alarms.find(JOBS_REFUSED, now + REMEMBERED) == Alarm(1, now + REMEMBERED)


def test_no_flood_makes_the_number_too_large(store: Store, now: datetime) -> None:
    for _ in range(3):
        store.alarms.sound(JOBS_REFUSED, 10**12, now=now)

    found = store.alarms.find(JOBS_REFUSED, now)

    assert found is not None
    assert found.count == MAX_COUNT
