"""What decisions do to appeals: whoever takes a rejection back answers the appeal that waits for it."""

from collections.abc import Collection, Mapping

from sqlalchemy import Connection, bindparam, select, update

from comments import schema

_appeals, _decisions = schema.appeals, schema.decisions

_OWN = (
    select(_appeals.c.comment_id)
    .join(_decisions, _decisions.c.id == _appeals.c.decision_id)
    .where(
        _appeals.c.comment_id.in_(bindparam("ids", expanding=True)),
        _appeals.c.answer_id.is_(None),
        _decisions.c.moderator_id == bindparam("rejecter_id"),
    )
)
_WAITING = select(_appeals.c.comment_id).where(
    _appeals.c.comment_id.in_(bindparam("ids", expanding=True)), _appeals.c.answer_id.is_(None)
)
_CLOSE = (
    update(_appeals)
    .where(_appeals.c.comment_id == bindparam("appealed"), _appeals.c.answer_id.is_(None))
    .values(answer_id=bindparam("answer"))
)
_REOPEN = update(_appeals).where(_appeals.c.answer_id.in_(bindparam("ids", expanding=True))).values(answer_id=None)


def waiting(connection: Connection, comment_ids: Collection[int]) -> frozenset[int]:
    """Return those on which an appeal waits."""
    return frozenset(connection.execute(_WAITING, {"ids": sorted(comment_ids)}).scalars())


def own(connection: Connection, comment_ids: Collection[int], moderator_id: int) -> frozenset[int]:
    """Return those whose waiting appeal is against this moderator's own rejection."""
    if not comment_ids:
        return frozenset()
    found = connection.execute(_OWN, {"ids": sorted(comment_ids), "rejecter_id": moderator_id})
    return frozenset(found.scalars())


def close(connection: Connection, answers: Mapping[int, int]) -> None:
    """Link the waiting appeals on these comments with the decisions that answer them: {comment id: decision id}."""
    if answers:
        connection.execute(_CLOSE, [{"appealed": each, "answer": answers[each]} for each in sorted(answers)])


def reopen(connection: Connection, decision_ids: Collection[int]) -> None:
    """Let the appeals wait again that these decisions answered."""
    if decision_ids:
        connection.execute(_REOPEN, {"ids": sorted(decision_ids)})
