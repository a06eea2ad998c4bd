"""People: who has which role where, as far as the admin who asks may see it, and how an admin changes it.

Nobody changes their own roles, and a change never leaves a site without anybody who could undo it.
"""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update

from comments import schema
from comments.roles import Grant, Permission, Role, Scope, scope_of
from comments.store.database import Database
from comments.store.events import add_event
from comments.store.moderators import end_sessions, grants_of
from comments.store.records import Person

_moderators, _roles = schema.moderators, schema.roles


class NoSuchPerson(Exception):  # noqa: N818 - named for what it says, as in STYLE.md
    """Raised when there is no such moderator within what the admin may see or change."""


class OwnAccount(Exception):  # noqa: N818 - named for what it says, as in STYLE.md
    """Raised when somebody would change their own roles or keep themselves out."""


class LastAdmin(Exception):  # noqa: N818 - named for what it says, as in STYLE.md
    """Raised when nobody would be left who may change roles there."""


class People:
    """The moderators as their admins see them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def within(self, scope: Scope) -> tuple[Person, ...]:
        """Return everybody who has a role within the scope, by login, with those roles and no other."""
        with self._database.read() as connection:
            rows = connection.execute(select(_moderators).order_by(_moderators.c.login)).all()
            grants = grants_of(connection, [row.id for row in rows])
        people = [(row, _split(grants.get(row.id, ()), scope)) for row in rows]
        return tuple(
            Person(
                row.id,
                row.login,
                is_disabled=row.disabled_at is not None,
                has_second_factor=row.totp_secret is not None,
                grants=seen,
                is_wholly_seen=is_whole,
            )
            for row, (seen, is_whole) in people
            if seen or scope.site_ids is None
        )

    def set_role(
        self, moderator_id: int, site_id: int | None, role: Role | None, *, made_by_id: int | None, now: datetime
    ) -> None:
        """Give a moderator a role on a site, on every site (None), or take it away (no role). In force at once.

        `made_by_id` is the admin, None for an operator. Raises NoSuchPerson, OwnAccount or LastAdmin.
        """
        with self._database.write() as connection:
            scope = _scope_of_admin(connection, moderator_id, made_by_id)
            grants = grants_of(connection, [moderator_id]).get(moderator_id, ())
            if not covers(scope, site_id) or not (_split(grants, scope)[0] or scope.site_ids is None):
                raise NoSuchPerson
            old = next((grant.role for grant in grants if grant.site_id == site_id), None)
            if old is role:
                return
            if old is Role.ADMIN:
                _keep_an_admin(connection, moderator_id, [site_id])
            _write(connection, moderator_id, site_id, role, now)
            detail = {"moderator_id": moderator_id, "old": old and old.value, "new": role and role.value}
            add_event(connection, site_id, made_by_id, "role changed", detail, now=now)

    def set_disabled(self, moderator_id: int, *, disabled: bool, made_by_id: int | None, now: datetime) -> None:
        """Keep a moderator out of the desk, ending every session, or let them in again; their roles stay.

        `made_by_id` is the admin, None for an operator. Raises NoSuchPerson, OwnAccount or LastAdmin.
        """
        with self._database.write() as connection:
            scope = _scope_of_admin(connection, moderator_id, made_by_id)
            grants = grants_of(connection, [moderator_id]).get(moderator_id, ())
            if not _split(grants, scope)[1]:
                raise NoSuchPerson
            if disabled:
                _keep_an_admin(connection, moderator_id, [each.site_id for each in grants if each.role is Role.ADMIN])
                end_sessions(connection, moderator_id)
            changed = update(_moderators).where(
                _moderators.c.id == moderator_id,
                _moderators.c.disabled_at.is_(None) if disabled else _moderators.c.disabled_at.is_not(None),
            )
            if connection.execute(changed.values(disabled_at=now if disabled else None)).rowcount:
                kind = "moderator disabled" if disabled else "moderator enabled"
                # Under each of their sites, where those who see that site's trail look for it.
                for site_id in sorted({each.site_id for each in grants}, key=lambda each: each or 0) or [None]:
                    add_event(connection, site_id, made_by_id, kind, {"moderator_id": moderator_id}, now=now)


def covers(scope: Scope, site_id: int | None) -> bool:
    """Say whether a role on this site, or on every site (None), is within the scope."""
    return scope.site_ids is None or (site_id is not None and scope.covers(site_id))


def admin_scope(connection: Connection, moderator_id: int) -> Scope:
    """Return where a moderator may change roles now; nowhere when they are disabled."""
    enabled = select(_moderators.c.id).where(_moderators.c.id == moderator_id, _moderators.c.disabled_at.is_(None))
    if connection.execute(enabled).first() is None:
        return Scope(frozenset())
    return scope_of(grants_of(connection, [moderator_id]).get(moderator_id, ()), Permission.ACCOUNTS)


def _scope_of_admin(connection: Connection, moderator_id: int, made_by_id: int | None) -> Scope:
    """Return the sites on which the change may be made. Raises OwnAccount or NoSuchPerson."""
    if moderator_id == made_by_id:
        raise OwnAccount
    # Two admins who take each other's role at the same moment come one after the other: the second is none any more.
    connection.execute(select(_roles.c.id).where(_roles.c.role == Role.ADMIN).order_by(_roles.c.id).with_for_update())
    if connection.execute(select(_moderators.c.id).where(_moderators.c.id == moderator_id)).first() is None:
        raise NoSuchPerson
    return Scope(None) if made_by_id is None else admin_scope(connection, made_by_id)


def _split(grants: Iterable[Grant], scope: Scope) -> tuple[tuple[Grant, ...], bool]:
    """Return the roles within the scope, and whether these are some and all."""
    all_grants = tuple(grants)
    seen = tuple(grant for grant in all_grants if covers(scope, grant.site_id))
    return seen, scope.site_ids is None or (bool(seen) and seen == all_grants)


def _keep_an_admin(connection: Connection, moderator_id: int, site_ids: Iterable[int | None]) -> None:
    """Raise LastAdmin unless somebody else, who is let in, may change roles on each of these sites."""
    others = (
        select(_roles.c.site_id)
        .join(_moderators, _moderators.c.id == _roles.c.moderator_id)
        .where(_roles.c.role == Role.ADMIN, _roles.c.moderator_id != moderator_id, _moderators.c.disabled_at.is_(None))
    )
    kept = set(connection.execute(others).scalars())
    if None not in kept and any(site_id not in kept for site_id in site_ids):
        raise LastAdmin


def _write(connection: Connection, moderator_id: int, site_id: int | None, role: Role | None, now: datetime) -> None:
    # A role on every site has no site, and SQL takes no two of these for the same: so it goes before it comes.
    connection.execute(
        delete(_roles).where(_roles.c.moderator_id == moderator_id, _roles.c.site_id.is_not_distinct_from(site_id))
    )
    if role is not None:
        row = {"moderator_id": moderator_id, "site_id": site_id, "role": role.value, "created_at": now}
        connection.execute(insert(_roles).values(**row))
