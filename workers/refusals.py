"""Counts the jobs that a worker refused, so that readiness and the doctor can say that somebody forges them."""

import time
from collections.abc import Callable
from datetime import datetime

import structlog

from comments.store import Store, StoreUnavailable
from comments.store.alarms import JOBS_REFUSED

log = structlog.get_logger()

# Whoever floods the queue must not have us write to the database as often.
TELL_SECONDS = 5.0


class Refusals:
    """The refusals of one process that are not in the database yet."""

    def __init__(self) -> None:
        self._untold = 0
        self._tell_at = 0.0

    def count(self) -> None:
        """Remember one more."""
        self._untold += 1

    def tell(self, store: Store, now: Callable[[], datetime], *, at_once: bool = False) -> None:
        """Write them down, at most once in five seconds. A database that is away hears of them later."""
        if not self._untold or (time.monotonic() < self._tell_at and not at_once):
            return
        self._tell_at = time.monotonic() + TELL_SECONDS
        try:
            store.alarms.sound(JOBS_REFUSED, self._untold, now=now())
        except StoreUnavailable as problem:
            log.warning("alarm not written", error=str(problem))
            return
        self._untold = 0
