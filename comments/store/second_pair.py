"""The second pair of eyes: in a thread marked sensitive, what one moderator approves waits for another one."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, select, update

from comments import schema
from comments.looks import Look
from comments.store.seen import record_looks
from comments.store.upsert import upsert

_firsts = schema.first_approvals

_OF = select(_firsts.c.comment_id, _firsts.c.version, _firsts.c.moderator_id).where(
    _firsts.c.comment_id.in_(bindparam("ids", expanding=True))
)
_WITHDRAW = delete(_firsts).where(_firsts.c.comment_id.in_(bindparam("ids", expanding=True)))
_RESTORE = (
    update(_firsts)
    .where(_firsts.c.comment_id == bindparam("undone"), _firsts.c.version == bindparam("before"))
    .values(version=bindparam("after"))
)


def in_need(connection: Connection, rows: Sequence[Any]) -> dict[int, int | None]:
    """Return the comments that one approval does not publish, each with the moderator who gave the first one.

    A first approval is of one version: whatever changed the comment since has made it void.
    """
    sensitive = {row.id: row.version for row in rows if row.is_sensitive}
    if not sensitive:
        return {}
    found = connection.execute(_OF, {"ids": sorted(sensitive)}).all()
    firsts = {row.comment_id: row.moderator_id for row in found if row.version == sensitive[row.comment_id]}
    return {comment_id: firsts.get(comment_id) for comment_id in sensitive}


def approve_first(
    connection: Connection, rows: Sequence[Any], moderator_id: int, now: datetime, batch_id: int | None = None
) -> dict[int, int]:
    """Keep the first of two approvals of each comment. Returns {comment id: decision id} of its records."""
    keep_first(connection, rows, moderator_id, now)
    return record_looks(connection, rows, Look.FIRST_APPROVAL, moderator_id=moderator_id, now=now, batch_id=batch_id)


def keep_first(connection: Connection, rows: Sequence[Any], moderator_id: int, now: datetime) -> None:
    """Keep the approval of these comments, as they are now, until a second moderator's."""
    if not rows:
        return
    add = upsert(connection, _firsts)
    kept = {name: add.excluded[name] for name in ("version", "moderator_id", "made_at")}
    values = [
        {"comment_id": row.id, "version": row.version, "moderator_id": moderator_id, "made_at": now} for row in rows
    ]
    connection.execute(add.on_conflict_do_update(index_elements=[_firsts.c.comment_id], set_=kept), values)


def withdraw(connection: Connection, comment_ids: Sequence[int]) -> None:
    """Forget the first approvals of these comments."""
    connection.execute(_WITHDRAW, {"ids": sorted(comment_ids)})


def restore(connection: Connection, undone: Sequence[Any]) -> None:
    """Make the first approvals good again that the last decision on these comments, now undone, had made void.

    The rows are as they were before the undoing, which gives them a version of its own.
    """
    if undone:
        steps = [{"undone": row.id, "before": row.version - 1, "after": row.version + 1} for row in undone]
        connection.execute(_RESTORE, steps)
