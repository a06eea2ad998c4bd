"""Audit samples: published comments drawn at random for a moderator's look, to count what the checks miss."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, bindparam, func, select, update

from comments import schema
from comments.looks import Look
from comments.roles import Scope
from comments.status import Status
from comments.store.database import Database
from comments.store.scopes import within
from comments.store.seen import record_looks
from comments.store.upsert import upsert

_samples, _comments = schema.audit_samples, schema.comments
_UNJUDGE = (
    update(_samples)
    .where(_samples.c.comment_id == bindparam("drawn"), _samples.c.decided_at >= bindparam("since"))
    .values(decided_at=None)
)


@dataclass(frozen=True, slots=True)
class Drawn:
    """A published comment of the sample that nobody has looked at yet. `rate` is the chance it was drawn with."""

    comment_id: int
    version: int
    rate: float
    drawn_at: datetime


def draw(connection: Connection, drawn: Sequence[tuple[int, int, float]], now: datetime) -> None:
    """Keep (comment id, site id, rate) as drawn. One that was drawn before, in an earlier revision, stays as it was."""
    if not drawn:
        return
    add = upsert(connection, _samples)
    rows = [
        {"comment_id": comment_id, "site_id": site_id, "rate": rate, "created_at": now}
        for comment_id, site_id, rate in drawn
    ]
    connection.execute(add.on_conflict_do_nothing(), rows)


def waiting_ids() -> Select[int]:
    """Return the statement of the drawn comments that are still public and that nobody has judged."""
    return (
        select(_comments.c.id)
        .join(_samples, _samples.c.comment_id == _comments.c.id)
        .where(_samples.c.decided_at.is_(None), _comments.c.status == Status.APPROVED.value)
    )


def judge(connection: Connection, comment_ids: Collection[int], now: datetime) -> int:
    """Mark the drawn ones of these comments as judged. Returns how many were; one that was judged before is not."""
    unjudged = update(_samples).where(_samples.c.comment_id.in_(sorted(comment_ids)), _samples.c.decided_at.is_(None))
    return connection.execute(unjudged.values(decided_at=now)).rowcount if comment_ids else 0


def unjudge(connection: Connection, since: Mapping[int, datetime]) -> None:
    """Let drawn comments wait again that were judged at this time or later, by what is being undone: {id: time}."""
    if since:
        connection.execute(_UNJUDGE, [{"drawn": each, "since": since[each]} for each in sorted(since)])


class Samples:
    """The audit sample of every site."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def waiting(self, site_id: int, *, limit: int = 25) -> tuple[Drawn, ...]:
        """Return the oldest drawn comments that are still public as they were approved and that nobody judged yet."""
        statement = (
            waiting_ids()
            .with_only_columns(_comments.c.id, _comments.c.version, _samples.c.rate, _samples.c.created_at)
            .where(_samples.c.site_id == site_id)
            .order_by(_comments.c.id)
            .limit(limit)
        )
        with self._database.read() as connection:
            return tuple(Drawn(row.id, row.version, row.rate, row.created_at) for row in connection.execute(statement))

    def confirm(self, comment_id: int, *, version: int, moderator_id: int, scope: Scope, now: datetime) -> int | None:
        """Record that a moderator looked at a drawn comment and leaves it public. Returns the decision's id.

        None, and nothing is changed, when it was not drawn, was judged already, is no longer what the moderator saw or
        lies outside the scope. To take it down instead, decide it like any other comment: that judges the sample too.
        """
        with self._database.write() as connection:
            seen = connection.execute(_seen(comment_id, version, scope)).one_or_none()
            # Of two confirmations at once, the second has waited for the first and finds the sample judged.
            if seen is None or not judge(connection, [comment_id], now):
                return None
            return record_looks(connection, [seen], Look.SAMPLE, moderator_id=moderator_id, now=now)[comment_id]

    def count(self, site_id: int) -> tuple[int, int]:
        """Return how many comments were drawn, and how many of them a moderator has judged."""
        counts = select(func.count(), func.count(_samples.c.decided_at)).where(_samples.c.site_id == site_id)
        with self._database.read() as connection:
            drawn, judged = connection.execute(counts).one()
            return drawn, judged


def _seen(comment_id: int, version: int, scope: Scope) -> Select[Any]:
    return (
        waiting_ids()
        .with_only_columns(_comments.c.id, _comments.c.site_id, _comments.c.revision, _comments.c.status)
        .where(_comments.c.id == comment_id, _comments.c.version == version, within(scope, _comments.c.site_id))
        .with_for_update(key_share=True, of=_comments)
    )
