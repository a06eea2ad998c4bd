"""Watch the stories that comments come to, and hold what comes to one that is overrun, until the rush is over.

A clean rush, as after great news, is a burst too: nobody can read that fast, so nothing of it is published unread. It
ends by itself: what moderators publish becomes the story's own past, and what they do not publish never becomes usual.
"""

import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import structlog

from comments.policy import BurstMode
from comments.store import Store
from comments.store.bursts import Arrivals
from comments.store.records import Claimed
from comments.thread_state import is_watched
from workers.surge import FEWEST, NOTHING_KNOWN, OWN_WINDOWS, WINDOW_MINUTES, Usual, is_surge, usual

log = structlog.get_logger()

WINDOW = timedelta(minutes=WINDOW_MINUTES)
PAST = WINDOW * OWN_WINDOWS
SITE_PAST = timedelta(days=7)
# A burst outlasts the last sign of it by so much.
LASTS = timedelta(minutes=15)
# While it lasts by so much longer, nobody needs to look again.
FRESH = LASTS - timedelta(minutes=1)
LOOK_SECONDS = 10.0
USUAL_SECONDS = 900.0
MOST_REMEMBERED = 1000


@dataclass(slots=True)
class Bursts:
    """What one process remembers of the stories: when it looked last, and what is usual on a site."""

    monotonic: Callable[[], float] = time.monotonic
    _looked: dict[int, float] = field(default_factory=dict)
    _seen: Counter[int] = field(default_factory=Counter)
    _usual: dict[int, tuple[float, Usual]] = field(default_factory=dict)

    def watch(self, store: Store, batch: Sequence[Claimed], now: datetime) -> list[Claimed]:
        """Return the batch, with the end of the burst where one begins or goes on. Raises StoreUnavailable."""
        due = [claimed for claimed in batch if _is_watched(claimed, now)]
        until_at: dict[int, datetime] = {}
        for site_id in sorted({claimed.site.id for claimed in due}):
            thread_ids = self._due({claimed.thread_id for claimed in due if claimed.site.id == site_id}, due)
            for found in self._surging(store, site_id, thread_ids, now):
                if store.bursts.begin(found.thread_id, until=now + LASTS, arrived=found.latest, now=now):
                    log.info("burst", thread_id=found.thread_id, arrived=found.latest)
                    until_at[found.thread_id] = now + LASTS
        return [replace(claimed, burst_until=until_at.get(claimed.thread_id, claimed.burst_until)) for claimed in batch]

    def _due(self, thread_ids: set[int], due: Sequence[Claimed]) -> list[int]:
        """Return the threads to look at: after a while, or sooner after many comments."""
        moment = self.monotonic()
        self._seen.update(claimed.thread_id for claimed in due if claimed.thread_id in thread_ids)
        if len(self._looked) > MOST_REMEMBERED:
            self._looked.clear()
        is_due = {
            thread_id
            for thread_id in thread_ids
            if self._seen[thread_id] >= FEWEST or moment - self._looked.get(thread_id, -LOOK_SECONDS) >= LOOK_SECONDS
        }
        for thread_id in is_due:
            self._looked[thread_id] = moment
            del self._seen[thread_id]
        return sorted(is_due)

    def _surging(self, store: Store, site_id: int, thread_ids: list[int], now: datetime) -> list[Arrivals]:
        if not thread_ids:
            return []
        arrivals = store.bursts.arrivals(site_id, thread_ids, now, window=WINDOW, past=PAST)
        many = [found for found in arrivals if found.latest >= FEWEST]
        known = self._usual_of(store, site_id, now) if many else NOTHING_KNOWN
        return [found for found in many if is_surge(found.latest, found.before, _windows(found, now), known)]

    def _usual_of(self, store: Store, site_id: int, now: datetime) -> Usual:
        moment = self.monotonic()
        until, known = self._usual.get(site_id, (moment, NOTHING_KNOWN))
        if until <= moment:
            known = usual(store.bursts.busy_windows(site_id, now - WINDOW, window=WINDOW, past=SITE_PAST))
            self._usual[site_id] = (moment + USUAL_SECONDS, known)
        return known


def _is_watched(claimed: Claimed, now: datetime) -> bool:
    if claimed.site.burst_mode is not BurstMode.AUTO or not is_watched(claimed.burst_until):
        return False
    return claimed.burst_until is None or claimed.burst_until < now + FRESH


def _windows(found: Arrivals, now: datetime) -> float:
    """Return how many windows of its own past the thread has before the last one."""
    age = now - WINDOW - found.opened_at
    return min(max(age / WINDOW, 0.0), float(OWN_WINDOWS))
