"""Undo: many of moderators' decisions within one transaction; each comment goes back alone or is left alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from comments.looks import TAKEN_BACK, Look
from comments.roles import Scope
from comments.status import ALLOWED_MOVES, Status
from comments.store import appeals_answered, second_pair
from comments.store.audit import MODERATOR, latest_decisions
from comments.store.deciding import lock
from comments.store.moves import Move, apply_moves
from comments.store.outcomes import Item, Problem
from comments.store.records import DecisionRecord
from comments.store.samples import judge, unjudge
from comments.store.seen import record_looks


@dataclass(frozen=True, slots=True)
class Undoing:
    """Who takes decisions back, where they may, when, and in which step."""

    moderator_id: int
    scope: Scope
    now: datetime
    batch_id: int | None = None


@dataclass(frozen=True, slots=True)
class _Step:
    """One decision to take back and the comment as it stands."""

    undone: DecisionRecord
    row: Any

    @property
    def old(self) -> Status:
        # The first record of a comment has no old status; the reader made it, and it is nobody's to undo.
        return self.undone.old_status or self.undone.new_status


def undo_all(connection: Connection, undone: Sequence[DecisionRecord], by: Undoing) -> tuple[Item, ...]:
    """Take decisions back, at most one of each comment. Returns an item for each, in the same order.

    A comment that somebody decided or edited since is left alone: the item names the decision that stands.
    """
    ids = [record.comment_id for record in undone]
    rows = lock(connection, ids, by.scope)
    latest = latest_decisions(connection, rows)
    own = appeals_answered.own(connection, rows, by.moderator_id)
    problems = {record.comment_id: _problem(record, rows.get(record.comment_id), latest, own) for record in undone}
    steps = [_Step(each, rows[each.comment_id]) for each in undone if problems[each.comment_id] is None]
    made = _move_back(connection, [step for step in steps if not step.undone.is_confirmation], by)
    made |= _look_again(connection, [step for step in steps if step.undone.is_confirmation], by)
    return tuple(
        Item(each, made.get(each), problems[each], latest.get(each) if problems[each] else None) for each in ids
    )


def _problem(
    undone: DecisionRecord, row: Any | None, latest: dict[int, DecisionRecord], own: frozenset[int]
) -> Problem | None:
    if row is None:
        return Problem.NOT_THERE
    is_latest = latest[undone.comment_id].id == undone.id and row.revision == undone.revision
    if not is_latest or undone.old_status is None or row.status != undone.new_status:
        return Problem.STALE
    # To make an answer again is to give it; to take one's own rejection back is not.
    if undone.comment_id in own and undone.undoes_id is not None:
        return Problem.OWN_DECISION
    if undone.is_confirmation:
        return None
    return None if undone.old_status in ALLOWED_MOVES[undone.new_status] else Problem.FORBIDDEN


def _move_back(connection: Connection, steps: Sequence[_Step], by: Undoing) -> dict[int, int]:
    made = apply_moves(connection, [_move(step, by) for step in steps], by.now)
    unjudge(connection, {step.row.id: step.undone.made_at for step in steps})
    # "Redo" rejects again without a look at the sample: what it was drawn for is answered.
    judge(connection, [step.row.id for step in steps if step.old is Status.REJECTED], by.now)
    second_pair.restore(connection, [step.row for step in steps])
    appeals_answered.reopen(connection, [step.undone.id for step in steps])
    taken_back = [step.row.id for step in steps if step.undone.new_status is Status.REJECTED]
    appeals_answered.close(connection, {each: made[each] for each in taken_back})
    return made


def _move(step: _Step, by: Undoing) -> Move:
    return Move(
        step.row.id,
        step.undone.new_status,
        step.old,
        MODERATOR,
        revision=step.undone.revision,
        moderator_id=by.moderator_id,
        undoes_id=step.undone.id,
        batch_id=by.batch_id,
    )


def _look_again(connection: Connection, steps: Sequence[_Step], by: Undoing) -> dict[int, int]:
    """Take back what was recorded without a move, or make it again."""
    made: dict[int, int] = {}
    for look in Look:
        for is_taken_back in (True, False):
            alike = [
                step
                for step in steps
                if step.undone.explanation[0] == look and (TAKEN_BACK not in step.undone.explanation) is is_taken_back
            ]
            made |= _look(connection, alike, by, look, is_taken_back=is_taken_back) if alike else {}
    return made


def _look(
    connection: Connection, steps: Sequence[_Step], by: Undoing, look: Look, *, is_taken_back: bool
) -> dict[int, int]:
    rows = [step.row for step in steps]
    made = record_looks(
        connection,
        rows,
        look,
        moderator_id=by.moderator_id,
        now=by.now,
        batch_id=by.batch_id,
        undoes={step.row.id: step.undone.id for step in steps},
        is_taken_back=is_taken_back,
    )
    match look, is_taken_back:
        case Look.SAMPLE, True:
            unjudge(connection, {step.row.id: step.undone.made_at for step in steps})
        case Look.SAMPLE, False:
            judge(connection, made, by.now)
        case Look.FIRST_APPROVAL, True:
            second_pair.withdraw(connection, list(made))
        case Look.FIRST_APPROVAL, False:
            second_pair.keep_first(connection, rows, by.moderator_id, by.now)
        case Look.UPHELD, True:
            appeals_answered.reopen(connection, [step.undone.id for step in steps])
        case Look.UPHELD, False:
            appeals_answered.close(connection, made)
    return made
