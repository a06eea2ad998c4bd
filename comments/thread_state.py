"""What a thread is at a moment: open or closed, read before publication or not. Pure; the times come from its row."""

from datetime import UTC, datetime, timedelta

# `closed_at` of a thread that was opened by hand on a site whose threads close by themselves: until somebody closes it.
KEPT_OPEN_AT = datetime(9999, 1, 1, tzinfo=UTC)
# `burst_until` of a thread that somebody does not want watched: no burst begins there by itself.
UNWATCHED_AT = datetime(1970, 1, 1, tzinfo=UTC)


def is_closed(closed_at: datetime | None, opened_at: datetime, close_after_days: int | None, now: datetime) -> bool:
    """Say whether the thread takes no more comments. What was decided by hand goes before the site's number of days."""
    if closed_at is not None:
        return closed_at <= now
    return close_after_days is not None and opened_at + timedelta(days=close_after_days) <= now


def is_burst(burst_until: datetime | None, now: datetime) -> bool:
    """Say whether everything new is held for a person just now."""
    return burst_until is not None and burst_until > now


def is_watched(burst_until: datetime | None) -> bool:
    """Say whether a burst may begin by itself."""
    return burst_until != UNWATCHED_AT
