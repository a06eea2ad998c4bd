"""Answers to authors' appeals, by somebody else than who rejected: the rejection stands, or it is taken back."""

import structlog
from flask import Blueprint, request
from werkzeug.wrappers import Response

from comments.roles import Permission
from comments.status import Status
from service.parts import parts
from service.review import results
from service.review.addresses import COMMENT
from service.review.decide import other_holder
from service.review.frame import MAX_NOTE_CHARS
from service.review.guard import needs, scope, session
from service.review.wishes import no_button, text, version

log = structlog.get_logger()

_ANSWERS = {"uphold": Status.REJECTED, "approve": Status.APPROVED, "hold": Status.HELD}


def register(blueprint: Blueprint) -> None:
    """Add the answers."""
    blueprint.add_url_rule(f"{COMMENT}/appeal", "answer_appeal", _answer, methods=["POST"])


@needs(Permission.DECIDE)
def _answer(comment_id: int) -> Response:
    try:
        new, seen, note = _ANSWERS.get(request.form.get("decision", "")), version(), text("note", MAX_NOTE_CHARS)
        if new is None:
            raise no_button()
        holder = other_holder(comment_id)
        if holder is not None:
            return results.held_by(comment_id, holder)
        outcome = parts().store.appeals.answer(
            comment_id,
            new,
            version=seen,
            moderator_id=session().moderator.id,
            scope=scope(Permission.DECIDE),
            now=parts().now(),
            note=note,
        )
    except results.REFUSALS as refusal:
        return results.refused(refusal, comment_id)
    if outcome.decision_id is None:
        return results.said(results.approved_before())
    log.info("moderator answered an appeal", comment_id=comment_id, decision_id=outcome.decision_id)
    return results.decided(outcome.decision_id, comment_id, leaves=not outcome.waits_for_second)
