"""Bulk: many comments decided, or many decisions taken back, in one step. Each comment stands or falls alone."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from sqlalchemy import Connection, func, select, text

from comments import schema
from comments.reasons import Reason
from comments.roles import Scope
from comments.status import Status
from comments.store.audit import NotThere, decisions_of_batch
from comments.store.database import Database
from comments.store.deciding import Wish, decide_all
from comments.store.outcomes import Batch, Item
from comments.store.scopes import within
from comments.store.undoing import Undoing, undo_all

_comments, _decisions = schema.comments, schema.decisions
_T = TypeVar("_T")

# So many comments are locked and moved together: a statement has room for their numbers on either database.
CHUNK = 1000

# Decisions are never removed and SQLite has one writer at a time, so this is the number of the batch's first one.
_NEXT_ON_SQLITE = select(func.coalesce(func.max(_decisions.c.id), 0) + 1)
# The number is used up, so neither a decision nor another batch will ever have it.
_NEXT_ON_POSTGRES = text("SELECT nextval(pg_get_serial_sequence('decisions', 'id'))")


class Bulk:
    """What moderators decide together."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def decide(
        self,
        seen: Sequence[tuple[int, int]],
        new: Status,
        *,
        moderator_id: int,
        scope: Scope,
        now: datetime,
        reason: Reason | None = None,
        note: str | None = None,
    ) -> Batch:
        """Decide comments as they were seen: (comment id, version). One transaction; an item for each comment."""
        wish = Wish(new, moderator_id, scope, now, reason=reason, note=note)
        with self._database.write() as connection:
            wish = replace(wish, batch_id=_new_batch(connection))
            # In the order of their numbers across the chunks, as everywhere where comments are locked.
            chunks = _chunks(sorted(dict(seen).items()))
            items = [item for chunk in chunks for item in decide_all(connection, dict(chunk), wish)]
        return _batch(wish.batch_id, items, [comment_id for comment_id, _ in seen])

    def decide_campaign(
        self,
        cluster_id: int,
        new: Status,
        *,
        seen: int,
        moderator_id: int,
        scope: Scope,
        now: datetime,
        reason: Reason | None = None,
        note: str | None = None,
    ) -> Batch:
        """Decide what is held of a campaign, up to the comment `seen`: later ones nobody has been shown.

        A thousand comments are one transaction, all of them one batch. Raises NotThere when nothing is held of it.
        """
        wish = Wish(new, moderator_id, scope, now, reason=reason, note=note)
        items: list[Item] = []
        after = 0
        while True:
            with self._database.write() as connection:
                # A number is the batch's own once a decision bears it.
                if not any(item.decision_id for item in items):
                    wish = replace(wish, batch_id=_new_batch(connection))
                versions = _held_of(connection, cluster_id, scope, after=after, seen=seen)
                items += decide_all(connection, versions, wish)
            if len(versions) < CHUNK:
                break
            after = max(versions)
        if not items:
            raise NotThere(cluster_id)
        return _batch(wish.batch_id, items)

    def undo(self, batch_id: int, *, moderator_id: int, scope: Scope, now: datetime) -> Batch:
        """Take back every decision of a batch, in one transaction. The result is a batch of its own: undo it to redo.

        What somebody decided or edited since is left alone and named. Raises NotThere when there is no such batch.
        """
        with self._database.write() as connection:
            undone = decisions_of_batch(connection, batch_id, scope)
            if not undone:
                raise NotThere(batch_id)
            by = Undoing(moderator_id, scope, now, batch_id=_new_batch(connection))
            items = [item for chunk in _chunks(undone) for item in undo_all(connection, chunk, by)]
        return _batch(by.batch_id, items)


def _new_batch(connection: Connection) -> int:
    statement = _NEXT_ON_SQLITE if connection.dialect.name == "sqlite" else _NEXT_ON_POSTGRES
    number: int = connection.execute(statement).scalar_one()
    return number


def _chunks(many: Sequence[_T]) -> Iterator[Sequence[_T]]:
    for start in range(0, len(many), CHUNK):
        yield many[start : start + CHUNK]


def _held_of(connection: Connection, cluster_id: int, scope: Scope, *, after: int, seen: int) -> dict[int, int]:
    """Return the next held comments of a campaign with their versions."""
    held = (
        select(_comments.c.id, _comments.c.version)
        .where(_comments.c.cluster_id == cluster_id, _comments.c.status == Status.HELD.value)
        .where(_comments.c.id > after, _comments.c.id <= seen, within(scope, _comments.c.site_id))
        .order_by(_comments.c.id)
        .limit(CHUNK)
    )
    return {row.id: row.version for row in connection.execute(held)}


def _batch(batch_id: int | None, items: Sequence[Item], order: Sequence[int] = ()) -> Batch:
    """Return the items in the order in which they were asked for, or else in that of their numbers."""
    found = {item.comment_id: item for item in items}
    in_order = tuple(found[each] for each in dict.fromkeys(order)) if order else tuple(items)
    return Batch(batch_id if any(item.decision_id for item in items) else None, in_order)
