"""The couriers: one thread for each webhook that something is due to, so that a slow receiver holds up nobody else.

The sweeper sends them out and goes on: it does not wait until they are back.
"""

import threading
import time
from collections.abc import Callable
from datetime import datetime

import structlog

from comments.failpoints import Point, reach
from comments.identity import RootKey, load_root_key
from comments.settings import Settings
from comments.store import Store, StoreUnavailable
from comments.store.webhook_letters import WebhookLetter
from comments.store.webhooks import Webhook
from comments.webhook import unseal_secret
from workers.webhooks.delivery import TIMEOUT_SECONDS, Message, Undelivered, deliver
from workers.webhooks.round import serve

log = structlog.get_logger()

SEND_EVERY_SECONDS = 1.0
# So many webhooks are served at once; the others are served when one of these is back.
MOST_AT_ONCE = 8


class Couriers:
    """Who is under way. One for each process that sends."""

    def __init__(
        self,
        store: Store,
        key: RootKey,
        now: Callable[[], datetime],
        *,
        allows_private: bool,
        timeout_seconds: float = TIMEOUT_SECONDS,
    ) -> None:
        self._store = store
        self._key = key
        self._now = now
        self._allows_private = allows_private
        self._timeout_seconds = timeout_seconds
        self._under_way: dict[int, threading.Thread] = {}

    def send_out(self) -> int:
        """Send a courier to each webhook that something is due to and that has none. Returns how many set out.

        Safe to do twice, in two places at once and to be killed in: letters are taken under a lease, and forgotten
        when they arrived. Raises StoreUnavailable.
        """
        self._under_way = {each: thread for each, thread in self._under_way.items() if thread.is_alive()}
        free = MOST_AT_ONCE - len(self._under_way)
        waiting = [each for each in self._store.webhook_letters.due(self._now()) if each.id not in self._under_way]
        for webhook in waiting[:free]:
            courier = threading.Thread(target=self._go, args=(webhook,), name="courier", daemon=True)
            self._under_way[webhook.id] = courier
            courier.start()
        return min(free, len(waiting))

    def wait(self, seconds: float) -> bool:
        """Wait until everybody is back. Returns False when somebody is not."""
        ends_at = time.monotonic() + seconds
        for thread in self._under_way.values():
            thread.join(max(0.0, ends_at - time.monotonic()))
        return not any(thread.is_alive() for thread in self._under_way.values())

    def _go(self, webhook: Webhook) -> None:
        try:
            serve(self._store, webhook, lambda letter: self._deliver(webhook, letter), self._now)
        except StoreUnavailable as problem:
            log.warning("courier came back", webhook_id=webhook.id, error=str(problem))

    def _deliver(self, webhook: Webhook, letter: WebhookLetter) -> None:
        now = self._now()
        sealed = webhook.sealed_secrets(now)
        secrets = [unseal_secret(self._key, webhook.site_id, webhook.url, each) for each in sealed]
        known = [secret for secret in secrets if secret is not None]
        if not known:
            raise Undelivered("its secret was sealed with another root key")
        message = Message(letter.message_id, letter.body.encode())
        deliver(
            webhook.url,
            message,
            known,
            now,
            allows_private=self._allows_private,
            timeout_seconds=self._timeout_seconds,
        )
        reach(Point.DELIVERED)


def load_couriers(settings: Settings, store: Store, now: Callable[[], datetime]) -> Couriers:
    """Return the couriers of an installation. Raises KeyFileProblem."""
    key = load_root_key(settings.root_key_path)
    return Couriers(store, key, now, allows_private=settings.webhook_private_addresses)
