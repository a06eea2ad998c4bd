"""Moderators, their sessions, and the one-time link that makes the first of them."""

import hashlib
import secrets
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from comments import schema
from comments.roles import Grant, Role
from comments.store.database import Database
from comments.store.records import Moderator, Session

_moderators, _sessions, _links = schema.moderators, schema.sessions, schema.setup_links
_roles = schema.roles

TOKEN_BYTES = 32


class LoginTaken(Exception):  # noqa: N818 - named for what it says, as in STYLE.md
    """Raised when a moderator has this login already."""


_SESSION = (
    select(
        _moderators.c.id,
        _moderators.c.login,
        _moderators.c.password_hash,
        _moderators.c.disabled_at,
        _sessions.c.csrf_token,
        _sessions.c.last_used_at,
    )
    .join(_moderators, _moderators.c.id == _sessions.c.moderator_id)
    .where(
        _sessions.c.token_hash == bindparam("token_hash"),
        _sessions.c.expires_at > bindparam("now"),
        _sessions.c.last_used_at > bindparam("idle_since"),
        _moderators.c.disabled_at.is_(None),
    )
)
# The last use is written at most once a minute, so that reading pages stays reading.
_TOUCH_AFTER = timedelta(minutes=1)


class Moderators:
    """The people who decide."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, login: str, password_hash: str, *, grants: Sequence[Grant], now: datetime) -> Moderator:
        """Add a moderator who has these roles. Raises LoginTaken."""
        try:
            with self._database.write() as connection:
                return _add(connection, login, password_hash, grants, now)
        except IntegrityError:
            raise LoginTaken(login) from None

    def find(self, login: str) -> Moderator | None:
        """Return the moderator, or None."""
        with self._database.read() as connection:
            row = connection.execute(select(_moderators).where(_moderators.c.login == login)).one_or_none()
            return None if row is None else _moderator(row, _grants(connection, [row.id]).get(row.id, ()))

    def all(self) -> tuple[Moderator, ...]:
        """Return every moderator, by login."""
        with self._database.read() as connection:
            rows = connection.execute(select(_moderators).order_by(_moderators.c.login)).all()
            grants = _grants(connection, [row.id for row in rows])
        return tuple(_moderator(row, grants.get(row.id, ())) for row in rows)

    def set_password(self, moderator_id: int, password_hash: str) -> None:
        """Change the password and end every session of the moderator."""
        with self._database.write() as connection:
            connection.execute(
                update(_moderators).where(_moderators.c.id == moderator_id).values(password_hash=password_hash)
            )
            connection.execute(delete(_sessions).where(_sessions.c.moderator_id == moderator_id))

    def open_session(self, moderator_id: int, *, lasts: timedelta, now: datetime) -> str:
        """Begin a session and return its token; only the token's hash is kept."""
        token = secrets.token_urlsafe(TOKEN_BYTES)
        row = {
            "token_hash": _hash(token),
            "moderator_id": moderator_id,
            "csrf_token": secrets.token_urlsafe(TOKEN_BYTES),
            "created_at": now,
            "last_used_at": now,
            "expires_at": now + lasts,
        }
        with self._database.write() as connection:
            connection.execute(delete(_sessions).where(_sessions.c.expires_at <= now))
            connection.execute(insert(_sessions).values(**row))
        return token

    def session(self, token: str, *, idle: timedelta, now: datetime) -> Session | None:
        """Return the session of a token and note its use; None when it has ended or never was."""
        values = {"token_hash": _hash(token), "now": now, "idle_since": now - idle}
        with self._database.read() as connection:
            row = connection.execute(_SESSION, values).one_or_none()
            if row is None:
                return None
            grants = _grants(connection, [row.id]).get(row.id, ())
        if row.last_used_at < now - _TOUCH_AFTER:
            with self._database.write() as connection:
                touch = update(_sessions).where(_sessions.c.token_hash == _hash(token)).values(last_used_at=now)
                connection.execute(touch)
        return Session(_moderator(row, grants), row.csrf_token)

    def close_session(self, token: str) -> None:
        """End a session."""
        with self._database.write() as connection:
            connection.execute(delete(_sessions).where(_sessions.c.token_hash == _hash(token)))

    def new_setup_link(self, *, lasts: timedelta, now: datetime) -> str | None:
        """Return a one-time token that makes the first moderator, ending any earlier one; None when there is one."""
        token = secrets.token_urlsafe(TOKEN_BYTES)
        with self._database.write() as connection:
            if connection.execute(select(func.count()).select_from(_moderators)).scalar_one():
                return None
            connection.execute(delete(_links))
            row = {"token_hash": _hash(token), "created_at": now, "expires_at": now + lasts}
            connection.execute(insert(_links).values(**row))
        return token

    def is_setup_link(self, token: str, *, now: datetime) -> bool:
        """Say whether the token may still make the first moderator."""
        with self._database.read() as connection:
            return connection.execute(_live_link(token, now)).first() is not None

    def use_setup_link(self, token: str, login: str, password_hash: str, *, now: datetime) -> Moderator | None:
        """Make the first moderator and use the link up, in one transaction. None when the link is spent or stale."""
        with self._database.write() as connection:
            if connection.execute(_live_link(token, now).with_for_update()).first() is None:
                return None
            if connection.execute(select(func.count()).select_from(_moderators)).scalar_one():
                return None
            connection.execute(delete(_links))
            return _add(connection, login, password_hash, [Grant(Role.ADMIN)], now)


def _live_link(token: str, now: datetime) -> Any:
    return select(_links.c.token_hash).where(_links.c.token_hash == _hash(token), _links.c.expires_at > now)


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def _add(connection: Connection, login: str, password_hash: str, grants: Sequence[Grant], now: datetime) -> Moderator:
    row = {"login": login, "password_hash": password_hash, "created_at": now}
    made = connection.execute(insert(_moderators).values(**row).returning(_moderators.c.id)).scalar_one()
    rows = [
        {"moderator_id": made, "site_id": grant.site_id, "role": grant.role.value, "created_at": now}
        for grant in grants
    ]
    if rows:
        connection.execute(insert(_roles), rows)
    return Moderator(made, login, password_hash, is_disabled=False, grants=tuple(grants))


def _grants(connection: Connection, moderator_ids: Iterable[int]) -> dict[int, tuple[Grant, ...]]:
    found: dict[int, tuple[Grant, ...]] = {}
    statement = select(_roles).where(_roles.c.moderator_id.in_(list(moderator_ids))).order_by(_roles.c.id)
    for row in connection.execute(statement):
        found[row.moderator_id] = (*found.get(row.moderator_id, ()), Grant(Role(row.role), row.site_id))
    return found


def _moderator(row: Any, grants: tuple[Grant, ...]) -> Moderator:
    return Moderator(row.id, row.login, row.password_hash, is_disabled=row.disabled_at is not None, grants=grants)
