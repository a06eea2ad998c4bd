"""The author's private page: what became of one comment and why. Nobody else has its link, and no cache keeps it."""

from flask import Blueprint, Response, render_template

from comments.reasons import WORDS, Reason
from comments.status import Status
from comments.store.records import Receipt
from service.answers import html_answer, json_answer, wants_html
from service.form_answers import is_page_of
from service.headers import keep_private
from service.parts import parts
from service.problems import Problem

receipts = Blueprint("receipts", __name__)

RULE, PERSON = "rule", "person"


@receipts.get("/receipts/<token>")
def show_receipt(token: str) -> Response:
    """Answer with the comment's status for the author who holds the link."""
    keep_private()
    receipt = parts().store.receipts.find(token)
    if receipt is None:
        raise Problem(404, "unknown_receipt", "There is no such receipt. Check that the link is complete.")
    if wants_html():
        page = {"receipt": receipt, "sentence": say(receipt), "reasons": explain(receipt)}
        decided_by, link = decided_by_what(receipt), article_link(receipt)
        answer = html_answer(
            render_template("receipt.html", **page, decided_by=decided_by, link=link, now=parts().now())
        )
    else:
        answer = json_answer(_fields(receipt))
    answer.headers["Referrer-Policy"] = "no-referrer"
    answer.vary.add("Accept")
    return answer


def say(receipt: Receipt) -> str:
    """Return the status in one sentence."""
    when = f" on {receipt.decided_at.day} {receipt.decided_at:%B %Y at %H:%M} UTC" if receipt.decided_at else ""
    return {
        Status.PENDING: "Waiting for its checks. They usually take a few seconds.",
        Status.HELD: "Waiting for a moderator.",
        Status.APPROVED: f"Published{when}.",
        Status.REJECTED: f"Not published{f': {_words(receipt.reason)}' if receipt.reason else ''}.",
        Status.ERASED: "Erased, as it was asked for.",
    }[receipt.status]


def explain(receipt: Receipt) -> tuple[str, ...]:
    """Return the reasons, in sentences; empty for a comment that nothing was wrong with."""
    return receipt.explanation if receipt.status in {Status.HELD, Status.REJECTED} else ()


def decided_by_what(receipt: Receipt) -> str | None:
    """Return whether a rule or a person decided; None while nobody has."""
    if receipt.status in {Status.PENDING, Status.ERASED}:
        return None
    return PERSON if receipt.made_by == "moderator" else RULE


def article_link(receipt: Receipt) -> str:
    """Return the page the comment stands on: the article when it is one of the site's own, else our page of it."""
    if not is_page_of(receipt.site_key, receipt.thread_url):
        return ""
    page = receipt.thread_url.partition("#")[0]
    return f"{page}#comment-{receipt.comment_id}" if receipt.status is Status.APPROVED else page


def _words(reason: str) -> str:
    try:
        return WORDS[Reason(reason)]
    except ValueError:  # a reason of a newer version, read by an older one
        return WORDS[Reason.OTHER]


def _fields(receipt: Receipt) -> dict[str, object]:
    reasons = explain(receipt)
    return {
        "id": receipt.comment_id,
        "status": receipt.status.value,
        "sentence": say(receipt),
        "reason": _words(receipt.reason) if receipt.reason else (reasons[0] if reasons else None),
        "reason_code": receipt.reason,
        "explanation": list(reasons),
        "decided_by": decided_by_what(receipt),
        "created_at": receipt.created_at.isoformat(),
        "decided_at": receipt.decided_at.isoformat() if receipt.decided_at else None,
        "site": receipt.site_key,
        "name": receipt.name,
        "text": receipt.text,
    }
