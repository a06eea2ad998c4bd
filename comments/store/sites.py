"""Sites and what their editors set."""

import json
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError

from comments import schema
from comments.policy import Mode, Policy
from comments.store.database import Database
from comments.store.records import Site

_sites = schema.sites


class SiteExists(Exception):  # noqa: N818 - named for what it says, as in STYLE.md
    """Raised when the key is taken."""


class Sites:
    """Every site of this installation."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, key: str, name: str, *, origins: tuple[str, ...] = (), now: datetime) -> Site:
        """Add a site with the default policy. Raises SiteExists."""
        site = Site(0, key, name, origins, Policy(), (), ())
        try:
            with self._database.write() as connection:
                row = {**_values(site), "key": key, "policy_version": 1, "created_at": now}
                made = connection.execute(insert(_sites).values(**row).returning(_sites.c.id)).scalar_one()
        except IntegrityError:
            raise SiteExists(key) from None
        return replace(site, id=made)

    def find(self, key: str) -> Site | None:
        """Return the site, or None."""
        with self._database.read() as connection:
            row = connection.execute(select(_sites).where(_sites.c.key == key)).one_or_none()
        return None if row is None else site_of(row)

    def all(self) -> tuple[Site, ...]:
        """Return every site, by key."""
        with self._database.read() as connection:
            return tuple(site_of(row) for row in connection.execute(select(_sites).order_by(_sites.c.key)))

    def set(self, site: Site) -> Site:
        """Save what the editors set; the policy gets a new version, which every later decision names."""
        change = {**_values(site), "policy_version": _sites.c.policy_version + 1}
        statement = update(_sites).where(_sites.c.id == site.id).values(**change).returning(_sites)
        with self._database.write() as connection:
            return site_of(connection.execute(statement).one())


def _values(site: Site) -> dict[str, Any]:
    return {
        "name": site.name,
        "origins": _json(site.origins),
        "mode": site.policy.mode.value,
        "hold_at": site.policy.hold_at,
        "blocked_words": _json(site.blocked_words),
        "held_words": _json(site.held_words),
        "shadow_checks": _json(site.shadow_checks),
    }


def _json(values: tuple[str, ...]) -> str:
    return json.dumps(list(values), ensure_ascii=False)


def site_of(row: Any) -> Site:
    """Turn a row of `sites` into a Site."""
    return Site(
        id=row.id,
        key=row.key,
        name=row.name,
        origins=tuple(json.loads(row.origins)),
        policy=Policy(Mode(row.mode), row.hold_at, str(row.policy_version)),
        blocked_words=tuple(json.loads(row.blocked_words)),
        held_words=tuple(json.loads(row.held_words)),
        shadow_checks=tuple(json.loads(row.shadow_checks)),
    )
