"""The clock: the one place that asks what time it is."""

from datetime import UTC, datetime

from comments.failpoints import clock_error


def utc_now() -> datetime:
    """Return the time as the service keeps it."""
    return datetime.now(UTC) + clock_error()
