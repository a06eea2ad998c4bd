"""The time, for commands."""

from datetime import UTC, datetime


def utc_now() -> datetime:
    """Return the time as the service keeps it."""
    return datetime.now(UTC)
