"""Invitations: one-time links to a role that the inviter chose. They serve while the inviter may still give it."""

import secrets
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, Select, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from comments import schema
from comments.roles import Grant, Role, Scope
from comments.store.database import Database
from comments.store.events import add_event
from comments.store.moderators import TOKEN_BYTES, LoginTaken, SubjectTaken, add_moderator, grants_of, token_hash
from comments.store.people import NoSuchPerson, admin_scope, covers
from comments.store.records import Invitation, Moderator

_invitations, _moderators, _sites = schema.invitations, schema.moderators, schema.sites
_roles = schema.roles


class NoSuchInvitation(Exception):  # noqa: N818 - named for what it says, as in STYLE.md
    """Raised when the link is spent, revoked, too old or made up, or its inviter may not invite any more."""


class HasRole(Exception):  # noqa: N818 - named for what it says, as in STYLE.md
    """Raised when somebody who has a role there already follows an invitation: an admin changes roles."""


class Invitations:
    """The invitations nobody has followed yet."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, site_id: int | None, role: Role, *, invited_by_id: int, lasts: timedelta, now: datetime) -> str:
        """Return the token of a new invitation; only its hash is kept. Raises NoSuchPerson when it is not theirs."""
        token = secrets.token_urlsafe(TOKEN_BYTES)
        row = {
            "token_hash": token_hash(token),
            "site_id": site_id,
            "role": role.value,
            "invited_by_id": invited_by_id,
            "created_at": now,
            "expires_at": now + lasts,
        }
        with self._database.write() as connection:
            if not covers(admin_scope(connection, invited_by_id), site_id):
                raise NoSuchPerson
            connection.execute(delete(_invitations).where(_invitations.c.expires_at <= now))
            made = connection.execute(insert(_invitations).values(**row).returning(_invitations)).one()
            _record(connection, "invitation made", invited_by_id, of=made, now=now)
        return token

    def waiting(self, scope: Scope, *, now: datetime) -> tuple[Invitation, ...]:
        """Return what nobody has followed yet, the latest first."""
        statement = _invitation(now).order_by(_invitations.c.id.desc())
        with self._database.read() as connection:
            rows = connection.execute(statement).all()
        return tuple(_read(row) for row in rows if covers(scope, row.site_id))

    def find(self, token: str, *, now: datetime) -> Invitation:
        """Return the invitation of a link. Raises NoSuchInvitation."""
        with self._database.read() as connection:
            return _live(connection, token, now)

    def revoke(self, invitation_id: int, *, made_by_id: int, now: datetime) -> None:
        """Make a link serve no more. Raises NoSuchInvitation."""
        mine = _invitations.c.id == invitation_id
        with self._database.write() as connection:
            row = connection.execute(select(_invitations).where(mine).with_for_update()).one_or_none()
            if row is None or not covers(admin_scope(connection, made_by_id), row.site_id):
                raise NoSuchInvitation
            connection.execute(delete(_invitations).where(mine))
            _record(connection, "invitation revoked", made_by_id, of=row, now=now)

    def accept_as_new(
        self, token: str, login: str, password_hash: str, *, subject: str | None = None, now: datetime
    ) -> Moderator:
        """Make the moderator who was invited and use the link up. Raises NoSuchInvitation, LoginTaken, SubjectTaken.

        `subject` is the account of the OpenID provider they log in with.
        """
        with self._database.write() as connection:
            found = _take(connection, token, now)
            if connection.execute(select(_moderators.c.id).where(_moderators.c.login == login)).first():
                raise LoginTaken(login)
            made = add_moderator(connection, login, password_hash, [Grant(found.role, found.site_id)], now)
            if subject is not None:
                _link(connection, made.id, subject)
            _record(connection, "invitation followed", made.id, of=found, now=now)
        return made

    def accept(self, token: str, moderator_id: int, *, now: datetime) -> None:
        """Give the role to somebody who is a moderator already, and use the link up.

        Raises NoSuchInvitation or HasRole; the link then stays for somebody else.
        """
        with self._database.write() as connection:
            found = _take(connection, token, now)
            grants = grants_of(connection, [moderator_id]).get(moderator_id, ())
            if any(grant.site_id == found.site_id for grant in grants):
                raise HasRole
            row = {"moderator_id": moderator_id, "site_id": found.site_id, "role": found.role.value}
            connection.execute(insert(_roles).values(created_at=now, **row))
            _record(connection, "invitation followed", moderator_id, of=found, now=now)


def _invitation(now: datetime) -> Select[Any]:
    return (
        select(_invitations, _sites.c.name.label("site_name"), _moderators.c.login.label("invited_by"))
        .join(_moderators, _moderators.c.id == _invitations.c.invited_by_id)
        .outerjoin(_sites, _sites.c.id == _invitations.c.site_id)
        .where(_invitations.c.expires_at > now)
    )


def _live(connection: Connection, token: str, now: datetime) -> Invitation:
    row = connection.execute(_invitation(now).where(_invitations.c.token_hash == token_hash(token))).one_or_none()
    if row is None or not covers(admin_scope(connection, row.invited_by_id), row.site_id):
        raise NoSuchInvitation
    return _read(row)


def _take(connection: Connection, token: str, now: datetime) -> Invitation:
    """Use the link up in a transaction that has begun: of two who follow it at once, one finds it gone."""
    found = _live(connection, token, now)
    if not connection.execute(delete(_invitations).where(_invitations.c.id == found.id)).rowcount:
        raise NoSuchInvitation
    return found


def _link(connection: Connection, moderator_id: int, subject: str) -> None:
    try:
        with connection.begin_nested():
            mine = update(_moderators).where(_moderators.c.id == moderator_id)
            connection.execute(mine.values(oidc_subject=subject))
    except IntegrityError:
        raise SubjectTaken from None


def _read(row: Row[Any]) -> Invitation:
    return Invitation(
        row.id,
        row.site_id,
        row.site_name,
        Role(row.role),
        row.invited_by_id,
        row.invited_by,
        row.created_at,
        row.expires_at,
    )


def _record(connection: Connection, kind: str, made_by_id: int, *, of: Row[Any] | Invitation, now: datetime) -> None:
    detail = {"invitation_id": of.id, "role": str(of.role)}
    add_event(connection, of.site_id, made_by_id, kind, detail, now=now)
