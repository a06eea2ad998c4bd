"""Sessions at the desk: opened by a login, ended by time, by the moderator, or by whoever disables them."""

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlalchemy import bindparam, delete, insert, or_, select, update

from comments import schema
from comments.store.database import Database
from comments.store.moderators import TOKEN_BYTES, end_sessions, grants_of, moderator_of, token_hash
from comments.store.records import OpenSession, Session

_moderators, _sessions, _roles, _sites = schema.moderators, schema.sessions, schema.roles, schema.sites

# Between the password and the code; long enough to fetch a phone.
CODE_WITHIN = timedelta(minutes=10)
MAX_BROWSER_CHARS = 80

_REQUIRES_FACTOR = (
    select(_sites.c.id)
    .join(_roles, or_(_roles.c.site_id == _sites.c.id, _roles.c.site_id.is_(None)))
    .where(_roles.c.moderator_id == _moderators.c.id, _sites.c.requires_second_factor)
    .correlate(_moderators)
    .exists()
)
_SESSION = (
    select(
        _moderators,
        _sessions.c.csrf_token,
        _sessions.c.last_used_at,
        _sessions.c.created_at.label("opened_at"),
        _sessions.c.second_factor_at,
        _REQUIRES_FACTOR.label("is_factor_required"),
    )
    .join(_sessions, _moderators.c.id == _sessions.c.moderator_id)
    .where(
        _sessions.c.token_hash == bindparam("token_hash"),
        _sessions.c.expires_at > bindparam("now"),
        _sessions.c.last_used_at > bindparam("idle_since"),
        _moderators.c.disabled_at.is_(None),
    )
)
# The last use is written at most once a minute, so that reading pages stays reading.
_TOUCH_AFTER = timedelta(minutes=1)


class Sessions:
    """Who is logged in, and where."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def open(
        self,
        moderator_id: int,
        *,
        lasts: timedelta,
        now: datetime,
        browser: str = "",
        second_factor_at: datetime | None = None,
    ) -> str:
        """Begin a session and return its token; only the token's hash is kept."""
        token = secrets.token_urlsafe(TOKEN_BYTES)
        row = {
            "token_hash": token_hash(token),
            "moderator_id": moderator_id,
            "csrf_token": secrets.token_urlsafe(TOKEN_BYTES),
            "created_at": now,
            "last_used_at": now,
            "expires_at": now + lasts,
            "browser": browser[:MAX_BROWSER_CHARS],
            "second_factor_at": second_factor_at,
        }
        with self._database.write() as connection:
            connection.execute(delete(_sessions).where(_sessions.c.expires_at <= now))
            connection.execute(insert(_sessions).values(**row))
        return token

    def find(self, token: str, *, idle: timedelta, now: datetime) -> Session | None:
        """Return the session of a token and note its use; None when it has ended or never was.

        Roles are read anew each time, so that a change is in force with the next request.
        """
        values = {"token_hash": token_hash(token), "now": now, "idle_since": now - idle}
        with self._database.read() as connection:
            row = connection.execute(_SESSION, values).one_or_none()
            if row is None:
                return None
            grants = grants_of(connection, [row.id]).get(row.id, ())
        found = Session(
            moderator_of(row, grants), row.csrf_token, row.opened_at, row.second_factor_at, row.is_factor_required
        )
        if found.awaits_code and row.opened_at + CODE_WITHIN <= now:
            return None
        if row.last_used_at < now - _TOUCH_AFTER:
            self._touch(token, now)
        return found

    def of(self, moderator_id: int, *, token: str, idle: timedelta, now: datetime) -> tuple[OpenSession, ...]:
        """Return the moderator's sessions, the latest use first; `token` is of the one that asks."""
        statement = (
            select(_sessions, _moderators.c.totp_secret)
            .join(_moderators, _moderators.c.id == _sessions.c.moderator_id)
            .where(
                _sessions.c.moderator_id == moderator_id,
                _sessions.c.expires_at > now,
                _sessions.c.last_used_at > now - idle,
            )
            .order_by(_sessions.c.last_used_at.desc(), _sessions.c.created_at.desc())
        )
        with self._database.read() as connection:
            rows = connection.execute(statement).all()
        return tuple(
            OpenSession(
                _name(row.token_hash),
                row.browser,
                row.created_at,
                row.last_used_at,
                is_this_one=row.token_hash == token_hash(token),
                awaits_code=row.totp_secret is not None and row.second_factor_at is None,
            )
            for row in rows
        )

    def close(self, token: str) -> None:
        """End a session."""
        with self._database.write() as connection:
            connection.execute(delete(_sessions).where(_sessions.c.token_hash == token_hash(token)))

    def end(self, moderator_id: int, name: str) -> bool:
        """End one of the moderator's own sessions. Returns False when there is none of this name."""
        hashes = select(_sessions.c.token_hash).where(_sessions.c.moderator_id == moderator_id)
        with self._database.write() as connection:
            named = [each for each in connection.execute(hashes).scalars() if _name(each) == name]
            connection.execute(delete(_sessions).where(_sessions.c.token_hash.in_(named)))
        return bool(named)

    def end_others(self, moderator_id: int, *, keep_token: str) -> int:
        """End all of the moderator's sessions but one. Returns how many ended."""
        with self._database.write() as connection:
            return end_sessions(connection, moderator_id, keep_token=keep_token)

    def _touch(self, token: str, now: datetime) -> None:
        with self._database.write() as connection:
            mine = _sessions.c.token_hash == token_hash(token)
            connection.execute(update(_sessions).where(mine).values(last_used_at=now))


def _name(token_hash: bytes) -> str:
    return hashlib.sha256(token_hash).hexdigest()[:16]
