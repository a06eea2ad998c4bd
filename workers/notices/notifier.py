"""The notifier: the one process that opens sealed addresses. It takes its own kinds of letters from the outbox.

One at a time works, by a lease in the database, so that nobody is written to twice; a second one waits for its turn.
"""

from collections.abc import Callable
from datetime import datetime

import structlog

from comments.store import Store, StoreUnavailable
from workers.external.panel import NOBODY
from workers.heartbeat import Heartbeat
from workers.notices.letters import Desk, ways
from workers.outbox import Post, send_due

log = structlog.get_logger()

LOOK_EVERY_SECONDS = 5.0
LEASE = "notifier"
# One round ends after its budget and one more message: a server that says nothing costs 30 seconds.
LEASE_SECONDS = 90.0


class Notifier:
    """Sends what is due, round after round."""

    def __init__(self, store: Store, desk: Desk, name: str, heartbeat: Heartbeat) -> None:
        self._store = store
        self._desk = desk
        self._name = name
        self._heartbeat = heartbeat

    def work(self, now: datetime) -> int:
        """Send what is due. Returns how many letters were done with; 0 while another notifier is at work."""
        if not self._store.leases.take(LEASE, self._name, seconds=LEASE_SECONDS, now=now):
            return 0
        return send_due(Post(self._store, NOBODY), self._desk.now, ways=ways(self._desk))

    def run(self, stopped: Callable[[float], bool]) -> None:
        """Go on until told to stop. `stopped(seconds)` waits so long and says whether to end."""
        is_first = True
        while is_first or not stopped(LOOK_EVERY_SECONDS):
            is_first = False
            self._heartbeat.beat()
            try:
                done = self.work(self._desk.now())
            except StoreUnavailable as problem:
                log.warning("notices wait", error=str(problem))
            else:
                if done:
                    log.info("notices done", count=done)
        self._heartbeat.stop()
        try:
            self._store.leases.give_back(LEASE, self._name)
        except StoreUnavailable as problem:
            log.warning("notifier lease not given back", error=str(problem))
