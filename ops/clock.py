"""The time, for commands."""

from comments.clock import utc_now

__all__ = ["utc_now"]
