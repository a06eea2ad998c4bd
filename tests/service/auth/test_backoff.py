"""Waits double, end, and never grow because somebody keeps knocking."""

from datetime import timedelta

from redis import Redis

from comments.wakeup import connect_quickly
from service.auth import counts as counting
from service.auth.backoff import Backoff, Subject
from service.auth.counts import Count, OwnCounts, SharedCounts
from tests import factories
from tests.service.conftest import Clock

ADA = Subject("ada", 3, timedelta(seconds=60))
BISI = Subject("bisi", 3, timedelta(seconds=60))


def test_wait_doubles_up_to_the_longest_and_ends_by_itself() -> None:
    # given: the free tries are used up
    clock = Clock(factories.NOW)
    counts = Backoff(clock, OwnCounts())
    assert [counts.take([ADA]) for _ in range(3)] == [None, None, None]

    # when: each next try comes as soon as it may
    waits = []
    for _ in range(8):
        wait = counts.take([ADA])
        assert wait is not None
        waits.append(int(wait.total_seconds()))
        clock.now += wait
        assert counts.take([ADA]) is None

    # then
    assert waits == [2, 4, 8, 16, 32, 60, 60, 60]


def test_try_during_a_wait_does_not_lengthen_it() -> None:
    counts = Backoff(Clock(factories.NOW), OwnCounts())
    for _ in range(3):
        counts.take([ADA])
    assert [counts.take([ADA]) for _ in range(100)] == [timedelta(seconds=2)] * 100


def test_one_waits_and_the_other_does_not() -> None:
    counts = Backoff(Clock(factories.NOW), OwnCounts())
    for _ in range(4):
        counts.take([ADA])
    assert counts.take([ADA])
    assert counts.take([BISI]) is None


def test_try_that_must_wait_for_one_subject_counts_against_none() -> None:
    counts = Backoff(Clock(factories.NOW), OwnCounts())
    for _ in range(3):
        counts.take([ADA])
    for _ in range(10):
        assert counts.take([ADA, BISI])
    assert counts.take([BISI]) is None


def test_right_password_starts_anew_and_so_does_a_day() -> None:
    clock = Clock(factories.NOW)
    counts = Backoff(clock, OwnCounts())
    for _ in range(3):
        counts.take([ADA])
        counts.take([BISI])
    assert counts.take([ADA])
    assert counts.take([BISI])
    counts.forget(ADA.key)
    assert counts.take([ADA]) is None
    clock.now += counting.FORGET_AFTER
    assert counts.take([BISI]) is None


def test_guesser_with_many_names_fills_no_memory() -> None:
    own = OwnCounts()
    for number in range(counting.MAX_COUNTS + 50):
        own.write(str(number), Count(1, factories.NOW))
    assert len(own) == counting.MAX_COUNTS
    assert own.read("0") is None
    assert own.read(str(counting.MAX_COUNTS)) is not None


def test_two_processes_count_together(valkey: str, redis: Redis) -> None:
    # given: two web processes
    clock = Clock(factories.NOW)
    first, second = (Backoff(clock, SharedCounts(connect_quickly(valkey))) for _ in range(2))

    # when: a guesser is sent to one and to the other
    for process in (first, second, first):
        assert process.take([ADA]) is None

    # then: both make them wait, until the right password comes to either
    assert first.take([ADA]) == second.take([ADA]) == timedelta(seconds=2)
    first.forget(ADA.key)
    assert second.take([ADA]) is None
    assert second.take([BISI]) is None
    ends_in_seconds = redis.ttl("replydesk:login:bisi")
    assert 0 < ends_in_seconds <= counting.FORGET_AFTER.total_seconds()


def test_redis_going_away_frees_no_guesser() -> None:
    # given: nobody listens there
    counts = Backoff(Clock(factories.NOW), SharedCounts(connect_quickly("redis://127.0.0.1:1/0")))

    # then
    assert [counts.take([ADA]) for _ in range(4)] == [None, None, None, timedelta(seconds=2)]
