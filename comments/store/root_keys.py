"""What still needs an earlier root key, and what has to be done before it can be retired."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, delete, func, select, update

from comments import schema
from comments.store.bans import NUMBER
from comments.store.database import Database

_identities, _bans, _devices = schema.identities, schema.bans, schema.devices
_webhooks, _moderators = schema.webhooks, schema.moderators

BATCH_ROWS = 500
ROTATED, RETIRED, GIVEN_UP = "root key rotated", "root key retired", "rows of a root key given up"

# A secret's place and how it is sealed; returns it sealed anew, or None when it can stay as it is.
SealWebhookAnew = Callable[[int, str, bytes], bytes | None]
SealFactorAnew = Callable[[int, bytes], bytes | None]


@dataclass(frozen=True, slots=True)
class KeyUse:
    """How many comments have an author under a root key, and how many bans stand under no other one."""

    comments: int = 0
    bans: int = 0


class RootKeys:
    """What was written under which root key."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def uses(self) -> dict[str, KeyUse]:
        """Return what needs each key, by its public name. Reads a column of every author, so no page asks it."""
        other = _bans.alias("other")
        number = func.coalesce(other.c.copy_of, other.c.id)
        elsewhere = select(other.c.id).where(number == NUMBER, other.c.kid != _bans.c.kid).exists()
        authors = select(_identities.c.kid, func.count()).group_by(_identities.c.kid)
        bans = select(_bans.c.kid, func.count()).where(~elsewhere).group_by(_bans.c.kid)
        with self._database.read() as connection:
            comments = {row[0]: row[1] for row in connection.execute(authors)}
            banned = {row[0]: row[1] for row in connection.execute(bans)}
        return {kid: KeyUse(comments.get(kid, 0), banned.get(kid, 0)) for kid in comments.keys() | banned.keys()}

    def devices_unseen_since(self, moment: datetime) -> int:
        """Return how many devices were last used by then: they are known under the key of those days."""
        with self._database.read() as connection:
            counted = select(func.count()).select_from(_devices).where(_devices.c.last_used_on <= moment)
            return int(connection.execute(counted).scalar_one())

    def seal_anew(self, webhook: SealWebhookAnew, factor: SealFactorAnew) -> int:
        """Have every secret that is sealed with an earlier key sealed with the current one. Returns how many.

        Safe to do twice and to be killed in.
        """
        with self._database.write() as connection:
            return _seal_webhooks(connection, webhook) + _seal_factors(connection, factor)

    def let_go(self, kid: str) -> KeyUse:
        """Delete what was written under a key: its authors, and its bans where they stand under no other.

        The comments stay. Returns how many went. Safe to do twice and to be killed in.
        """
        gone = self.uses().get(kid, KeyUse())
        with self._database.write() as connection:
            connection.execute(delete(_bans).where(_bans.c.kid == kid))
        mine = select(_identities.c.comment_id).where(_identities.c.kid == kid).limit(BATCH_ROWS)
        while True:
            with self._database.read() as connection:
                ids: Sequence[int] = connection.execute(mine).scalars().all()
            if not ids:
                return gone
            with self._database.write() as connection:
                still = and_(_identities.c.comment_id.in_(ids), _identities.c.kid == kid)
                connection.execute(delete(_identities).where(still))


def _seal_webhooks(connection: Connection, anew: SealWebhookAnew) -> int:
    sealed = 0
    for row in connection.execute(select(_webhooks).with_for_update()).all():
        kept = {name: getattr(row, name) for name in ("secret", "old_secret")}
        made = {name: anew(row.site_id, row.url, each) for name, each in kept.items() if each}
        sealed += _replace(connection, _webhooks, row.id, made)
    return sealed


def _seal_factors(connection: Connection, anew: SealFactorAnew) -> int:
    with_one = select(_moderators.c.id, _moderators.c.totp_secret).where(_moderators.c.totp_secret.is_not(None))
    return sum(
        _replace(connection, _moderators, row.id, {"totp_secret": anew(row.id, row.totp_secret)})
        for row in connection.execute(with_one.with_for_update()).all()
    )


def _replace(connection: Connection, table: Any, number: int, made: dict[str, bytes | None]) -> int:
    values = {name: each for name, each in made.items() if each is not None}
    if values:
        connection.execute(update(table).where(table.c.id == number).values(**values))
    return len(values)
