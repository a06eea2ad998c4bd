"""Webhooks: where a site wants to be told what was decided, and how each receiver fares."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from comments import schema
from comments.store.database import Database
from comments.store.events import add_event
from comments.webhook import Announcement, host_of

_webhooks, _letters = schema.webhooks, schema.webhook_letters

# Whoever receives has so long to learn a new secret.
OLD_SECRET_SERVES = timedelta(days=1)
ADDED, REMOVED, ROTATED = "webhook added", "webhook removed", "webhook secret rotated"
RESUMED = "webhook resumed"


class WebhookExists(Exception):  # noqa: N818 - named for what it says, as in STYLE.md
    """Raised when the site has a webhook with this address."""


@dataclass(frozen=True, slots=True)
class Webhook:
    """One receiver. The secrets are sealed."""

    id: int
    site_id: int
    site_key: str
    url: str
    announcements: tuple[Announcement, ...]
    secret: bytes
    old_secret: bytes | None
    old_secret_until: datetime | None
    failures: int
    failing_since: datetime | None
    last_problem: str
    rests_until: datetime | None
    paused_at: datetime | None
    delivered_at: datetime | None

    def sealed_secrets(self, now: datetime) -> tuple[bytes, ...]:
        """Return the secrets that are signed with, the newest first."""
        is_old_in_use = self.old_secret_until is not None and now < self.old_secret_until
        return (self.secret, self.old_secret) if is_old_in_use and self.old_secret else (self.secret,)


class Webhooks:
    """Every webhook of this installation."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(
        self, site_id: int, url: str, announcements: Sequence[Announcement], secret: bytes, *, now: datetime
    ) -> int:
        """Add a webhook with its sealed secret. Returns its number. Raises WebhookExists."""
        row = {
            "site_id": site_id,
            "url": url,
            "announcements": json.dumps(list(announcements)),
            "secret": secret,
            "created_at": now,
        }
        try:
            with self._database.write() as connection:
                made: int = connection.execute(insert(_webhooks).values(**row).returning(_webhooks.c.id)).scalar_one()
                record(connection, find_webhook(connection, made), ADDED, now)
        except IntegrityError:
            raise WebhookExists(url) from None
        return made

    def all(self) -> tuple[Webhook, ...]:
        """Return every webhook, by number."""
        with self._database.read() as connection:
            return tuple(webhook_of(row) for row in connection.execute(WEBHOOKS.order_by(_webhooks.c.id)))

    def find(self, webhook_id: int) -> Webhook | None:
        """Return the webhook, or None."""
        with self._database.read() as connection:
            row = connection.execute(WEBHOOKS.where(_webhooks.c.id == webhook_id)).one_or_none()
        return None if row is None else webhook_of(row)

    def waiting(self) -> dict[int, int]:
        """Return how many letters wait for each webhook that has any."""
        counted = select(_letters.c.webhook_id, func.count()).group_by(_letters.c.webhook_id)
        with self._database.read() as connection:
            return {row[0]: row[1] for row in connection.execute(counted)}

    def remove(self, webhook: Webhook, now: datetime) -> None:
        """Remove a webhook and what waits for it."""
        with self._database.write() as connection:
            connection.execute(delete(_webhooks).where(_webhooks.c.id == webhook.id))
            record(connection, webhook, REMOVED, now)

    def rotate(self, webhook: Webhook, secret: bytes, now: datetime) -> None:
        """Give a webhook a new sealed secret; the one before is signed with as well for a day."""
        values = {"secret": secret, "old_secret": webhook.secret, "old_secret_until": now + OLD_SECRET_SERVES}
        with self._database.write() as connection:
            connection.execute(update(_webhooks).where(_webhooks.c.id == webhook.id).values(**values))
            record(connection, webhook, ROTATED, now)

    def resume(self, webhook: Webhook, now: datetime) -> None:
        """Send to a paused webhook again, from now on."""
        with self._database.write() as connection:
            connection.execute(update(_webhooks).where(_webhooks.c.id == webhook.id).values(**SOUND, paused_at=None))
            record(connection, webhook, RESUMED, now)


WEBHOOKS = select(_webhooks, schema.sites.c.key.label("site_key")).join(
    schema.sites, schema.sites.c.id == _webhooks.c.site_id
)
SOUND = {"failures": 0, "failing_since": None, "last_problem": "", "rests_until": None}


def find_webhook(connection: Connection, webhook_id: int) -> Webhook:
    """Return a webhook that is there."""
    return webhook_of(connection.execute(WEBHOOKS.where(_webhooks.c.id == webhook_id)).one())


def record(connection: Connection, webhook: Webhook, kind: str, now: datetime, **more: object) -> None:
    """Write down what was done with a webhook. Its address is not: the path can be a secret of its receiver's."""
    told = {"webhook_id": webhook.id, "host": host_of(webhook.url), **more}
    add_event(connection, webhook.site_id, None, kind, told, now=now)


def webhook_of(row: Any) -> Webhook:
    """Return the webhook of a row of WEBHOOKS."""
    return Webhook(
        id=row.id,
        site_id=row.site_id,
        site_key=row.site_key,
        url=row.url,
        announcements=tuple(Announcement(each) for each in json.loads(row.announcements)),
        secret=row.secret,
        old_secret=row.old_secret,
        old_secret_until=row.old_secret_until,
        failures=row.failures,
        failing_since=row.failing_since,
        last_problem=row.last_problem,
        rests_until=row.rests_until,
        paused_at=row.paused_at,
        delivered_at=row.delivered_at,
    )
