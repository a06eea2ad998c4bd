"""Webhooks of a test's site, and what reached their receivers."""

import json
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select

from comments import schema
from comments.store import Store
from comments.webhook import EVERYTHING, Announcement, new_secret, seal_secret
from tests import factories
from tests.workers.external.servers import Server
from workers.webhooks.couriers import Couriers

PATIENCE_SECONDS = 20.0


def a_webhook(
    store: Store, url: str, *, secret: bytes | None = None, wants: tuple[Announcement, ...] = EVERYTHING
) -> int:
    """Add a webhook to the site "demo"; returns its number."""
    site = factories.a_site(store)
    sealed = seal_secret(factories.ROOT_KEY, site.id, url, secret or new_secret())
    return store.webhooks.add(site.id, url, wants, sealed, now=factories.NOW)


def put_letters(store: Store, webhook_id: int, count: int, *, at: datetime = factories.NOW) -> None:
    """Let letters wait that are due at once, each with its own message id."""
    rows = [
        {
            "webhook_id": webhook_id,
            "message_id": f"evt_{webhook_id}_{number}",
            "body": json.dumps({"id": f"evt_{webhook_id}_{number}"}),
            "due_at": at,
            "attempts": 0,
            "created_at": at,
        }
        for number in range(count)
    ]
    with store.database.write() as connection:
        connection.execute(insert(schema.webhook_letters), rows)


def tell(store: Store, at: datetime, *, timeout_seconds: float = 5.0) -> None:
    """Send couriers to whoever something is due to, and wait until they are back."""
    couriers = Couriers(store, factories.ROOT_KEY, lambda: at, allows_private=True, timeout_seconds=timeout_seconds)
    couriers.send_out()
    assert couriers.wait(PATIENCE_SECONDS)


def ids(server: Server) -> list[str]:
    """Return the ids of the messages that a receiver got."""
    return [received.headers["webhook-id"] for received in server.received]


def events(store: Store) -> list[tuple[str, dict[str, Any]]]:
    """Return what stands in the trail beside decisions: (kind, detail)."""
    statement = select(schema.events.c.kind, schema.events.c.detail).order_by(schema.events.c.id)
    with store.database.read() as connection:
        return [(row.kind, json.loads(row.detail)) for row in connection.execute(statement)]
