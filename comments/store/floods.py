"""Floods: what was turned away at the door, folded into one row for each site, network and hour.

The network stands there as a keyed hash that holds for one site and one hour: enough to count networks, too little to
find one again or to join it with a comment.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, func, select

from comments import schema
from comments.store.database import Database
from comments.store.upsert import upsert

_floods, _sites = schema.floods, schema.sites

HOUR = timedelta(hours=1)
KEPT_DAYS = 7


@dataclass(frozen=True, slots=True)
class TurnedAway:
    """So many posts of one network to one site, within one hour, since they were last written down."""

    site_key: str
    began_at: datetime
    network: bytes
    posts: int
    last_at: datetime


@dataclass(frozen=True, slots=True)
class Flooding:
    """How much was turned away, in how many floods: what one network sent to one site in one hour is one.

    `last_at` is None for nothing.
    """

    posts: int = 0
    floods: int = 0
    last_at: datetime | None = None


def hour_of(moment: datetime) -> datetime:
    """Return when the hour began."""
    return schema.EPOCH + (moment - schema.EPOCH) // HOUR * HOUR


class Floods:
    """What did not get in."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, found: Sequence[TurnedAway]) -> None:
        """Add to the rows of these floods; what is not about a site of ours is left out. Raises StoreUnavailable."""
        keys = {each.site_key for each in found}
        with self._database.write() as connection:
            sites = connection.execute(select(_sites.c.key, _sites.c.id).where(_sites.c.key.in_(keys)))
            ids = {site.key: site.id for site in sites}
            # In one order, so that two processes never wait for each other.
            rows = sorted(
                (ids[each.site_key], each.began_at, each.network, each.posts, each.last_at)
                for each in found
                if each.site_key in ids
            )
            if not rows:
                return
            add = upsert(connection, _floods)
            new = add.excluded
            later = func.max if connection.dialect.name == "sqlite" else func.greatest
            connection.execute(
                add.on_conflict_do_update(
                    index_elements=[_floods.c.site_id, _floods.c.began_at, _floods.c.network],
                    set_={"posts": _floods.c.posts + new.posts, "last_at": later(_floods.c.last_at, new.last_at)},
                ),
                [dict(zip(("site_id", "began_at", "network", "posts", "last_at"), row, strict=True)) for row in rows],
            )

    def since(self, began_at: datetime) -> Flooding:
        """Return what was turned away on all sites in the hours from this one on."""
        with self._database.read() as connection:
            return turned_away(connection, began_at)

    def forget_old(self, now: datetime) -> int:
        """Forget the floods of more than seven days ago. Returns how many rows. Safe to do twice."""
        with self._database.write() as connection:
            old = _floods.c.began_at < now - timedelta(days=KEPT_DAYS)
            return connection.execute(delete(_floods).where(old)).rowcount


def turned_away(connection: Connection, began_at: datetime, *, site_ids: Collection[int] | None = None) -> Flooding:
    """Return what was turned away in the hours from this one on, on these sites or on all."""
    looked_at = _floods.c.began_at >= began_at
    if site_ids is not None:
        looked_at &= _floods.c.site_id.in_(sorted(site_ids))
    sums = select(func.coalesce(func.sum(_floods.c.posts), 0), func.count(), func.max(_floods.c.last_at))
    posts, floods, last_at = connection.execute(sums.where(looked_at)).one()
    return Flooding(int(posts), floods, last_at)
