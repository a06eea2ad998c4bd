"""The fields of WordPress's comment form, by name, and its rules for them in its order; ours come after them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from comments.masking import mask_addresses
from comments.phrases import phrase
from comments.submission import MAX_TITLE_CHARS, FieldError, InvalidSubmission, Submission, parse_submission
from comments.typed_text import has_forbidden_character, has_too_many_marks
from service.wordpress_refusals import (
    BAD_EMAIL,
    NEEDS_CHANGE,
    NO_TEXT,
    REQUIRED,
    TOO_LONG,
    UNAPPROVED_PARENT,
    Refused,
)

HONEYPOT = "ak_hp_textarea"
MAX_BYTES = {"author": 245, "email": 100, "url": 200, "comment": 65_525}
THREAD_KEY_PREFIX = "wp:"
# More digits than any WordPress numbers its posts with, and fewer than a database refuses.
_MAX_DIGITS = 15
_TAG = re.compile(r"<(?=[A-Za-z/!?])[^<>]*>")
_WORDPRESS_NAMES = {"name": "author", "email": "email", "text": "comment"}


@dataclass(frozen=True, slots=True)
class Posted:
    """What came in, empty where nothing did. The address is not among it: it is never shown again.

    `post_id` is empty when there can be no such post; `article_url` is where the form stood.
    """

    site: str
    post_id: str
    parent: str
    author: str
    url: str
    comment: str
    redirect_to: str
    article_url: str
    title: str = ""

    @property
    def thread_key(self) -> str:
        """The thread's key, the same for every way to write the number; empty when there is no such post."""
        return f"{THREAD_KEY_PREFIX}{self.post_id}" if self.post_id else ""

    @property
    def parent_id(self) -> int | None:
        """The comment replied to. Raises Refused for what is no comment's number."""
        if self.parent.strip("0") == "":
            return None
        number = read_number(self.parent)
        if not number:
            raise Refused(UNAPPROVED_PARENT)
        return int(number)


def read_posted(site: str, fields: Mapping[str, str], article_url: str) -> Posted:
    """Return the form's fields as WordPress reads them: trimmed, and the name without tags."""
    typed = {name: fields.get(name, "").strip() for name in ("url", "comment", "redirect_to")}
    return Posted(
        site=site,
        post_id=read_number(fields.get("comment_post_ID", "")),
        parent=fields.get("comment_parent", "").strip(),
        author=_TAG.sub("", fields.get("author", "")).strip(),
        article_url=article_url,
        title=_title(fields.get("thread_title", "")),
        **typed,
    )


def read_number(typed: str) -> str:
    """Return a number as WordPress would print it, empty for none and for 0."""
    digits = typed.strip()
    is_number = digits.isascii() and digits.isdigit() and len(digits) <= _MAX_DIGITS
    number = int(digits) if is_number else 0
    return str(number) if number else ""


def as_submission(posted: Posted, fields: Mapping[str, str]) -> dict[str, object]:
    """Return the reply by the names that `parse_submission` knows."""
    return {
        "site": posted.site,
        "thread": {
            "key": posted.thread_key,
            "url": posted.article_url,
            "title": posted.title,
            "section": fields.get("thread_section", ""),
            "lead": fields.get("thread_lead", ""),
        },
        "parent": posted.parent_id,
        "name": posted.author,
        "email": fields.get("email", "").strip(),
        "text": posted.comment,
    }


def _title(said: str) -> str:
    """Return the article's title as our plugin adds it; of one that cannot be used the reader shall not hear."""
    title = mask_addresses(" ".join(said.split()))[:MAX_TITLE_CHARS].rstrip()
    return "" if has_forbidden_character(title) or has_too_many_marks(title) else title


def check_fields(posted: Posted, fields: Mapping[str, str]) -> Submission:
    """Return the reply as it will be kept. Raises Refused for the first rule that is broken: WordPress's, then ours."""
    errors: tuple[FieldError, ...] = ()
    submission: Submission | None = None
    try:
        submission = parse_submission(as_submission(posted, fields))
    except InvalidSubmission as error:
        errors = tuple(_by_wordpress_name(each) for each in error.errors)
    _check_like_wordpress(errors, _too_many_bytes(posted, fields))
    if submission is None:
        raise _own_refusal(errors)
    return submission


def _check_like_wordpress(errors: tuple[FieldError, ...], too_long: str) -> None:
    codes = {each.field: each.code for each in errors}
    if "required" in (codes.get("author"), codes.get("email")):
        raise Refused(REQUIRED, errors=errors)
    if codes.get("email", "too_long") != "too_long":
        raise Refused(BAD_EMAIL, errors=errors)
    if codes.get("comment") == "required":
        raise Refused(NO_TEXT, errors=errors)
    if too_long:
        said = FieldError(too_long, "too_long", phrase("Use at most %(count)s bytes.", count=MAX_BYTES[too_long]))
        raise Refused(TOO_LONG[too_long], errors=(*(each for each in errors if each.field != too_long), said))


def _too_many_bytes(posted: Posted, fields: Mapping[str, str]) -> str:
    """Return the first field that is too long for WordPress, which counts bytes."""
    sent = {
        "author": posted.author,
        "email": fields.get("email", "").strip(),
        "url": posted.url,
        "comment": posted.comment,
    }
    return next((name for name, most in MAX_BYTES.items() if len(sent[name].encode()) > most), "")


def _own_refusal(errors: tuple[FieldError, ...]) -> Refused:
    first = errors[0]
    refusal = TOO_LONG[first.field] if first.code == "too_long" and first.field in TOO_LONG else NEEDS_CHANGE
    return Refused(refusal, first.message, errors)


def _by_wordpress_name(error: FieldError) -> FieldError:
    return FieldError(_WORDPRESS_NAMES.get(error.field, error.field), error.code, error.message)
