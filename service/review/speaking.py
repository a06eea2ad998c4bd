"""Replies in the newsroom's name, written on the card of a published comment by whoever may speak for the site."""

import structlog
from flask import Blueprint, request
from werkzeug.wrappers import Response

from comments.masking import find_addresses
from comments.roles import Permission
from comments.store.newsroom import NotPublic, SaidBefore
from comments.submission import MAX_TEXT_CHARS
from comments.typed_text import has_forbidden_character, has_too_many_marks, is_blank, unify_newlines
from service.language import gettext
from service.parts import parts
from service.review import results
from service.review.addresses import COMMENT
from service.review.guard import needs, scope, session
from service.review.wishes import BadForm

log = structlog.get_logger()

# A text of 5,000 four-byte characters, percent-encoded, with its token.
MAX_REPLY_BYTES = 72 * 1024


def register(blueprint: Blueprint) -> None:
    """Add the replies."""
    _speak.max_form_bytes = MAX_REPLY_BYTES  # type: ignore[attr-defined]  # read by the guard
    blueprint.add_url_rule(f"{COMMENT}/speak", "speak", _speak, methods=["POST"])
    blueprint.context_processor(lambda: {"max_text_chars": MAX_TEXT_CHARS})


@needs(Permission.SPEAK)
def _speak(comment_id: int) -> Response:
    try:
        said = parts().store.newsroom.reply(
            comment_id,
            _typed(),
            moderator_id=session().moderator.id,
            scope=scope(Permission.SPEAK),
            now=parts().now(),
        )
    except NotPublic:
        return results.bad_form(BadForm(gettext("Only a published comment is answered: nobody would see the reply.")))
    except SaidBefore:
        return results.bad_form(BadForm(gettext("The newsroom has said this here already.")))
    except results.REFUSALS as refusal:
        return results.refused(refusal, comment_id)
    log.info("newsroom replied", comment_id=said.comment_id, decision_id=said.decision_id)
    return results.decided(said.decision_id, comment_id, leaves=False)


def _typed() -> str:
    """Return the reply, held to the rules of every comment. Raises BadForm."""
    typed = unify_newlines(request.form.get("text", "")).strip()
    if not typed or is_blank(typed):
        raise BadForm(gettext("Write something first."))
    if len(typed) > MAX_TEXT_CHARS:
        raise BadForm(gettext("Use at most %(count)d characters for the reply.") % {"count": MAX_TEXT_CHARS})
    if has_forbidden_character(typed):
        raise BadForm(gettext("Remove the invisible control characters from the reply."))
    if has_too_many_marks(typed):
        raise BadForm(gettext("Remove the stacked accents; up to eight on a letter are kept."))
    if find_addresses(typed):
        raise BadForm(gettext("Leave the email address out: it would be masked on the page. A link to it is fine."))
    return typed
