"""Bans: whose comments are always read before they are published, by the loose key of an address on a site.

Nobody who writes can tell: the door answers as ever, and the comment is held. Anyone can type anyone's address, so a
ban holds and never rejects. While several root keys are known a ban stands once under each, so that no process misses
it: the first is the ban, the others are copies of it.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    LargeBinary,
    Select,
    String,
    bindparam,
    delete,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from comments import schema
from comments.identity import AuthorKeys
from comments.schema import Moment
from comments.store.database import Database
from comments.store.events import add_event
from comments.store.upsert import upsert

_bans, _sites = schema.bans, schema.sites

BANNED, ENDED = "author banned", "ban ended"
# The ban that a row stands for: itself, or the one it is a copy of.
NUMBER = func.coalesce(_bans.c.copy_of, _bans.c.id)


@dataclass(frozen=True, slots=True)
class Ban:
    """A ban as it is shown: no key and no address. `kids` name the root keys it stands under."""

    id: int
    site_key: str
    kids: tuple[str, ...]
    created_at: datetime
    until_at: datetime | None


class Bans:
    """The bans of every site."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, site_id: int, keys: Sequence[AuthorKeys], *, until: datetime | None, now: datetime) -> None:
        """Ban an author from now on; one who is banned already is banned until the new day.

        `keys` are the address's under each root key that is known.
        """
        with self._database.write() as connection:
            found = connection.execute(_of(site_id, keys)).all()
            number = found[0].number if found else None
            if number is not None:
                connection.execute(update(_bans).where(number == NUMBER).values(until_at=until))
            for each in keys:
                times = {"created_at": now, "until_at": until}
                row = {"site_id": site_id, "loose_key": each.loose, "kid": each.kid, "copy_of": number, **times}
                made = connection.execute(self._add().values(**row).returning(_bans.c.id)).scalar_one()
                number = number or made
            told = {"ban": number, "until": None if until is None else f"{until:%Y-%m-%d}"}
            add_event(connection, site_id, None, BANNED, told, now=now)

    def _add(self) -> Any:
        add = upsert(self._database, _bans)
        return add.on_conflict_do_update(
            index_elements=[_bans.c.site_id, _bans.c.loose_key], set_={"until_at": add.excluded.until_at}
        )

    def all(self, now: datetime) -> Sequence[Ban]:
        """Return the bans that have not ended, the oldest first."""
        statement = (
            select(NUMBER.label("number"), _sites.c.key, _bans.c.kid, _bans.c.created_at, _bans.c.until_at)
            .join(_sites, _sites.c.id == _bans.c.site_id)
            .where(_lasts(now))
            .order_by(NUMBER, _bans.c.id)
        )
        found: dict[int, Ban] = {}
        with self._database.read() as connection:
            for row in connection.execute(statement):
                ban = found.get(row.number) or Ban(row.number, row.key, (), row.created_at, row.until_at)
                found[row.number] = replace(ban, kids=(*ban.kids, row.kid))
        return tuple(found.values())

    def end(self, site_id: int, keys: Sequence[AuthorKeys], now: datetime) -> bool:
        """End a ban, under every root key. Returns False when there was none."""
        with self._database.write() as connection:
            row = connection.execute(_of(site_id, keys)).first()
            if row is not None:
                connection.execute(delete(_bans).where(row.number == NUMBER))
                add_event(connection, site_id, None, ENDED, {"ban": row.number}, now=now)
            return row is not None

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


def copy_bans(
    connection: Connection, site_id: int, current: tuple[bytes, str], others: Sequence[bytes], now: datetime
) -> None:
    """Have an author's bans stand under the current key, a loose key and its root key's name, as under the others."""
    loose, kid = current
    is_sqlite = connection.dialect.name == "sqlite"
    connection.execute(
        _COPY_SQLITE if is_sqlite else _COPY_POSTGRES,
        {"of_site": site_id, "new": loose, "new_kid": kid, "old": list(others), "now": now},
    )


def _of(site_id: int, keys: Sequence[AuthorKeys]) -> Select[Any]:
    loose = [each.loose for each in keys]
    return (
        select(NUMBER.label("number"))
        .where(_bans.c.site_id == site_id, _bans.c.loose_key.in_(loose))
        .order_by(NUMBER, _bans.c.id)
        .with_for_update()
    )


def _lasts(now: datetime | BindParameter[datetime]) -> ColumnElement[bool]:
    return or_(_bans.c.until_at.is_(None), _bans.c.until_at > now)


_COPIED = ["site_id", "loose_key", "kid", "copy_of", "created_at", "until_at"]
_COPIES = (
    select(
        _bans.c.site_id,
        bindparam("new", type_=LargeBinary),
        bindparam("new_kid", type_=String),
        NUMBER,
        _bans.c.created_at,
        _bans.c.until_at,
    )
    .where(
        _bans.c.site_id == bindparam("of_site"),
        _bans.c.loose_key.in_(bindparam("old", expanding=True)),
        _lasts(bindparam("now", type_=Moment)),
    )
    .order_by(_bans.c.id)
    .limit(1)
)
_COPY_SQLITE = sqlite.insert(_bans).from_select(_COPIED, _COPIES).on_conflict_do_nothing()
_COPY_POSTGRES = postgresql.insert(_bans).from_select(_COPIED, _COPIES).on_conflict_do_nothing()
