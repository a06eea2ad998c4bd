"""What moderators decided, step by step: one comment, or all the comments of a batch, the latest step first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, and_, case, func, select

from comments import schema
from comments.roles import Scope
from comments.store.audit import MODERATOR, decided_of
from comments.store.database import Database
from comments.store.records import Decided
from comments.store.scopes import within

_decisions = schema.decisions
_later = _decisions.alias("later")
# The newest decision on a comment, of all that were made on it.
_newest = _decisions.alias("newest")
_NEWEST_ID = (
    select(func.max(_newest.c.id)).where(_newest.c.comment_id == _decisions.c.comment_id).correlate(_decisions)
).scalar_subquery()


@dataclass(frozen=True, slots=True)
class Step:
    """What was decided in one go: its last decision, on how many comments, and on how many nobody has decided since."""

    latest: Decided
    count: int
    undoable: int

    @property
    def batch_id(self) -> int | None:
        """What undoes all of it; None for a decision on one comment alone."""
        return self.latest.decision.batch_id


class Steps:
    """Every moderator's steps."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def page(self, *, scope: Scope, before: int | None = None, limit: int = 25) -> tuple[Step, ...]:
        """Return up to `limit` steps, newest first, from before the decision `before`."""
        with self._database.read() as connection:
            ids = connection.execute(_last_ones(scope, before).limit(limit)).scalars().all()
            latest = decided_of(connection, ids)
            batches = _batches(connection, [one.decision.batch_id for one in latest if one.decision.batch_id], scope)
        return tuple(_step(one, batches) for one in latest)


def _last_ones(scope: Scope, before: int | None) -> Select[int]:
    """Return the statement of the last decision of every step."""
    follows = and_(_later.c.batch_id == _decisions.c.batch_id, _later.c.id > _decisions.c.id)
    in_step = select(_later.c.id).where(follows, within(scope, _later.c.site_id))
    statement = select(_decisions.c.id).where(
        _decisions.c.made_by == MODERATOR, within(scope, _decisions.c.site_id), ~in_step.exists()
    )
    if before is not None:
        statement = statement.where(_decisions.c.id < before)
    return statement.order_by(_decisions.c.id.desc())


def _batches(connection: Connection, batch_ids: Sequence[int], scope: Scope) -> Mapping[int, Any]:
    if not batch_ids:
        return {}
    is_newest = case((_decisions.c.id == _NEWEST_ID, 1), else_=0)
    counts = select(_decisions.c.batch_id, func.count().label("number"), func.sum(is_newest).label("undoable")).where(
        _decisions.c.batch_id.in_(batch_ids), within(scope, _decisions.c.site_id)
    )
    return {row.batch_id: row for row in connection.execute(counts.group_by(_decisions.c.batch_id))}


def _step(latest: Decided, batches: Mapping[int, Any]) -> Step:
    batch = batches.get(latest.decision.batch_id or 0)
    return Step(latest, 1, int(latest.is_latest)) if batch is None else Step(latest, batch.number, int(batch.undoable))
