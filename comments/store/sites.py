"""Sites and what their editors set."""

import json
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update
from sqlalchemy.exc import IntegrityError

from comments import schema
from comments.policy import BurstMode, Mode, Policy, ProofMode
from comments.store.database import Database
from comments.store.events import add_event
from comments.store.records import Site
from comments.store.site_changes import changes

_sites = schema.sites

SITE_CHANGED = "site settings changed"


class SiteExists(Exception):  # noqa: N818 - named for what it says, as in STYLE.md
    """Raised when the key is taken."""


@dataclass(frozen=True, slots=True)
class SiteChange:
    """Who changed a site's settings, and when. `login` is None for the command line."""

    login: str | None
    made_at: datetime


class StaleSite(Exception):  # noqa: N818 - named for what it says, as in STYLE.md
    """Raised when somebody else has changed the site since; `latest` says who and when."""

    def __init__(self, latest: SiteChange | None) -> None:
        super().__init__("stale site")
        self.latest = latest


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
        """Save what was set, whoever changed it meanwhile; for `change` who asks must have seen the latest."""
        with self._database.write() as connection:
            return _save(connection, site)

    def change(self, site: Site, *, moderator_id: int | None, now: datetime) -> Site:
        """Save what an editor set and record what changed; the policy gets a new version, which later decisions name.

        `site.policy.version` is the version that the editor saw. Raises StaleSite, and nothing is saved, when it is
        not the latest. A change that changes nothing is not saved either.
        """
        with self._database.write() as connection:
            current = site_of(connection.execute(_ONE.with_for_update(), {"site_id": site.id}).one())
            if current.policy.version != site.policy.version:
                raise StaleSite(_last_change(connection, site.id))
            changed = changes(current, site)
            if not changed:
                return current
            saved = _save(connection, site)
            detail = {"version": saved.policy.version, "changed": changed}
            add_event(connection, site.id, moderator_id, SITE_CHANGED, detail, now=now)
            return saved

    def last_change(self, site_id: int) -> SiteChange | None:
        """Return who changed the site last, None when nobody has since events are kept."""
        with self._database.read() as connection:
            return _last_change(connection, site_id)


_ONE = select(_sites).where(_sites.c.id == bindparam("site_id"))
_LAST_CHANGE = (
    select(schema.events.c.made_at, schema.moderators.c.login)
    .outerjoin(schema.moderators, schema.moderators.c.id == schema.events.c.moderator_id)
    .where(schema.events.c.site_id == bindparam("site_id"), schema.events.c.kind == SITE_CHANGED)
    .order_by(schema.events.c.id.desc())
    .limit(1)
)


def _save(connection: Connection, site: Site) -> Site:
    change = {**_values(site), "policy_version": _sites.c.policy_version + 1}
    statement = update(_sites).where(_sites.c.id == site.id).values(**change).returning(_sites)
    return site_of(connection.execute(statement).one())


def _last_change(connection: Connection, site_id: int) -> SiteChange | None:
    row = connection.execute(_LAST_CHANGE, {"site_id": site_id}).one_or_none()
    return None if row is None else SiteChange(row.login, row.made_at)


def _values(site: Site) -> dict[str, Any]:
    return {
        "name": site.name,
        "origins": _json(site.origins),
        "mode": site.policy.mode.value,
        "hold_at": site.policy.hold_at,
        "blocked_words": _json(site.blocked_words),
        "held_words": _json(site.held_words),
        "shadow_checks": _json(site.shadow_checks),
        "allowed_words": _json(site.allowed_words),
        "spam_false_positives": site.policy.spam_false_positives,
        "abuse_false_positives": site.policy.abuse_false_positives,
        "close_after_days": site.close_after_days,
        "burst_mode": site.burst_mode.value,
        "rejected_text_days": site.rejected_text_days,
        "identity_days": site.identity_days,
        "requires_second_factor": site.requires_second_factor,
        "language": site.language,
        "reply_notices": site.reply_notices,
        "proof_of_work": site.proof_of_work.value,
        "contact_url": site.contact_url,
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
        policy=Policy(
            Mode(row.mode),
            row.hold_at,
            str(row.policy_version),
            spam_false_positives=row.spam_false_positives,
            abuse_false_positives=row.abuse_false_positives,
        ),
        blocked_words=tuple(json.loads(row.blocked_words)),
        held_words=tuple(json.loads(row.held_words)),
        shadow_checks=tuple(json.loads(row.shadow_checks)),
        allowed_words=tuple(json.loads(row.allowed_words)),
        close_after_days=row.close_after_days,
        burst_mode=BurstMode(row.burst_mode),
        rejected_text_days=row.rejected_text_days,
        identity_days=row.identity_days,
        requires_second_factor=row.requires_second_factor,
        language=row.language,
        reply_notices=row.reply_notices,
        proof_of_work=ProofMode(row.proof_of_work),
        contact_url=row.contact_url,
    )
