"""Claims: the comments a moderator has open, as leases that end by themselves, so that two do not do the same work.

A claim forbids nothing: whoever decides first decides. It only tells the others.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, delete, func, not_, or_, select, update

from comments import schema
from comments.roles import Scope
from comments.store.database import Database
from comments.store.leases import has_ended
from comments.store.scopes import within
from comments.store.upsert import upsert

_claims, _comments, _moderators = schema.claims, schema.comments, schema.moderators

# An open page renews its claims several times within it; one that was closed without a word holds nothing up for long.
LEASE_SECONDS = 120


@dataclass(frozen=True, slots=True)
class Present:
    """A moderator who has comments open, and how many."""

    login: str
    claim_count: int


class Claims:
    """Who has which comment open."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def take(self, comment_ids: Collection[int], moderator_id: int, *, scope: Scope, now: datetime) -> dict[int, str]:
        """Claim comments for two minutes, or renew one's own claims. Returns who holds each now: {comment id: login}.

        What another moderator holds stays theirs; what lies outside the scope is left out.
        """
        with self._database.write() as connection:
            inside = _inside(connection, comment_ids, scope)
            if inside:
                connection.execute(_take(connection, now, moderator_id), _rows(inside, moderator_id, now))
            return _holders(connection, inside, now)

    def renew(self, comment_ids: Collection[int], moderator_id: int, *, scope: Scope, now: datetime) -> dict[int, str]:
        """Let one's own claims last for two more minutes. Returns who holds each comment now; one may have lost some.

        A claim that ended and that nobody took meanwhile is good again; nothing new is claimed.
        """
        with self._database.write() as connection:
            inside = _inside(connection, comment_ids, scope)
            mine = and_(_claims.c.comment_id.in_(inside), _claims.c.moderator_id == moderator_id)
            # One after the other in the order of their numbers, as `take` does, so that neither waits in a circle.
            locked = select(_claims.c.comment_id).where(mine).order_by(_claims.c.comment_id).with_for_update()
            ids = connection.execute(locked).scalars().all()
            connection.execute(update(_claims).where(_claims.c.comment_id.in_(ids)).values(until_at=_end(now)))
            return _holders(connection, inside, now)

    def release(self, comment_ids: Collection[int], moderator_id: int) -> None:
        """End one's own claims; those of others stay."""
        mine = and_(_claims.c.comment_id.in_(sorted(comment_ids)), _claims.c.moderator_id == moderator_id)
        with self._database.write() as connection:
            locked = select(_claims.c.comment_id).where(mine).order_by(_claims.c.comment_id).with_for_update()
            ids = connection.execute(locked).scalars().all()
            connection.execute(delete(_claims).where(_claims.c.comment_id.in_(ids)))

    def release_all(self, moderator_id: int) -> None:
        """End all claims of a moderator who goes."""
        with self._database.read() as connection:
            own = select(_claims.c.comment_id).where(_claims.c.moderator_id == moderator_id)
            ids = connection.execute(own).scalars().all()
        self.release(ids, moderator_id)

    def present(self, scope: Scope, now: datetime) -> tuple[Present, ...]:
        """Return who has comments of the scope open, by login."""
        statement = (
            select(_moderators.c.login, func.count().label("claim_count"))
            .join(_claims, _claims.c.moderator_id == _moderators.c.id)
            .join(_comments, _comments.c.id == _claims.c.comment_id)
            .where(is_good(now), within(scope, _comments.c.site_id))
            .group_by(_moderators.c.login)
            .order_by(_moderators.c.login)
        )
        with self._database.read() as connection:
            return tuple(Present(row.login, row.claim_count) for row in connection.execute(statement))

    def forget_ended(self, now: datetime) -> int:
        """Delete the claims that ended more than an hour ago. Returns how many; safe to do twice."""
        ended = delete(_claims).where(_claims.c.until_at < now - timedelta(hours=1))
        with self._database.write() as connection:
            return connection.execute(ended).rowcount


def is_good(now: datetime) -> ColumnElement[bool]:
    """Say that a claim has not ended."""
    return not_(has_ended(_claims.c.until_at, now, LEASE_SECONDS))


def _end(now: datetime) -> datetime:
    return now + timedelta(seconds=LEASE_SECONDS)


def _inside(connection: Connection, comment_ids: Collection[int], scope: Scope) -> list[int]:
    inside = select(_comments.c.id).where(_comments.c.id.in_(sorted(comment_ids)), within(scope, _comments.c.site_id))
    return list(connection.execute(inside.order_by(_comments.c.id)).scalars())


def _rows(comment_ids: Collection[int], moderator_id: int, now: datetime) -> list[dict[str, object]]:
    until = _end(now)
    return [{"comment_id": each, "moderator_id": moderator_id, "until_at": until} for each in comment_ids]


def _take(connection: Connection, now: datetime, moderator_id: int) -> Any:
    insert = upsert(connection, _claims)
    return insert.on_conflict_do_update(
        index_elements=[_claims.c.comment_id],
        set_={name: insert.excluded[name] for name in ("moderator_id", "until_at")},
        where=or_(_claims.c.moderator_id == moderator_id, has_ended(_claims.c.until_at, now, LEASE_SECONDS)),
    )


def _holders(connection: Connection, comment_ids: Collection[int], now: datetime) -> dict[int, str]:
    holders = (
        select(_claims.c.comment_id, _moderators.c.login)
        .join(_moderators, _moderators.c.id == _claims.c.moderator_id)
        .where(_claims.c.comment_id.in_(comment_ids), is_good(now))
        .order_by(_claims.c.comment_id)
    )
    return {row.comment_id: row.login for row in connection.execute(holders)}
