"""Edits: new texts for public comments, waiting for their checks; the old texts stay public until those have spoken.

They are claimed and settled as comments are (pending.py). One whose comment was held meanwhile is settled as if it had
been edited then; one whose comment was rejected waits in case that is undone.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Select, bindparam, delete, func, or_, select, update

from comments import schema
from comments.status import Status
from comments.store.leases import has_ended
from comments.store.moves import Move, apply_moves

_comments, _decisions, _edits = schema.comments, schema.decisions, schema.edits

_OPEN = (Status.APPROVED.value, Status.HELD.value)
_LOCK_COMMENTS = (
    select(_comments.c.id, _comments.c.status, _comments.c.revision)
    .where(_comments.c.id.in_(bindparam("ids", expanding=True)))
    .order_by(_comments.c.id)
    .with_for_update(key_share=True)
)
_LOCK_EDITS = (
    select(_edits.c.comment_id, _edits.c.text)
    .where(_edits.c.comment_id.in_(bindparam("ids", expanding=True)))
    .order_by(_edits.c.comment_id)
    .with_for_update()
)
_LAST_OF_MODERATORS = (
    select(func.max(_decisions.c.id))
    .where(
        _decisions.c.comment_id.in_(bindparam("ids", expanding=True)),
        _decisions.c.made_by == "moderator",
        _decisions.c.old_status != _decisions.c.new_status,  # a look that left it as it was decides nothing
    )
    .group_by(_decisions.c.comment_id)
)
_PUT_ON_HOLD = select(_decisions.c.comment_id).where(
    _decisions.c.id.in_(_LAST_OF_MODERATORS), _decisions.c.new_status == Status.HELD.value
)
_DONE = delete(_edits).where(_edits.c.comment_id.in_(bindparam("ids", expanding=True)))


def waiting_edits(now: datetime, lease_seconds: int) -> Select[int]:
    """Return the statement of the edits that nobody is checking, oldest comment first."""
    free = or_(_edits.c.lease_until.is_(None), has_ended(_edits.c.lease_until, now, lease_seconds))
    return (
        select(_edits.c.comment_id)
        .join(_comments, _comments.c.id == _edits.c.comment_id)
        .where(_comments.c.status.in_(_OPEN), free)
        .order_by(_edits.c.comment_id)
    )


def count_stranded_edits(connection: Connection, now: datetime, *, older_than: timedelta, lease_seconds: int) -> int:
    """Count the edits that nobody holds and that are older than this."""
    is_old = or_(_edits.c.made_at <= now - older_than, _edits.c.made_at > now + older_than)
    stranded = waiting_edits(now, lease_seconds).where(is_old).limit(1000)
    return connection.execute(select(func.count()).select_from(stranded.subquery())).scalar_one()


def lease_edits(connection: Connection, ids: Sequence[int], now: datetime, *, lease_seconds: int) -> dict[int, Any]:
    """Lease edits, locked by the caller. Returns their rows by comment."""
    lease = {"lease_until": now + timedelta(seconds=lease_seconds), "attempts": _edits.c.attempts + 1}
    leased = update(_edits).where(_edits.c.comment_id.in_(ids)).values(**lease)
    found = connection.execute(leased.returning(_edits.c.comment_id, _edits.c.text, _edits.c.attempts))
    return {row.comment_id: row for row in found}


def put_on_hold(connection: Connection, ids: Sequence[int]) -> frozenset[int]:
    """Return those of these comments that moderators put on hold and did not publish since."""
    return frozenset(connection.execute(_PUT_ON_HOLD, {"ids": sorted(ids)}).scalars())


def settle_edits(connection: Connection, moves: Sequence[Move], now: datetime) -> dict[int, int]:
    """Give comments their new texts with the verdict on them: moves of public comments, each with a text.

    Returns {comment id: decision id}. One whose edit was replaced meanwhile, or whose comment has moved on, is left
    alone. One that was held meanwhile is edited as what is held is: it waits, and gets its verdict.
    """
    if not moves:
        return {}
    ids = {"ids": sorted(move.comment_id for move in moves)}
    rows = {row.id: row for row in connection.execute(_LOCK_COMMENTS, ids)}
    texts = {row.comment_id: row.text for row in connection.execute(_LOCK_EDITS, ids)}
    standing = [move for move in moves if _stands(move, rows.get(move.comment_id), texts.get(move.comment_id))]
    connection.execute(_DONE, {"ids": sorted(move.comment_id for move in standing)})
    held = [move for move in standing if rows[move.comment_id].status == Status.HELD]
    made = apply_moves(connection, [move for move in standing if move not in held], now)
    apply_moves(connection, [_wait(move) for move in held], now)
    return made | apply_moves(connection, [_judged(move) for move in held], now)


def _stands(move: Move, row: Any, waiting_text: str | None) -> bool:
    is_same = row is not None and row.revision == move.revision and waiting_text == move.text
    return is_same and row.status in _OPEN


def _wait(move: Move) -> Move:
    return Move(move.comment_id, Status.HELD, Status.PENDING, "reader", revision=move.revision, text=move.text)


def _judged(move: Move) -> Move:
    return replace(move, old=Status.PENDING, revision=(move.revision or 0) + 1, text=None)
