"""What can go wrong, as RFC 9457 problems: a code for programs, a fixed sentence for people, never what was sent."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus

from werkzeug.exceptions import HTTPException, MethodNotAllowed

from comments.phrases import Phrase, phrase
from comments.store import StoreUnavailable
from comments.store.appeals import AlreadyAppealed, NotAppealable
from comments.store.inbox import ClosedThread, IdempotencyConflict, UnknownParent, UnknownSite
from comments.store.revisions import NotEditable, TooLate
from comments.submission import FieldError, InvalidSubmission

RETRY_SECONDS = 5
TITLES: dict[int, Phrase] = {
    400: phrase("Bad Request"),
    403: phrase("Forbidden"),
    404: phrase("Not Found"),
    405: phrase("Method Not Allowed"),
    409: phrase("Conflict"),
    413: phrase("Content Too Large"),
    415: phrase("Unsupported Media Type"),
    422: phrase("Unprocessable Content"),
    429: phrase("Too Many Requests"),
    500: phrase("Internal Server Error"),
    503: phrase("Service Unavailable"),
}


@dataclass(frozen=True, slots=True)
class Answer:
    """One problem as it is sent. `code` names it for programs; `detail` is a phrase; `errors` say which fields."""

    status: int
    code: str
    detail: str
    errors: tuple[FieldError, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """The status in words, as a phrase where readers may meet it."""
        return TITLES.get(self.status) or HTTPStatus(self.status).phrase


class Problem(Exception):  # noqa: N818 - named for what it is, as RFC 9457 does
    """Raised by a view to answer with a problem."""

    def __init__(self, status: int, code: str, detail: str, *, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(code)
        self.answer = Answer(status, code, detail, headers=headers or {})


class TooMany(Problem):
    """Raised when somebody has to slow down."""

    def __init__(self, retry_seconds: int) -> None:
        wait = {"Retry-After": str(max(1, retry_seconds))}
        super().__init__(
            429, "too_many", phrase("That was a lot in a short time. Wait a moment, then try again."), headers=wait
        )


UNKNOWN_SITE = Answer(404, "unknown_site", phrase("There is no such site."))
CLOSED_THREAD = Answer(403, "closed_thread", phrase("Comments are closed for this article."))
UNKNOWN_PARENT = Answer(
    422,
    "invalid",
    phrase("Some fields need a change."),
    (FieldError("parent", "unknown_parent", phrase("The comment you reply to is not there any more.")),),
)
REUSED_KEY = Answer(422, "idempotency_key_reused", phrase("This Idempotency-Key came before with another comment."))
NOT_EDITABLE = Answer(409, "not_editable", phrase("This comment takes no new text any more."))
TOO_LATE = Answer(409, "too_late", phrase("The time for changes is over. You can still take the comment back."))
NOT_APPEALABLE = Answer(409, "not_appealable", phrase("There is no decision here that could be appealed against."))
ALREADY_APPEALED = Answer(409, "already_appealed", phrase("You have appealed already; a moderator will look at it."))
UNAVAILABLE = Answer(
    503,
    "unavailable",
    phrase("We cannot keep your comment right now. Nothing is lost on your side: send it again in a moment."),
    headers={"Retry-After": str(RETRY_SECONDS)},
)
BROKEN = Answer(500, "broken", phrase("Something broke on our side. We have been told."))

# Every code that an answer may carry, in the words of /docs.
PROBLEM_CODES: dict[str, str] = {
    "malformed": "The request cannot be read: broken JSON, a name given twice, an encoding other than UTF-8.",
    "bad_idempotency_key": "The Idempotency-Key is empty, longer than 255 characters or not printable ASCII.",
    "bad_thread": "`thread` is missing or too long.",
    "bad_sort": "`sort` is neither newest nor oldest.",
    "bad_cursor": "`after` is not from a page before.",
    "unknown_host": "The request names a host this service does not answer for.",
    "closed_thread": "The thread takes no more comments.",
    "not_found": "There is nothing at this address.",
    "unknown_site": "There is no site of this key.",
    "unknown_comment": "There is no public comment of this number on the site.",
    "unknown_receipt": "There is no such receipt.",
    "not_editable": "The comment was rejected, withdrawn or erased: it takes no new text.",
    "too_late": "A comment can be changed for 15 minutes.",
    "not_appealable": "The comment is not rejected, or was rejected more than 30 days ago.",
    "already_appealed": "There was an appeal against this rejection before.",
    "method_not_allowed": "The address does not take this method; `Allow` says which it takes.",
    "too_large": "The request is larger than 72 KiB.",
    "unsupported_type": "The body is neither JSON in UTF-8 nor a form; `Accept-Post` says what is taken.",
    "unsupported_encoding": "The body is compressed.",
    "invalid": "Some fields need a change; `errors` says which and how.",
    "unapproved_parent": "The comment replied to is not public in this thread.",
    "duplicate": "The same words stand there already.",
    "idempotency_key_reused": "The same Idempotency-Key came before with another comment.",
    "too_many": "Too many comments in a short time; `Retry-After` says how long to wait.",
    "refused": "The request was refused for another reason, which its status tells.",
    "broken": "A fault of ours. `instance` names the request in our log.",
    "unavailable": "The comment cannot be kept right now; `Retry-After` says when to try again.",
}

_KNOWN: dict[type[Exception], Answer] = {
    UnknownSite: UNKNOWN_SITE,
    ClosedThread: CLOSED_THREAD,
    UnknownParent: UNKNOWN_PARENT,
    IdempotencyConflict: REUSED_KEY,
    NotEditable: NOT_EDITABLE,
    TooLate: TOO_LATE,
    NotAppealable: NOT_APPEALABLE,
    AlreadyAppealed: ALREADY_APPEALED,
    StoreUnavailable: UNAVAILABLE,
}
KNOWN_PROBLEMS: tuple[type[Exception], ...] = (Problem, InvalidSubmission, *_KNOWN)

_HTTP: dict[int, tuple[str, str]] = {
    400: ("malformed", phrase("The request cannot be read.")),
    404: ("not_found", phrase("There is nothing here.")),
    405: ("method_not_allowed", phrase("This address does not take that method.")),
    413: ("too_large", phrase("The request is too large.")),
    415: ("unsupported_type", phrase("Send JSON or a form.")),
}


def answer_for(error: Exception) -> Answer:
    """Return the problem that an exception stands for; a fault of ours when it stands for none."""
    if isinstance(error, Problem):
        return error.answer
    if isinstance(error, InvalidSubmission):
        return Answer(422, "invalid", phrase("Some fields need a change."), tuple(error.errors))
    if isinstance(error, HTTPException):
        return _http_answer(error)
    return _KNOWN.get(type(error), BROKEN)


def _http_answer(error: HTTPException) -> Answer:
    status = error.code or 500
    if status >= 500:
        return BROKEN
    code, detail = _HTTP.get(status, ("refused", phrase("The request was refused.")))
    headers = {}
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        headers["Allow"] = ", ".join(sorted(error.valid_methods))
    return Answer(status, code, detail, headers=headers)
