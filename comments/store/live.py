"""What changed at the desk since a page was made: small reads, for pages that ask every few seconds."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, distinct, func, select

from comments import schema
from comments.roles import Scope
from comments.status import Status
from comments.store.audit import latest_decisions
from comments.store.claims import is_good
from comments.store.database import Database
from comments.store.records import DecisionRecord
from comments.store.scopes import within

_claims, _comments, _decisions = schema.claims, schema.comments, schema.decisions

# A page that stood open over the weekend is told of the newest so many decisions; it will be loaded anew anyway.
_FAR_BACK = 5_000

_NEWEST = select(func.coalesce(func.max(_decisions.c.id), 0))
_CLAIMS = (
    select(_claims.c.comment_id, schema.moderators.c.login)
    .join(schema.moderators, schema.moderators.c.id == _claims.c.moderator_id)
    .join(_comments, _comments.c.id == _claims.c.comment_id)
    .where(_claims.c.moderator_id != bindparam("besides"))
    .order_by(_claims.c.comment_id)
)
_SINCE = _decisions.c.id > bindparam("since")


@dataclass(frozen=True, slots=True)
class Pulse:
    """The least that tells whether anything changed: the newest decision, and what others have open, by comment."""

    newest_decision: int
    held_by: Mapping[int, str]


class Live:
    """What the others do."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def newest_decision(self) -> int:
        """Return the number of the newest decision, 0 before the first."""
        with self._database.read() as connection:
            return _newest(connection)

    def pulse(self, *, besides: int, scope: Scope, now: datetime) -> Pulse:
        """Return what others than the moderator `besides` have open now, within the scope."""
        with self._database.read() as connection:
            return Pulse(_newest(connection), _held_by(connection, besides, scope, now))

    def holders(self, comment_ids: Collection[int], *, besides: int, scope: Scope, now: datetime) -> dict[int, str]:
        """Return who else than `besides` has which of these comments open."""
        with self._database.read() as connection:
            held_by = _held_by(connection, besides, scope, now)
        return {each: held_by[each] for each in comment_ids if each in held_by}

    def settled(self, shown: Collection[int], *, since: int, besides: int, scope: Scope) -> tuple[DecisionRecord, ...]:
        """Return the last decision on each of the comments that somebody else than `besides` decided after `since`."""
        statement = (
            select(_decisions.c.comment_id)
            .distinct()
            .where(
                _SINCE,
                _decisions.c.comment_id.in_(sorted(shown)),
                _decisions.c.moderator_id.is_not(None),
                _decisions.c.moderator_id != besides,
                within(scope, _decisions.c.site_id),
            )
        )
        with self._database.read() as connection:
            touched = connection.execute(statement, {"since": since}).scalars().all()
            return tuple(latest_decisions(connection, touched).values())

    def arrived(
        self, shown: Collection[int], *, since: int, besides: int, scope: Scope, site_key: str, suspected: str
    ) -> int:
        """Return how many comments came into the queue after the decision `since`, those that are shown left out.

        `site_key` and `suspected` count one site's and one suspicion's alone, unless they are empty.
        """
        statement = (
            select(func.count(distinct(_comments.c.id)))
            .join(_decisions, _decisions.c.comment_id == _comments.c.id)
            .where(_SINCE, _decisions.c.new_status == Status.HELD.value, _comments.c.status == Status.HELD.value)
            .where(_decisions.c.old_status != Status.HELD.value, _comments.c.id.not_in(sorted(shown)))
            .where(func.coalesce(_decisions.c.moderator_id, 0) != besides, within(scope, _comments.c.site_id))
        )
        if site_key:
            statement = statement.join(schema.sites, schema.sites.c.id == _comments.c.site_id)
            statement = statement.where(schema.sites.c.key == site_key)
        if suspected:
            statement = statement.where(_comments.c.suspected == suspected)
        with self._database.read() as connection:
            far_back = _newest(connection) - _FAR_BACK
            arrived: int = connection.execute(statement, {"since": max(since, far_back)}).scalar_one()
            return arrived


def _newest(connection: Connection) -> int:
    newest: int = connection.execute(_NEWEST).scalar_one()
    return newest


def _held_by(connection: Connection, besides: int, scope: Scope, now: datetime) -> dict[int, str]:
    inside = _CLAIMS.where(is_good(now), within(scope, _comments.c.site_id))
    return {row.comment_id: row.login for row in connection.execute(inside, {"besides": besides})}
