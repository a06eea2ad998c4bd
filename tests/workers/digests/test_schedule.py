"""When a digest is due."""

from datetime import UTC, datetime, timedelta

import pytest

from workers.digests.schedule import BadSchedule, read_schedule


def at(written: str) -> datetime:
    return datetime.fromisoformat(written)


@pytest.mark.parametrize(
    ("every", "zone", "now", "period_at"),
    [
        ("1h", "UTC", "2026-05-04T12:34:56+00:00", "2026-05-04T12:00:00+00:00"),
        ("15m", "UTC", "2026-05-04T12:14:59+00:00", "2026-05-04T12:00:00+00:00"),
        ("6h", "UTC", "2026-05-04T00:00:00+00:00", "2026-05-04T00:00:00+00:00"),
        ("1d at 07:00", "UTC", "2026-05-04T06:59:59+00:00", "2026-05-03T07:00:00+00:00"),
        ("1d at 07:00", "UTC", "2026-05-04T07:00:00+00:00", "2026-05-04T07:00:00+00:00"),
        ("1d at 07:00", "Africa/Lagos", "2026-05-04T06:00:00+00:00", "2026-05-04T06:00:00+00:00"),
        ("1d at 00:30", "Africa/Lagos", "2026-05-04T23:45:00+00:00", "2026-05-04T23:30:00+00:00"),
        # The night in which clocks go forward there is no half past two.
        ("1d at 02:30", "Europe/Berlin", "2026-03-29T12:00:00+00:00", "2026-03-29T01:30:00+00:00"),
        ("1d at 07:00", "Europe/Berlin", "2026-10-25T12:00:00+00:00", "2026-10-25T06:00:00+00:00"),
    ],
)
def test_a_period_begins_when_it_is_written(every: str, zone: str, now: str, period_at: str) -> None:
    assert read_schedule(every, zone).period_at(at(now)) == at(period_at)


@pytest.mark.parametrize("every", ["1h", "1d at 02:30"])
def test_periods_follow_each_other_in_order_through_a_year(every: str) -> None:
    schedule = read_schedule(every, "Europe/Berlin")
    moments = [datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=45 * number) for number in range(11_680)]

    periods = [schedule.period_at(moment) for moment in moments]

    assert periods == sorted(periods)
    assert all(
        timedelta() <= moment - period < timedelta(hours=26) for moment, period in zip(moments, periods, strict=True)
    )


@pytest.mark.parametrize(
    "every", ["", "1", "5m", "7h", "0h", "99h", "1d", "1d at 7:00", "1d at 24:00", "1d at 07:60", "٣h", "1h "]
)
def test_what_says_no_time_is_refused(every: str) -> None:
    with pytest.raises(BadSchedule):
        read_schedule(every)


@pytest.mark.parametrize("zone", ["", "Lagos", "../etc/passwd", "/etc/localtime", "UTC\0"])
def test_a_zone_that_is_none_is_refused(zone: str) -> None:
    with pytest.raises(BadSchedule):
        read_schedule("1d at 07:00", zone)
