"""WordPress's reasons not to take a comment: its sentences and statuses, and the ones we answer with instead."""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus

from comments.phrases import phrase
from comments.settings import WordpressStatuses
from comments.store import StoreUnavailable
from comments.store.inbox import ClosedThread, UnknownParent
from comments.submission import FieldError
from service.problems import UNAVAILABLE, Answer, TooMany, answer_for


@dataclass(frozen=True, slots=True)
class Refusal:
    """One row of WordPress's table. `status` is ours, `wordpress_status` its own where that says something else.

    `is_mendable`: the same form may be sent again. `is_silent`: WordPress answers with an empty page.
    """

    sentence: str
    status: int
    code: str
    wordpress_status: int = 0
    is_error: bool = False
    is_mendable: bool = True
    is_silent: bool = False

    def status_for(self, statuses: WordpressStatuses) -> int:
        """Return the status that a browser gets."""
        return (self.wordpress_status or self.status) if statuses is WordpressStatuses.WORDPRESS else self.status


def _missing(sentence: str) -> Refusal:
    return Refusal(sentence, 422, "invalid", wordpress_status=200, is_error=True)


UNAPPROVED_PARENT = Refusal(phrase("Sorry, replies to unapproved comments are not allowed."), 403, "unapproved_parent")
NO_ARTICLE = Refusal(
    phrase("There is no such article."), 422, "invalid", wordpress_status=200, is_mendable=False, is_silent=True
)
CLOSED = Refusal(phrase("Sorry, comments are closed for this item."), 403, "closed_thread", is_mendable=False)
REQUIRED = _missing(phrase("Please fill the required fields."))
BAD_EMAIL = _missing(phrase("Please enter a valid email address."))
NO_TEXT = _missing(phrase("Please type your comment text."))
TOO_LONG = {
    "author": _missing(phrase("Your name is too long.")),
    "email": _missing(phrase("Your email address is too long.")),
    "url": _missing(phrase("Your URL is too long.")),
    "comment": _missing(phrase("Your comment is too long.")),
}
# What only we refuse, such as an invisible character in a name. `advice` says what it is.
NEEDS_CHANGE = _missing(phrase("Some fields need a change."))
DUPLICATE = Refusal(
    phrase("Duplicate comment detected; it looks as though you’ve already said that!"),
    409,
    "duplicate",
    is_mendable=False,
)
FLOOD = Refusal(phrase("You are posting comments too quickly. Slow down."), 429, "too_many")
NOT_SAVED = Refusal(
    phrase("The comment could not be saved. Please try again later."),
    503,
    "unavailable",
    wordpress_status=500,
    is_error=True,
)


class Refused(Exception):  # noqa: N818 - named for what it says, as in STYLE.md
    """Raised for the first rule a reply does not keep. `advice` is our own word on it, `errors` say which fields."""

    def __init__(
        self,
        refusal: Refusal,
        advice: str = "",
        errors: tuple[FieldError, ...] = (),
        *,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(refusal.code)
        self.refusal = refusal
        self.advice = advice
        self.errors = errors
        self.headers = headers or {}

    @property
    def answer(self) -> Answer:
        """The same as a problem for a program, which is told the truth whatever a browser gets."""
        return Answer(self.refusal.status, self.refusal.code, self.refusal.sentence, self.errors, self.headers)


def refused_for(error: Exception) -> Refused:
    """Return what WordPress calls an exception of the door or the store."""
    if isinstance(error, Refused):
        return error
    if isinstance(error, UnknownParent):
        return Refused(UNAPPROVED_PARENT)
    if isinstance(error, ClosedThread):
        return Refused(CLOSED)
    if isinstance(error, StoreUnavailable):
        return Refused(NOT_SAVED, headers=UNAVAILABLE.headers)
    answer = answer_for(error)
    if isinstance(error, TooMany):
        return Refused(FLOOD, headers=answer.headers)
    is_mendable = answer.status != HTTPStatus.NOT_FOUND
    return Refused(Refusal(answer.detail, answer.status, answer.code, is_mendable=is_mendable), headers=answer.headers)
