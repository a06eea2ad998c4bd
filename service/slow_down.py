"""Slow down a story that is overrun: fewer comments from each author go in, until the burst is over.

Whether it is overrun stands in the thread's row, which accepting reads anyway; each process remembers what it saw there
last, so the door asks nobody.
"""

from collections import OrderedDict
from datetime import datetime, timedelta
from threading import Lock

from limits import RateLimitItemPerMinute

from comments.metrics import Limit
from service.rate_limits import Bucket

# Of each author: everything new is held here anyway, and a network's crowd may be that of a mobile carrier.
SLOW_AUTHOR = Bucket(Limit.BURST_AUTHOR, RateLimitItemPerMinute(1), RateLimitItemPerMinute(1))
# What ended, by hand or by itself, is noticed so soon.
REMEMBERED_SECONDS = 20
MOST_REMEMBERED = 1000


class SlowDown:
    """The stories that were overrun when a comment came to them last."""

    def __init__(self) -> None:
        self._until: OrderedDict[tuple[str, str], datetime] = OrderedDict()
        self._lock = Lock()

    def lasts(self, site_key: str, thread_key: str, now: datetime) -> bool:
        """Say whether comments to this story are to be slowed down."""
        with self._lock:
            until = self._until.get((site_key, thread_key))
        return until is not None and until > now

    def learn(self, site_key: str, thread_key: str, burst_until: datetime | None, now: datetime) -> None:
        """Remember what stood in the thread's row."""
        with self._lock:
            self._until.pop((site_key, thread_key), None)
            if burst_until is not None:
                self._until[site_key, thread_key] = min(burst_until, now + timedelta(seconds=REMEMBERED_SECONDS))
            while len(self._until) > MOST_REMEMBERED:
                self._until.popitem(last=False)
