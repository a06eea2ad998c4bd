"""The sweeper: finds comments that nobody was woken for, and forgets what must not be kept.

It runs in a process of its own beside the workers, one at a time by a lease in the database. First it rings. If Redis
does not answer, or comments are still there at the next look, it drains by itself: so a comment waits for Redis ten
seconds at most, whatever became of Redis and whatever stands in it.
"""

from collections.abc import Callable
from datetime import datetime

import structlog

from comments import metrics
from comments.store import StoreUnavailable
from comments.wakeup import Wakeup, ring_to_learn
from workers.chores import CHORES, Chores
from workers.drain import drain_pending
from workers.heartbeat import RENEW_SECONDS
from workers.learning.job import has_news
from workers.runtime import Runtime

log = structlog.get_logger()

LEASE = "sweeper"
# A comment that waits longer than this was forgotten: a bell that rings is answered at once.
FORGOTTEN_SECONDS = 5.0
# The lease outlasts this many sweeps, so that the next sweeper does not start while this one drains.
LEASE_SWEEPS = 4


class Sweeper:
    """What one sweep remembers for the next."""

    def __init__(self, here: Runtime, name: str, *, sweep_seconds: float) -> None:
        self._here = here
        self._name = name
        self._lease_seconds = max(LEASE_SWEEPS * sweep_seconds, 2 * FORGOTTEN_SECONDS)
        self._wakeup = Wakeup(here.redis)
        self._rang_in_vain = False
        self._has_looked_at_models = False
        self._chores = Chores(CHORES)

    def sweep(self, now: datetime) -> int:
        """Rescue what was forgotten. Returns how many comments were found waiting; 0 when another one sweeps.

        Safe to do twice: ringing only wakes, and draining is safe in two places at once.
        """
        store = self._here.store
        if not store.leases.take(LEASE, self._name, seconds=self._lease_seconds, now=now):
            return 0
        self._chores.do_due(self._here, now)
        self._ring_to_learn(now)
        stranded = store.pending.count_stranded(
            now, older_than_seconds=FORGOTTEN_SECONDS, lease_seconds=self._here.lease_seconds
        )
        if not stranded:
            self._rang_in_vain = False
            return 0
        has_rung = self._wakeup.ring()
        metrics.count_rescues(stranded)
        log.warning("comments were waiting", count=stranded, has_rung=has_rung)
        if self._rang_in_vain or not has_rung:
            self._drain()
        self._rang_in_vain = True
        return stranded

    def _drain(self) -> None:
        here = self._here
        drain_pending(
            here.store,
            here.opinion,
            lease_seconds=here.lease_seconds,
            now=here.now,
            beat=here.beat,
            panel=here.panel,
            audit_seed=here.audit_seed,
            bursts=here.bursts,
        )

    def _ring_to_learn(self, now: datetime) -> None:
        """Ask for a lesson when moderators have decided, and once at start: the shipped models may be new ones."""
        store = self._here.store
        is_due = not self._has_looked_at_models and store.learning.has_models()
        if (is_due or has_news(store, now)) and not ring_to_learn(self._here.redis):
            return
        self._has_looked_at_models = True

    def stop(self) -> None:
        """Let another one sweep at once."""
        self._here.store.leases.give_back(LEASE, self._name)


def sweep_until(stopped: Callable[[float], bool], sweeper: Sweeper, here: Runtime, *, sweep_seconds: float) -> None:
    """Sweep again and again. `stopped(seconds)` waits so long and says whether to end."""
    while not _wait(stopped, here, sweep_seconds):
        try:
            sweeper.sweep(here.now())
        except StoreUnavailable as problem:
            log.warning("sweep failed", error=str(problem))
    try:
        sweeper.stop()
    except StoreUnavailable as problem:
        log.warning("sweeper lease not given back", error=str(problem))


def _wait(stopped: Callable[[float], bool], here: Runtime, seconds: float) -> bool:
    """Wait so long, and say all the while that this process is alive. Returns whether to end.

    A sweep may be five minutes away: who gave no sign before it would be taken for one that hangs.
    """
    here.beat()
    while seconds > 0:
        piece_seconds = min(seconds, RENEW_SECONDS)
        if stopped(piece_seconds):
            return True
        here.beat()
        seconds -= piece_seconds
    return False
