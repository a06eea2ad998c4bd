"""What a form asks for: the decision with its reason and note, and the comments as the moderator saw them."""

from dataclasses import dataclass

from flask import request

from comments.reasons import Reason
from comments.status import Status
from comments.typed_text import has_forbidden_character, unify_newlines
from service.language import gettext
from service.review.addresses import number
from service.review.frame import MAX_NOTE_CHARS

# What a button says and where it moves the comment; "spam" is a rejection whose reason needs no asking.
MOVES = {
    "approve": Status.APPROVED,
    "reject": Status.REJECTED,
    "spam": Status.REJECTED,
    "hold": Status.HELD,
}
# More than any page shows; a bulk form with more was not made by a page.
MAX_ITEMS = 200


class BadForm(Exception):  # noqa: N818 - named for what it says, as in STYLE.md
    """Raised with one sentence that tells the moderator what to mend."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What a moderator wants done."""

    status: Status
    reason: Reason | None
    note: str | None


def wish() -> Wish:
    """Return the decision that was asked for. Raises BadForm."""
    form = request.form
    name = form.get("decision", "")
    if name not in MOVES:
        raise no_button()
    reason = _reason(name, form.get("reason", ""))
    return Wish(MOVES[name], reason, text("note", MAX_NOTE_CHARS) if name == "reject" else None)


def version() -> int:
    """Return the version of the comment that the moderator saw. Raises BadForm."""
    return _whole(request.form.get("version"))


def items() -> list[tuple[int, int]]:
    """Return the comments that were selected, each with the version the moderator saw. Raises BadForm."""
    pairs = [raw.partition(":") for raw in request.form.getlist("item")]
    if not pairs:
        raise BadForm(gettext("Select at least one comment."))
    if len(pairs) > MAX_ITEMS:
        raise BadForm(gettext("Select at most %(count)d comments.") % {"count": MAX_ITEMS})
    return [(_whole(comment_id), _whole(seen)) for comment_id, _, seen in pairs]


def seen() -> int:
    """Return the last comment of a campaign that the moderator was shown. Raises BadForm."""
    return _whole(request.form.get("seen"))


def text(field: str, max_chars: int) -> str | None:
    """Return what was typed into a field, None for nothing. Raises BadForm."""
    typed = unify_newlines(request.form.get(field, "")).strip()
    if len(typed) > max_chars:
        raise BadForm(gettext("Use at most %(count)d characters for the note.") % {"count": max_chars})
    if has_forbidden_character(typed):
        raise BadForm(gettext("Remove the invisible control characters from the note."))
    return typed or None


def no_button() -> BadForm:
    """Return what to say to a form that no page of ours sends."""
    return BadForm(gettext("Use one of the buttons of the card."))


def _reason(name: str, raw: str) -> Reason | None:
    if name == "spam":
        return Reason.SPAM
    if name != "reject":
        return None
    try:
        return Reason(raw)
    except ValueError:
        raise BadForm(gettext("Choose a reason: the author will be told why.")) from None


def _whole(raw: str | None) -> int:
    found = number(raw)
    if found is None:
        raise no_button()
    return found
