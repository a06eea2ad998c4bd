"""Events: what was done to settings, accounts and the trail itself, beside the decisions on comments. Append-only.

No detail holds personal data of readers: no name, no text, no address and nothing computed from one.
"""

import json
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, insert

from comments import schema
from comments.store.database import Database

_ADD = insert(schema.events).returning(schema.events.c.id)


def add_event(
    connection: Connection,
    site_id: int | None,
    moderator_id: int | None,
    kind: str,
    detail: Mapping[str, object],
    *,
    now: datetime,
) -> int:
    """Record an event in the transaction of what it is about. Returns its id.

    Without a site it is about all of them, without a moderator nobody at the desk did it.
    """
    row = {
        "site_id": site_id,
        "moderator_id": moderator_id,
        "kind": kind,
        "detail": json.dumps(detail, ensure_ascii=False, sort_keys=True),
        "made_at": now,
    }
    made: int = connection.execute(_ADD, row).scalar_one()
    return made


class Events:
    """The record of what was done beside deciding."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(
        self,
        site_id: int | None,
        moderator_id: int | None,
        kind: str,
        detail: Mapping[str, object],
        now: datetime,
    ) -> int:
        """Record an event in a transaction of its own. Returns its id."""
        with self._database.write() as connection:
            return add_event(connection, site_id, moderator_id, kind, detail, now=now)
