"""Decisions on one comment: kept only if it is still what the moderator saw, and undone in one step."""

import structlog
from flask import Blueprint, request
from werkzeug.wrappers import Response

from comments.roles import Permission
from comments.submission import MAX_ID
from service.parts import parts
from service.review import results
from service.review.addresses import COMMENT
from service.review.guard import needs, scope, session
from service.review.wishes import version, wish

log = structlog.get_logger()


def register(blueprint: Blueprint) -> None:
    """Add the decisions."""
    blueprint.add_url_rule(f"{COMMENT}/decide", "decide", _decide, methods=["POST"])
    blueprint.add_url_rule(f"{COMMENT}/confirm", "confirm", _confirm, methods=["POST"])
    blueprint.add_url_rule(f"/decisions/<int(max={MAX_ID}):decision_id>/undo", "undo", _undo, methods=["POST"])


@needs(Permission.DECIDE)
def _decide(comment_id: int) -> Response:
    try:
        wanted, seen = wish(), version()
        holder = other_holder(comment_id)
        if holder is not None:
            return results.held_by(comment_id, holder)
        outcome = parts().store.desk.decide(
            comment_id,
            wanted.status,
            version=seen,
            moderator_id=session().moderator.id,
            scope=scope(Permission.DECIDE),
            now=parts().now(),
            reason=wanted.reason,
            note=wanted.note,
        )
    except results.REFUSALS as refusal:
        return results.refused(refusal, comment_id)
    if outcome.decision_id is None:
        return results.said(results.approved_before())
    log.info("moderator decided", comment_id=comment_id, decision_id=outcome.decision_id)
    return results.decided(outcome.decision_id, comment_id, leaves=not outcome.waits_for_second)


@needs(Permission.DECIDE)
def _confirm(comment_id: int) -> Response:
    """Leave a comment of the audit sample public, as the moderator saw it."""
    try:
        decision_id = parts().store.samples.confirm(
            comment_id,
            version=version(),
            moderator_id=session().moderator.id,
            scope=scope(Permission.DECIDE),
            now=parts().now(),
        )
        if decision_id is None:
            return results.conflict(results.Left(comment_id, "", results.card_of(comment_id).last_decision))
    except results.REFUSALS as refusal:
        return results.refused(refusal, comment_id)
    log.info("moderator confirmed", comment_id=comment_id, decision_id=decision_id)
    return results.decided(decision_id, comment_id)


@needs(Permission.DECIDE)
def _undo(decision_id: int) -> Response:
    desk = parts().store.desk
    comment_id = 0
    try:
        comment_id = desk.decision(decision_id, scope=scope(Permission.DECIDE)).comment_id
        undone = desk.undo(
            decision_id, moderator_id=session().moderator.id, scope=scope(Permission.DECIDE), now=parts().now()
        )
    except results.REFUSALS as refusal:
        return results.refused(refusal, comment_id)
    log.info("moderator undid a decision", comment_id=comment_id, decision_id=undone.id)
    return results.undone(undone.id, comment_id)


def other_holder(comment_id: int) -> str | None:
    """Return who else has the comment open, unless the moderator was told and means it."""
    found = parts().store.live.holders(
        [comment_id], besides=session().moderator.id, scope=scope(Permission.DECIDE), now=parts().now()
    )
    holder = found.get(comment_id)
    return None if holder == request.form.get("despite") else holder
