"""Waits double, end, and never grow because somebody keeps knocking."""

from datetime import timedelta

from service.auth import backoff
from service.auth.backoff import Backoff, Subject
from tests import factories
from tests.service.conftest import Clock

ADA = Subject("ada", 3, timedelta(seconds=60))
BISI = Subject("bisi", 3, timedelta(seconds=60))


def test_wait_doubles_up_to_the_longest_and_ends_by_itself() -> None:
    # given: the free tries are used up
    clock = Clock(factories.NOW)
    counts = Backoff(clock)
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
    counts = Backoff(Clock(factories.NOW))
    for _ in range(3):
        counts.take([ADA])
    assert [counts.take([ADA]) for _ in range(100)] == [timedelta(seconds=2)] * 100


def test_one_waits_and_the_other_does_not() -> None:
    counts = Backoff(Clock(factories.NOW))
    for _ in range(4):
        counts.take([ADA])
    assert counts.take([ADA])
    assert counts.take([BISI]) is None


def test_try_that_must_wait_for_one_subject_counts_against_none() -> None:
    counts = Backoff(Clock(factories.NOW))
    for _ in range(3):
        counts.take([ADA])
    for _ in range(10):
        assert counts.take([ADA, BISI])
    assert counts.take([BISI]) is None


def test_right_password_starts_anew_and_so_does_a_day() -> None:
    clock = Clock(factories.NOW)
    counts = Backoff(clock)
    for _ in range(3):
        counts.take([ADA])
        counts.take([BISI])
    assert counts.take([ADA])
    assert counts.take([BISI])
    counts.forget(ADA.key)
    assert counts.take([ADA]) is None
    clock.now += backoff.FORGET_AFTER
    assert counts.take([BISI]) is None


def test_guesser_with_many_names_fills_no_memory() -> None:
    counts = Backoff(Clock(factories.NOW))
    for number in range(backoff.MAX_COUNTS + 50):
        counts.take([Subject(str(number), 3, timedelta(seconds=60))])
    assert len(counts._counts) == backoff.MAX_COUNTS
