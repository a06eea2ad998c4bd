"""Decisions: one form for each, kept only if the comment is still what the moderator saw."""

import logging
from dataclasses import dataclass

from flask import Blueprint, make_response, redirect, render_template, request
from werkzeug.wrappers import Response

from comments.reasons import Reason
from comments.roles import Permission
from comments.status import ForbiddenMove, Status
from comments.store.desk import NotThere, StaleDecision
from comments.store.records import Card, DecisionRecord
from comments.submission import MAX_ID
from comments.typed_text import has_forbidden_character, unify_newlines
from service.parts import parts
from service.review.addresses import desk_address, number, with_news
from service.review.guard import needs, scope, session
from service.review.lists import COMMENT, MAX_NOTE_CHARS, totals

log = logging.getLogger(__name__)

# What a button says and where it moves the comment; "spam" is a rejection whose reason needs no asking.
_MOVES = {
    "approve": Status.APPROVED,
    "reject": Status.REJECTED,
    "spam": Status.REJECTED,
    "hold": Status.HELD,
}
_NO_BUTTON = "Use one of the buttons of the card."


class _BadForm(Exception):  # noqa: N818 - named for what it says, as in STYLE.md
    """Raised with one sentence that tells the moderator what to mend."""


@dataclass(frozen=True, slots=True)
class _Wish:
    """What a moderator wants done with the comment as it was at `version`."""

    status: Status
    version: int
    reason: Reason | None
    note: str | None


def register(blueprint: Blueprint) -> None:
    """Add the decisions."""
    blueprint.add_url_rule(f"{COMMENT}/decide", "decide", _decide, methods=["POST"])
    blueprint.add_url_rule(f"{COMMENT}/confirm", "confirm", _confirm, methods=["POST"])
    blueprint.add_url_rule(f"/decisions/<int(max={MAX_ID}):decision_id>/undo", "undo", _undo, methods=["POST"])


@needs(Permission.DECIDE)
def _decide(comment_id: int) -> Response:
    try:
        wish = _wish()
        outcome = parts().store.desk.decide(
            comment_id,
            wish.status,
            version=wish.version,
            moderator_id=session().moderator.id,
            scope=scope(Permission.DECIDE),
            now=parts().now(),
            reason=wish.reason,
            note=wish.note,
        )
    except _BadForm as bad:
        return _bad_form(bad)
    except NotThere:
        return _not_there()
    except StaleDecision as stale:
        return _conflict(comment_id, stale.latest)
    except ForbiddenMove:
        return _conflict(comment_id, parts().store.desk.history(comment_id, scope=scope())[-1])
    decision_id = outcome.decision_id
    if decision_id is None:  # approved before by the same moderator, and waiting for a second one
        return _conflict(comment_id, parts().store.desk.history(comment_id, scope=scope())[-1])
    log.info("moderator decided", extra={"comment_id": comment_id, "decision_id": decision_id})
    return _decided(decision_id, card=None, next_card=number(request.form.get("next")))


@needs(Permission.DECIDE)
def _confirm(comment_id: int) -> Response:
    """Leave a comment of the audit sample public, as the moderator saw it."""
    try:
        version = _version()
        decision_id = parts().store.samples.confirm(
            comment_id,
            version=version,
            moderator_id=session().moderator.id,
            scope=scope(Permission.DECIDE),
            now=parts().now(),
        )
        if decision_id is None:
            card = parts().store.desk.card(comment_id, scope=scope(), now=parts().now())
            return _conflict(comment_id, card.last_decision)
    except _BadForm as bad:
        return _bad_form(bad)
    except NotThere:
        return _not_there()
    log.info("moderator confirmed", extra={"comment_id": comment_id, "decision_id": decision_id})
    return _decided(decision_id, card=None, next_card=number(request.form.get("next")))


@needs(Permission.DECIDE)
def _undo(decision_id: int) -> Response:
    desk = parts().store.desk
    try:
        undone = desk.undo(
            decision_id, moderator_id=session().moderator.id, scope=scope(Permission.DECIDE), now=parts().now()
        )
    except NotThere:
        return _not_there()
    except StaleDecision as stale:
        return _conflict(stale.latest.comment_id, stale.latest)
    except ForbiddenMove:
        comment_id = desk.decision(decision_id, scope=scope()).comment_id
        return _conflict(comment_id, desk.history(comment_id, scope=scope())[-1])
    log.info("moderator undid a decision", extra={"comment_id": undone.comment_id, "decision_id": undone.id})
    card = desk.card(undone.comment_id, scope=scope(), now=parts().now()) if _wants_swap() else None
    return _decided(undone.id, card=card, next_card=undone.comment_id)


def _wish() -> _Wish:
    """Read the form. Raises _BadForm."""
    form, version = request.form, _version()
    name = form.get("decision", "")
    if name not in _MOVES:
        raise _BadForm(_NO_BUTTON)
    return _Wish(_MOVES[name], version, _reason(name, form.get("reason", "")), _note(name, form.get("note", "")))


def _version() -> int:
    version = number(request.form.get("version"))
    if version is None:
        raise _BadForm(_NO_BUTTON)
    return version


def _reason(name: str, raw: str) -> Reason | None:
    if name == "spam":
        return Reason.SPAM
    if name != "reject":
        return None
    try:
        return Reason(raw)
    except ValueError:
        raise _BadForm("Choose a reason: the author will be told why.") from None


def _note(name: str, raw: str) -> str | None:
    note = unify_newlines(raw).strip()
    if name != "reject" or not note:
        return None
    if len(note) > MAX_NOTE_CHARS:
        raise _BadForm(f"Use at most {MAX_NOTE_CHARS} characters for the note.")
    if has_forbidden_character(note):
        raise _BadForm("Remove the invisible control characters from the note.")
    return note


def _decided(decision_id: int, *, card: Card | None, next_card: int | None) -> Response:
    if not _wants_swap():
        return redirect(with_news(_back(), decision_id, next_card), 303)
    news = parts().store.desk.decision(decision_id, scope=scope())
    return make_response(render_template("review/swap.html", news=news, card=card, back=_back(), **totals()))


def _conflict(comment_id: int, latest: DecisionRecord) -> Response:
    """Say who was first, with what and when, and show the comment as it is now."""
    card = parts().store.desk.card(comment_id, scope=scope(), now=parts().now())
    return make_response(
        render_template("review/conflict.html", latest=latest, card=card, back=_back(), **totals()), 409
    )


def _bad_form(bad: _BadForm) -> Response:
    return make_response(render_template("review/bad_form.html", problem=str(bad), back=_back()), 400)


def _not_there() -> Response:
    return make_response(render_template("review/not_there.html"), 404)


def _back() -> str:
    return desk_address(request.form.get("back"))


def _wants_swap() -> bool:
    """Say whether review.js asks, which swaps one card instead of loading the page."""
    return request.headers.get("X-Requested-With") == "replydesk"
