"""Second factors: the sealed secret of each moderator's codes, the codes that were used, the ones for a lost phone."""

import json
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, or_, select, update

from comments import schema
from comments.store.database import Database
from comments.store.events import add_event
from comments.store.moderators import end_sessions, token_hash

_moderators, _sessions, _sites = schema.moderators, schema.sessions, schema.sites


class SecondFactors:
    """What is kept of second factors. Nothing here can be read without the root key."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def set(
        self, moderator_id: int, sealed: bytes, *, step: int, recovery: Iterable[str], token: str, now: datetime
    ) -> bool:
        """Ask this moderator for codes from now on, the one of `step` being used up.

        The session of `token` has shown one; every other ends. Returns False, and changes nothing, when the moderator
        has a second factor already.
        """
        values = {"totp_secret": sealed, "totp_step": step, "recovery_hashes": json.dumps(list(recovery))}
        mine = (_moderators.c.id == moderator_id, _moderators.c.totp_secret.is_(None))
        with self._database.write() as connection:
            if not connection.execute(update(_moderators).where(*mine).values(**values)).rowcount:
                return False
            end_sessions(connection, moderator_id, keep_token=token)
            shown = update(_sessions).where(_sessions.c.token_hash == token_hash(token))
            connection.execute(shown.values(second_factor_at=now))
            _record(connection, moderator_id, moderator_id, "second factor set up", now)
        return True

    def remove(self, moderator_id: int, *, made_by_id: int | None, now: datetime) -> None:
        """Ask for the password alone again, and forget the recovery codes. Ends every session when an operator does it.

        `made_by_id` is None for an operator.
        """
        values = {"totp_secret": None, "totp_step": None, "recovery_hashes": "[]"}
        with self._database.write() as connection:
            connection.execute(update(_moderators).where(_moderators.c.id == moderator_id).values(**values))
            # Where a site asks for one, the next request asks for another.
            sessions = update(_sessions).where(_sessions.c.moderator_id == moderator_id)
            connection.execute(sessions.values(second_factor_at=None))
            if made_by_id is None:
                end_sessions(connection, moderator_id)
            _record(connection, made_by_id, moderator_id, "second factor removed", now)

    def use_step(self, moderator_id: int, step: int) -> bool:
        """Use up the code of a step. Returns False when it, or a later one, was used before."""
        is_new = or_(_moderators.c.totp_step.is_(None), _moderators.c.totp_step < step)
        statement = update(_moderators).where(_moderators.c.id == moderator_id, is_new).values(totp_step=step)
        with self._database.write() as connection:
            return connection.execute(statement).rowcount == 1

    def use_recovery(self, moderator_id: int, code_hashes: tuple[str, ...], *, now: datetime) -> bool:
        """Use up a recovery code, by what may be kept of it. Returns False when it is none, or none any more."""
        mine = _moderators.c.id == moderator_id
        with self._database.write() as connection:
            kept = select(_moderators.c.recovery_hashes).where(mine).with_for_update()
            hashes: list[str] = json.loads(connection.execute(kept).scalar_one())
            used = next((each for each in hashes if each in code_hashes), None)
            if used is None:
                return False
            hashes.remove(used)
            connection.execute(update(_moderators).where(mine).values(recovery_hashes=json.dumps(hashes)))
            _record(connection, moderator_id, moderator_id, "recovery code used", now, left=len(hashes))
        return True

    def renew_recovery(self, moderator_id: int, code_hashes: Iterable[str], *, now: datetime) -> None:
        """Replace the recovery codes; the earlier ones serve no more."""
        values = {"recovery_hashes": json.dumps(list(code_hashes))}
        with self._database.write() as connection:
            connection.execute(update(_moderators).where(_moderators.c.id == moderator_id).values(**values))
            _record(connection, moderator_id, moderator_id, "recovery codes renewed", now)

    def required_by(self) -> frozenset[int]:
        """Return the sites whose people must have a second factor."""
        with self._database.read() as connection:
            rows = connection.execute(select(_sites.c.id).where(_sites.c.requires_second_factor))
            return frozenset(rows.scalars())

    def require(self, site_id: int, *, required: bool, made_by_id: int | None, now: datetime) -> None:
        """Make everybody who has a role on the site set up a second factor before anything else, or no longer."""
        mine = (_sites.c.id == site_id, _sites.c.requires_second_factor.is_not(required))
        with self._database.write() as connection:
            if connection.execute(update(_sites).where(*mine).values(requires_second_factor=required)).rowcount:
                kind = "second factor required" if required else "second factor optional"
                add_event(connection, site_id, made_by_id, kind, {}, now=now)


def _record(
    connection: Connection, made_by_id: int | None, moderator_id: int, kind: str, now: datetime, **more: int
) -> None:
    add_event(connection, None, made_by_id, kind, {"moderator_id": moderator_id, **more}, now=now)
