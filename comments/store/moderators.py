"""Moderators: who they are, how they show it, and the one-time link that makes the first of them."""

import hashlib
import json
import secrets
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from comments import schema
from comments.roles import Grant, Role
from comments.store.database import Database
from comments.store.events import add_event
from comments.store.records import Moderator

_moderators, _sessions, _links = schema.moderators, schema.sessions, schema.setup_links
_roles = schema.roles

TOKEN_BYTES = 32
# What is kept of a password that was never chosen: no password has this hash.
NO_PASSWORD = ""


class LoginTaken(Exception):  # noqa: N818 - named for what it says, as in STYLE.md
    """Raised when a moderator has this login already."""


class SubjectTaken(Exception):  # noqa: N818 - named for what it says, as in STYLE.md
    """Raised when another moderator logs in with this account of the OpenID provider."""


class Moderators:
    """The people who decide."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, login: str, password_hash: str, *, grants: Sequence[Grant], now: datetime) -> Moderator:
        """Add a moderator who has these roles. Raises LoginTaken."""
        try:
            with self._database.write() as connection:
                return add_moderator(connection, login, password_hash, grants, now)
        except IntegrityError:
            raise LoginTaken(login) from None

    def find(self, login: str) -> Moderator | None:
        """Return the moderator, or None."""
        return self._one(_moderators.c.login == login)

    def find_by_subject(self, subject: str) -> Moderator | None:
        """Return the moderator who linked this account of the OpenID provider, or None."""
        return self._one(_moderators.c.oidc_subject == subject)

    def all(self) -> tuple[Moderator, ...]:
        """Return every moderator, by login."""
        with self._database.read() as connection:
            rows = connection.execute(select(_moderators).order_by(_moderators.c.login)).all()
            grants = grants_of(connection, [row.id for row in rows])
        return tuple(moderator_of(row, grants.get(row.id, ())) for row in rows)

    def set_password(
        self, moderator_id: int, password_hash: str, *, keep_token: str = "", now: datetime | None = None
    ) -> None:
        """Change the password and end every session of the moderator but the one of `keep_token`.

        With `now` it is the moderator's own change and recorded as such.
        """
        with self._database.write() as connection:
            connection.execute(
                update(_moderators).where(_moderators.c.id == moderator_id).values(password_hash=password_hash)
            )
            end_sessions(connection, moderator_id, keep_token=keep_token)
            if now is not None:
                add_event(connection, None, moderator_id, "password changed", {"moderator_id": moderator_id}, now=now)

    def link_subject(self, moderator_id: int, subject: str | None, *, now: datetime) -> None:
        """Let the moderator log in with an account of the OpenID provider; None takes that back.

        Raises SubjectTaken.
        """
        kind = "provider account unlinked" if subject is None else "provider account linked"
        try:
            with self._database.write() as connection:
                connection.execute(
                    update(_moderators).where(_moderators.c.id == moderator_id).values(oidc_subject=subject)
                )
                add_event(connection, None, moderator_id, kind, {"moderator_id": moderator_id}, now=now)
        except IntegrityError:
            raise SubjectTaken from None

    def new_setup_link(self, *, lasts: timedelta, now: datetime) -> str | None:
        """Return a one-time token that makes the first moderator, ending any earlier one; None when there is one."""
        token = secrets.token_urlsafe(TOKEN_BYTES)
        with self._database.write() as connection:
            if connection.execute(select(func.count()).select_from(_moderators)).scalar_one():
                return None
            connection.execute(delete(_links))
            row = {"token_hash": token_hash(token), "created_at": now, "expires_at": now + lasts}
            connection.execute(insert(_links).values(**row))
        return token

    def is_setup_link(self, token: str, *, now: datetime) -> bool:
        """Say whether the token may still make the first moderator."""
        with self._database.read() as connection:
            return connection.execute(_live_link(token, now)).first() is not None

    def use_setup_link(self, token: str, login: str, password_hash: str, *, now: datetime) -> Moderator | None:
        """Make the first moderator and use the link up, in one transaction. None when the link is spent or stale."""
        with self._database.write() as connection:
            # Every link, not only this one: two that were asked for at once must not make a first moderator each.
            connection.execute(select(_links.c.token_hash).order_by(_links.c.token_hash).with_for_update()).all()
            if connection.execute(_live_link(token, now)).first() is None:
                return None
            if connection.execute(select(func.count()).select_from(_moderators)).scalar_one():
                return None
            connection.execute(delete(_links))
            made = add_moderator(connection, login, password_hash, [Grant(Role.ADMIN)], now)
            add_event(connection, None, made.id, "first moderator made", {"moderator_id": made.id}, now=now)
            return made

    def _one(self, condition: Any) -> Moderator | None:
        with self._database.read() as connection:
            row = connection.execute(select(_moderators).where(condition)).one_or_none()
            # Asked for nobody too: the time of a login must not tell whether there is such a moderator.
            grants = grants_of(connection, [0 if row is None else row.id])
            return None if row is None else moderator_of(row, grants.get(row.id, ()))


def token_hash(token: str) -> bytes:
    """Return what is kept of a token: it has 256 random bits, so nobody finds it from its hash."""
    return hashlib.sha256(token.encode()).digest()


def add_moderator(
    connection: Connection, login: str, password_hash: str, grants: Sequence[Grant], now: datetime
) -> Moderator:
    """Add a moderator in a transaction that has begun. Raises IntegrityError when the login is taken."""
    row = {"login": login, "password_hash": password_hash, "created_at": now}
    made = connection.execute(insert(_moderators).values(**row).returning(_moderators.c.id)).scalar_one()
    rows = [
        {"moderator_id": made, "site_id": grant.site_id, "role": grant.role.value, "created_at": now}
        for grant in grants
    ]
    if rows:
        connection.execute(insert(_roles), rows)
    return Moderator(made, login, password_hash, is_disabled=False, grants=tuple(grants))


def end_sessions(connection: Connection, moderator_id: int, *, keep_token: str = "") -> int:
    """End the sessions of a moderator, all but the one of `keep_token`. Returns how many ended."""
    kept = token_hash(keep_token) if keep_token else b""
    mine = delete(_sessions).where(_sessions.c.moderator_id == moderator_id, _sessions.c.token_hash != kept)
    return connection.execute(mine).rowcount


def grants_of(connection: Connection, moderator_ids: Iterable[int]) -> dict[int, tuple[Grant, ...]]:
    """Return the roles of these moderators; nothing for whoever has none."""
    found: dict[int, tuple[Grant, ...]] = {}
    statement = select(_roles).where(_roles.c.moderator_id.in_(list(moderator_ids))).order_by(_roles.c.id)
    for row in connection.execute(statement):
        found[row.moderator_id] = (*found.get(row.moderator_id, ()), Grant(Role(row.role), row.site_id))
    return found


def moderator_of(row: Any, grants: tuple[Grant, ...]) -> Moderator:
    """Turn a row of `moderators` into a Moderator."""
    return Moderator(
        row.id,
        row.login,
        row.password_hash,
        is_disabled=row.disabled_at is not None,
        grants=grants,
        totp_secret=row.totp_secret,
        recovery_left=len(json.loads(row.recovery_hashes)),
        oidc_subject=row.oidc_subject,
    )


def _live_link(token: str, now: datetime) -> Any:
    return select(_links.c.token_hash).where(_links.c.token_hash == token_hash(token), _links.c.expires_at > now)
