"""The digester: sends each digest once a period, in a thread of its own, so that a slow mail server holds up nobody."""

import hashlib
import threading
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import datetime

import structlog

from comments.settings import Settings
from comments.store import Store, StoreUnavailable
from comments.store.digests import ClaimedDigest
from comments.store.records import Site
from workers.digests import words
from workers.digests.receivers import Digest, NotTold, Told, tell
from workers.notifications_file import digests, load_notifications

log = structlog.get_logger()

LOOK_EVERY_SECONDS = 30.0


class Digester:
    """What is to be sent, and the thread that does."""

    def __init__(
        self,
        store: Store,
        listed: Sequence[Digest],
        now: Callable[[], datetime],
        *,
        public_url: str | None,
        allows_private: bool,
    ) -> None:
        self._store = store
        self.listed = tuple(listed)
        self._now = now
        self._public_url = public_url
        self._allows_private = allows_private
        self._thread: threading.Thread | None = None

    def start(self) -> int:
        """Look for what is due, unless the last look still goes on. Returns 1 when it began one."""
        if not self.listed or (self._thread is not None and self._thread.is_alive()):
            return 0
        self._thread = threading.Thread(target=self._try_to_send, name="digester", daemon=True)
        self._thread.start()
        return 1

    def wait(self, seconds: float) -> bool:
        """Wait until the look is over. Returns False when it is not."""
        if self._thread is not None:
            self._thread.join(seconds)
        return self._thread is None or not self._thread.is_alive()

    def send_due(self) -> int:
        """Send what is due. Returns how many were sent. Raises StoreUnavailable.

        Safe to do twice, in two places at once and to be killed in: a period is claimed under a lease, and done with
        when it was told.
        """
        sites = {site.key: site for site in self._store.sites.all()}
        return sum(self._send(sites[each.site_key], each) for each in self.listed if each.site_key in sites)

    def compose(self, site: Site, digest: Digest, since: datetime, now: datetime, name: str) -> tuple[Told, bool]:
        """Return the digest as it is told now, and whether nothing waits."""
        numbers = self._store.digests.numbers(site.id, since=since, now=now)
        desk_url = None if self._public_url is None else f"{self._public_url.rstrip('/')}/review/?site={site.key}"
        told = Told(
            id=name,
            site_key=site.key,
            subject=words.subject(site.name, numbers, now),
            body=words.body(numbers, since, digest.schedule, desk_url=desk_url),
            numbers={"since": since, "desk": desk_url, **asdict(numbers)},
        )
        return told, numbers.is_quiet

    def _try_to_send(self) -> None:
        try:
            self.send_due()
        except StoreUnavailable as problem:
            log.warning("digests not sent", error=str(problem))

    def _send(self, site: Site, digest: Digest) -> bool:
        now = self._now()
        claimed = self._store.digests.claim(site.id, digest.name, digest.schedule.period_at(now), now)
        if claimed is None:
            return False
        told, is_quiet = self.compose(site, digest, claimed.told_until, now, _id(claimed))
        if is_quiet and not digest.when_quiet:
            self._store.digests.done(claimed, told_until=None)
            return False
        try:
            tell(digest.receiver, told, now, allows_private=self._allows_private)
        except NotTold as problem:
            self._store.digests.put_off(claimed, self._now())
            log.warning(
                "digest put off", site=site.key, digest=digest.name, attempts=claimed.attempts, why=str(problem)
            )
            return False
        self._store.digests.done(claimed, told_until=now)
        log.info("digest sent", site=site.key, digest=digest.name)
        return True


def load_digester(settings: Settings, store: Store, now: Callable[[], datetime]) -> Digester:
    """Return the digester of an installation. Raises BadNotifications."""
    return Digester(
        store,
        digests(load_notifications(settings.notifications_file)),
        now,
        public_url=settings.public_url,
        allows_private=settings.webhook_private_addresses,
    )


def _id(claimed: ClaimedDigest) -> str:
    """Return the same name for the same period's digest: a second copy is known by it."""
    told = f"{claimed.site_id} {claimed.name} {claimed.period_at.isoformat()} {claimed.told_until.isoformat()}"
    return f"dig_{hashlib.sha256(told.encode()).hexdigest()[:32]}"
