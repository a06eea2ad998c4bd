"""The limit on one comment, inside RQ's limit on the job."""

import signal
import threading
from datetime import timedelta

import pytest

from tests.workers.opinions import wait
from workers.time_limit import TookTooLong, at_most

LONG = timedelta(minutes=1)


def test_a_block_that_takes_too_long_is_ended() -> None:
    with pytest.raises(TookTooLong), at_most(0.02):
        wait(LONG)


def test_a_check_that_catches_everything_is_ended_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workers.time_limit.AGAIN_SECONDS", 0.02)
    caught = []

    def stubborn() -> None:
        try:
            wait(LONG)
        except Exception as error:
            caught.append(error)
        wait(LONG)

    with pytest.raises(TookTooLong), at_most(0.02):
        stubborn()

    assert len(caught) == 1


def test_a_block_that_ends_in_time_leaves_no_alarm() -> None:
    pytest_s_own, _ = signal.setitimer(signal.ITIMER_REAL, 0)

    with at_most(60):
        pass

    assert signal.setitimer(signal.ITIMER_REAL, pytest_s_own) == (0.0, 0.0)


def test_the_alarm_of_the_job_is_put_back() -> None:
    rang: list[int] = []
    before = signal.signal(signal.SIGALRM, lambda number, _: rang.append(number))
    signal.setitimer(signal.ITIMER_REAL, 0.05)
    try:
        with pytest.raises(TookTooLong), at_most(0.02):
            wait(LONG)
        wait(timedelta(seconds=0.2))
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)

    assert rang == [signal.SIGALRM]


def test_outside_the_main_thread_there_is_no_limit() -> None:
    done: list[bool] = []

    def look() -> None:
        with at_most(0.0001):
            wait(timedelta(seconds=0.01))
            done.append(True)

    thread = threading.Thread(target=look)
    thread.start()
    thread.join()

    assert done == [True]
