"""Bans: whose comments are always read before they are published, by the loose key of an address on a site.

Nobody who writes can tell: the door answers as ever, and the comment is held. Anyone can type anyone's address, so a
ban holds and never rejects.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, bindparam, delete, or_, select
from sqlalchemy.dialects import postgresql, sqlite

from comments import schema
from comments.store.database import Database
from comments.store.events import add_event

_bans, _sites = schema.bans, schema.sites

BANNED, ENDED = "author banned", "ban ended"


@dataclass(frozen=True, slots=True)
class Ban:
    """A ban as it is shown: no key and no address."""

    id: int
    site_key: str
    kid: str
    created_at: datetime
    until_at: datetime | None


class Bans:
    """The bans of every site."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, site_id: int, loose_key: bytes, kid: str, *, until: datetime | None, now: datetime) -> None:
        """Ban an author from now on; one who is banned already is banned until the new day."""
        add = (sqlite.insert if self._database.is_sqlite else postgresql.insert)(_bans)
        add = add.on_conflict_do_update(
            index_elements=[_bans.c.site_id, _bans.c.loose_key], set_={"until_at": add.excluded.until_at}
        )
        row = {"site_id": site_id, "loose_key": loose_key, "kid": kid, "created_at": now, "until_at": until}
        with self._database.write() as connection:
            number = connection.execute(add.values(**row).returning(_bans.c.id)).scalar_one()
            told = {"ban": number, "until": None if until is None else f"{until:%Y-%m-%d}"}
            add_event(connection, site_id, None, BANNED, told, now=now)

    def all(self, now: datetime) -> Sequence[Ban]:
        """Return the bans that have not ended, the oldest first."""
        statement = (
            select(_bans.c.id, _sites.c.key, _bans.c.kid, _bans.c.created_at, _bans.c.until_at)
            .join(_sites, _sites.c.id == _bans.c.site_id)
            .where(_lasts(now))
            .order_by(_bans.c.id)
        )
        with self._database.read() as connection:
            return tuple(Ban(*row) for row in connection.execute(statement))

    def end(self, site_id: int, loose_key: bytes, now: datetime) -> bool:
        """End a ban. Returns False when there was none."""
        with self._database.write() as connection:
            mine = delete(_bans).where(_bans.c.site_id == site_id, _bans.c.loose_key == loose_key)
            number = connection.execute(mine.returning(_bans.c.id)).scalar_one_or_none()
            if number is not None:
                add_event(connection, site_id, None, ENDED, {"ban": number}, now=now)
            return number is not None

    def forget_ended(self, now: datetime) -> int:
        """Forget the bans whose day has come. Returns how many."""
        with self._database.write() as connection:
            return connection.execute(delete(_bans).where(_bans.c.until_at <= now)).rowcount


_BANNED = select(_bans.c.site_id, _bans.c.loose_key).where(
    _bans.c.site_id.in_(bindparam("site_ids", expanding=True)),
    _bans.c.loose_key.in_(bindparam("loose_keys", expanding=True)),
    or_(_bans.c.until_at.is_(None), _bans.c.until_at > bindparam("now")),
)


def banned_among(
    connection: Connection, authors: Collection[tuple[int, bytes]], now: datetime
) -> set[tuple[int, bytes]]:
    """Return those of these authors, each a site with a loose key, who are banned from the site now."""
    if not authors:
        return set()
    site_ids, loose_keys = (sorted(set(values)) for values in zip(*authors, strict=True))
    rows = connection.execute(_BANNED, {"site_ids": site_ids, "loose_keys": loose_keys, "now": now})
    return {(row.site_id, row.loose_key) for row in rows} & set(authors)


def _lasts(now: datetime) -> ColumnElement[bool]:
    return or_(_bans.c.until_at.is_(None), _bans.c.until_at > now)
