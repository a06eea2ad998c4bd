"""Signs of life: a pulse that the parent feels, and a lease in the database that everybody can see.

Both are given by the thread that works, between two comments or two looks at the queue, and by nothing else: a worker
that hangs stops giving them.
"""

import mmap
import struct
import time
from collections.abc import Callable
from datetime import datetime

import structlog

from comments.store import Store, StoreUnavailable

log = structlog.get_logger()

RENEW_SECONDS = 5.0
# Longer than RQ waits for a job, than a batch of slow checks, and than a busy database answers.
LEASE_SECONDS = 30.0


class Pulse:
    """When a child was last alive, in memory that it shares with its parent."""

    def __init__(self) -> None:
        self._shared = mmap.mmap(-1, struct.calcsize("d"))
        self.beat()

    def beat(self) -> None:
        """Say that this process is alive."""
        struct.pack_into("d", self._shared, 0, time.monotonic())

    def seconds_ago(self) -> float:
        """Return how long ago it last was."""
        return time.monotonic() - float(struct.unpack_from("d", self._shared, 0)[0])


class Heartbeat:
    """Beats the pulse at every call and renews the process's lease every few seconds."""

    def __init__(self, store: Store, lease: str, pulse: Pulse, now: Callable[[], datetime]) -> None:
        self._store = store
        self._lease = lease
        self._pulse = pulse
        self._now = now
        self._renew_at = 0.0

    def beat(self) -> None:
        """Say that this process is alive. A database that is away must not stop the one that says so."""
        self._pulse.beat()
        if time.monotonic() < self._renew_at:
            return
        self._renew_at = time.monotonic() + RENEW_SECONDS
        try:
            self._store.leases.take(self._lease, self._lease, seconds=LEASE_SECONDS, now=self._now())
        except StoreUnavailable as problem:
            log.warning("heartbeat not written", error=str(problem))

    def stop(self) -> None:
        """Say that this process ends."""
        try:
            self._store.leases.give_back(self._lease, self._lease)
        except StoreUnavailable as problem:
            log.warning("heartbeat not ended", error=str(problem))
