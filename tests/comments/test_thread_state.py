"""Open or closed, watched or not: hands go before numbers of days."""

from datetime import datetime, timedelta

import pytest

from comments.thread_state import KEPT_OPEN_AT, UNWATCHED_AT, is_burst, is_closed, is_watched

SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("closed_at", "age_days", "close_after_days", "closed"),
    [
        (None, 10_000, None, False),
        (None, 14, 14, True),
        (None, 13.999, 14, False),
        (timedelta(0), 0, None, True),
        (SECOND, 20, 14, False),  # somebody said when, and the number of days does not count any more
    ],
)
def test_thread_closes_by_hand_or_by_its_age(
    now: datetime, closed_at: timedelta | None, age_days: float, close_after_days: int | None, closed: bool
) -> None:
    at = None if closed_at is None else now + closed_at

    assert is_closed(at, now - timedelta(days=age_days), close_after_days, now) is closed


def test_a_thread_that_was_opened_by_hand_stays_open(now: datetime) -> None:
    assert is_closed(None, now - timedelta(days=99), 14, now), "else this proves nothing"
    assert not is_closed(KEPT_OPEN_AT, now - timedelta(days=99), 14, now)


def test_a_burst_ends_by_itself(now: datetime) -> None:
    assert is_burst(now + SECOND, now)
    assert not is_burst(now, now)
    assert not is_burst(None, now)


def test_a_story_can_be_left_alone(now: datetime) -> None:
    assert not is_watched(UNWATCHED_AT)
    assert not is_burst(UNWATCHED_AT, now)
    assert is_watched(None)
    assert is_watched(now)
