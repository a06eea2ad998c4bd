"""What moderators tell each other about a comment. The author never sees it."""

import structlog
from flask import Blueprint
from werkzeug.wrappers import Response

from comments.roles import Permission
from service.language import gettext
from service.parts import parts
from service.review import results
from service.review.addresses import COMMENT
from service.review.guard import needs, scope, session
from service.review.wishes import BadForm, text

log = structlog.get_logger()

MAX_TEXT_CHARS = 2_000


def register(blueprint: Blueprint) -> None:
    """Add the notes."""
    blueprint.add_url_rule(f"{COMMENT}/note", "note", _note, methods=["POST"])


@needs(Permission.DECIDE)
def _note(comment_id: int) -> Response:
    try:
        written = text("text", MAX_TEXT_CHARS)
        if written is None:
            raise BadForm(gettext("Write something first."))
        parts().store.notes.add(
            comment_id,
            written,
            moderator_id=session().moderator.id,
            scope=scope(Permission.DECIDE),
            now=parts().now(),
        )
    except results.REFUSALS as refusal:
        return results.refused(refusal, comment_id)
    log.info("moderator wrote a note", comment_id=comment_id)
    return results.said(gettext("The note is kept."), comment_id=comment_id)
