"""A moderator's decision on many comments within one transaction; each stands or falls alone."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select

from comments import schema
from comments.reasons import Reason
from comments.roles import Scope
from comments.status import ALLOWED_MOVES, Status
from comments.store import appeals_answered, second_pair
from comments.store.audit import MODERATOR, latest_decisions
from comments.store.moves import Move, apply_moves
from comments.store.outcomes import Item, Problem
from comments.store.samples import judge
from comments.store.scopes import within

_comments, _threads = schema.comments, schema.threads

# What answers the question a comment of the audit sample was drawn for; one that is held again is still to be judged.
JUDGEMENTS = frozenset({Status.APPROVED, Status.REJECTED})

_LOCK = (
    select(
        _comments.c.id,
        _comments.c.site_id,
        _comments.c.status,
        _comments.c.revision,
        _comments.c.version,
        _comments.c.words_forgotten_at,
        _threads.c.is_sensitive,
    )
    .join(_threads, _threads.c.id == _comments.c.thread_id)
    .where(_comments.c.id.in_(bindparam("ids", expanding=True)))
    .order_by(_comments.c.id)  # always the same order, so two moderators never wait for each other in a circle
    .with_for_update(key_share=True, of=_comments)
)


@dataclass(frozen=True, slots=True)
class Wish:
    """What a moderator wants done with whatever it is asked for."""

    new: Status
    moderator_id: int
    scope: Scope
    now: datetime
    reason: Reason | None = None
    note: str | None = None
    batch_id: int | None = None

    @property
    def reason_code(self) -> str | None:
        """The reason as it is recorded."""
        return None if self.reason is None else self.reason.value


def lock(connection: Connection, comment_ids: Collection[int], scope: Scope) -> dict[int, Any]:
    """Return the comments of the scope, locked, so that whatever is read next stays true until the commit."""
    found = connection.execute(_LOCK.where(within(scope, _comments.c.site_id)), {"ids": sorted(comment_ids)})
    return {row.id: row for row in found.all()}


def decide_all(connection: Connection, seen: Mapping[int, int], wish: Wish) -> tuple[Item, ...]:
    """Decide the comments as they were seen: {id: version}. Returns an item for each, in the same order."""
    rows = lock(connection, seen, wish.scope)
    problems = _problems(connection, seen, rows, wish)
    sound = [row for comment_id, row in rows.items() if comment_id not in problems]
    waiting = second_pair.in_need(connection, sound) if wish.new is Status.APPROVED else {}
    alone = {row.id: row for row in sound if row.id in waiting and waiting[row.id] in (None, wish.moderator_id)}
    first = {comment_id: row for comment_id, row in alone.items() if waiting[comment_id] is None}
    made = _move(connection, [row for row in sound if row.id not in alone], wish)
    made |= second_pair.approve_first(connection, list(first.values()), wish.moderator_id, wish.now, wish.batch_id)
    latest = latest_decisions(connection, [each for each, what in problems.items() if what is not Problem.NOT_THERE])
    return tuple(
        Item(each, made.get(each), problems.get(each), latest.get(each), waits_for_second=each in alone)
        for each in seen
    )


def _problems(
    connection: Connection, seen: Mapping[int, int], rows: Mapping[int, Any], wish: Wish
) -> dict[int, Problem]:
    own = appeals_answered.own(connection, rows, wish.moderator_id) if wish.new is not Status.REJECTED else frozenset()
    found = {each: _problem(rows.get(each), version, wish.new) for each, version in seen.items()}
    found |= {each: Problem.OWN_DECISION for each in own if found[each] is None}
    return {each: problem for each, problem in found.items() if problem is not None}


def _problem(row: Any | None, version: int, new: Status) -> Problem | None:
    if row is None:
        return Problem.NOT_THERE
    if row.status == new:
        return Problem.STALE
    # Whatever was seen, this is no move: a form that asks for it is wrong, not late.
    if new not in ALLOWED_MOVES[Status(row.status)] or row.words_forgotten_at is not None:
        return Problem.FORBIDDEN
    return Problem.STALE if row.version != version else None


def _move(connection: Connection, rows: Iterable[Any], wish: Wish) -> dict[int, int]:
    moves = [
        Move(
            row.id,
            Status(row.status),
            wish.new,
            MODERATOR,
            version=row.version,
            moderator_id=wish.moderator_id,
            reason=wish.reason_code,
            note=wish.note,
            batch_id=wish.batch_id,
        )
        for row in rows
    ]
    made = apply_moves(connection, moves, wish.now)
    if wish.new in JUDGEMENTS:
        judge(connection, made, wish.now)
    appeals_answered.close(connection, {move.comment_id: made[move.comment_id] for move in moves if _leaves(move)})
    return made


def _leaves(move: Move) -> bool:
    return move.old is Status.REJECTED
