"""The author's private link: what became of one comment and why, and what they can still do about it.

Nobody else has the link, and no cache keeps it. It is the only proof there is, no cookie that another site could
borrow, so these forms need no token against forgery.
"""

from collections.abc import Mapping
from typing import TypeVar

from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from comments.masking import mask_addresses
from comments.phrases import phrase
from comments.receipt import receipt_hash
from comments.store.records import Receipt
from comments.submission import MAX_TEXT_CHARS, read_words
from service.admission import count_network
from service.answers import json_answer, wants_html
from service.body import FORMS, JSON, read_form, read_json, unsupported_type
from service.door import use_language_of
from service.headers import keep_private
from service.language import said, use_accepted_language
from service.parts import parts
from service.problems import KNOWN_PROBLEMS, Problem, answer_for
from service.receipt_page import MAX_APPEAL_CHARS, Again, Standing, newsroom_reply_url, show_page, standing_of
from service.receipt_words import decided_by_what, explain, say, words_of_reason

receipts = Blueprint("receipts", __name__)

_Answer = TypeVar("_Answer", bound=AnyResponse)


@receipts.get("/receipts/<token>")
def show_receipt(token: str) -> Response:
    """Answer with the comment's status for the author who holds the link."""
    standing = _standing(token)
    return _private(show_page(standing, token=token) if wants_html() else json_answer(_fields(standing)))


@receipts.post("/receipts/<token>/<any(edit, withdraw, appeal):wish>")
def change_comment(token: str, wish: str) -> AnyResponse:
    """Give the comment a new text, erase it, or ask that somebody else looks at a rejection."""
    before = _standing(token)
    sent = _read()
    count_network()
    try:
        _WISHES[wish](token, before.receipt, sent)
    except KNOWN_PROBLEMS as error:
        if not wants_html():
            raise
        return _private(_again(token, sent, error))
    if wants_html():
        return _private(redirect(url_for("receipts.show_receipt", token=token), 303))
    return _private(json_answer(_fields(_standing(token))))


def _edit(token: str, _receipt: Receipt, sent: Mapping[str, object]) -> None:
    text = read_words(sent, "text", max_chars=MAX_TEXT_CHARS, required=phrase("Write your comment."))
    parts().store.revisions.edit(receipt_hash(token), text, now=parts().now())
    parts().wakeup.ring()


def _withdraw(token: str, _receipt: Receipt, _sent: Mapping[str, object]) -> None:
    parts().store.revisions.withdraw(receipt_hash(token), now=parts().now())


def _appeal(_token: str, receipt: Receipt, sent: Mapping[str, object]) -> None:
    required = phrase("Say why it should be published.")
    text = read_words(sent, "appeal", max_chars=MAX_APPEAL_CHARS, required=required)
    parts().store.appeals.open(receipt.comment_id, text, parts().now())


_WISHES = {"edit": _edit, "withdraw": _withdraw, "appeal": _appeal}


def _standing(token: str) -> Standing:
    keep_private()
    receipt = parts().store.receipts.find(token)
    if receipt is None:
        raise Problem(404, "unknown_receipt", phrase("There is no such receipt. Check that the link is complete."))
    if wants_html():
        use_language_of(receipt.site_key)
    else:
        use_accepted_language()
    return standing_of(receipt, parts().now())


def _read() -> Mapping[str, object]:
    if request.mimetype == JSON:
        return read_json()
    if request.mimetype in FORMS:
        return read_form()
    raise unsupported_type(JSON, *sorted(FORMS))


def _again(token: str, sent: Mapping[str, object], error: Exception) -> Response:
    """Show the page as it is now, with the form that could not be kept and what was typed in it."""
    problem = answer_for(error)
    # JSON can name half a character (a lone surrogate), and no page can hold one.
    typed = {name: str(sent.get(name, "")).encode(errors="replace").decode() for name in ("text", "appeal")}
    messages = {wrong.field: said(wrong.message) for wrong in problem.errors}
    again = Again(typed, messages, alert="" if messages else said(problem.detail))
    return show_page(_standing(token), token=token, again=again, status=problem.status)


def _private(answer: _Answer) -> _Answer:
    answer.headers["Referrer-Policy"] = "no-referrer"
    answer.headers["Cache-Control"] = "no-store"
    answer.vary.update(("Accept", "Accept-Language"))
    return answer


def _fields(standing: Standing) -> dict[str, object]:
    receipt = standing.receipt
    reasons = explain(receipt)
    return {
        "id": receipt.comment_id,
        "status": receipt.status.value,
        "sentence": say(receipt),
        "reason": words_of_reason(receipt.reason) if receipt.reason else (reasons[0] if reasons else None),
        "reason_code": receipt.reason,
        "note": mask_addresses(receipt.note) if receipt.note else None,
        "explanation": list(reasons),
        "decided_by": decided_by_what(receipt),
        "newsroom_reply_url": newsroom_reply_url(receipt),
        "created_at": receipt.created_at.isoformat(),
        "decided_at": receipt.decided_at.isoformat() if receipt.decided_at else None,
        "site": receipt.site_key,
        "name": receipt.name,
        "text": receipt.text,
        "waiting_text": standing.waiting_text,
        "edit_until": standing.edit_until.isoformat() if standing.edit_until else None,
        "may_appeal": standing.may_appeal,
        "appeal": _appeal_fields(standing),
    }


def _appeal_fields(standing: Standing) -> dict[str, object] | None:
    if standing.appeal is None:
        return None
    answer = standing.appeal.answer
    return {
        "text": standing.appeal.text,
        "made_at": standing.appeal.made_at.isoformat(),
        "answered_at": answer.made_at.isoformat() if answer else None,
    }
