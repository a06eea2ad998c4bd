"""What the reader sent: shape and length only. The only place besides `identity` that touches an address."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from email_validator import EmailNotValidError, validate_email

from comments import typed_text
from comments.email import Email
from comments.masking import find_addresses, mask_addresses
from comments.phrases import phrase

MAX_NAME_CHARS = 80
MAX_TEXT_CHARS = 5_000
MAX_EMAIL_CHARS = 254  # RFC 5321 §4.5.3.1.3: a path is 256 octets with its angle brackets
MAX_THREAD_KEY_CHARS = 200
MAX_URL_CHARS = 2_000
MAX_TITLE_CHARS = 300
MAX_SECTION_CHARS = 80
MAX_LEAD_CHARS = 500
MAX_ID = 2**53 - 1  # the largest whole number that every JSON reader keeps exactly

SITE_KEY = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?", re.ASCII)
_EMAIL_IN_NAME = re.compile(r"[^\s@]@[^\s@]")


@dataclass(frozen=True, slots=True)
class FieldError:
    """What is wrong with one field. `message` says what to do, as a phrase, and never repeats what was typed."""

    field: str
    code: str
    message: str


class InvalidSubmission(Exception):  # noqa: N818 - named for what it says, as in STYLE.md
    """Raised with every field's error at once, so that nobody has to try five times."""

    def __init__(self, errors: list[FieldError]) -> None:
        super().__init__("invalid submission")
        self.errors = errors


@dataclass(frozen=True, slots=True)
class ThreadRef:
    """The thread a submission belongs to, as the site names it. All but the key may be empty.

    `section` is the part of the site, `lead` the article's first words: context for moderators and checks.
    """

    key: str
    url: str
    title: str
    section: str = ""
    lead: str = ""


@dataclass(frozen=True, slots=True)
class Submission:
    """A reply as typed, trimmed and checked for shape. `email` hides itself."""

    site: str
    thread: ThreadRef
    parent: int | None
    name: str
    email: Email
    text: str


class _Reader:
    """Collects the errors of one submission while its fields are read."""

    def __init__(self, raw: Mapping[str, object]) -> None:
        self.raw = raw
        self.errors: list[FieldError] = []

    def fail(self, field: str, code: str, message: str) -> None:
        self.errors.append(FieldError(field, code, message))

    def text(self, field: str, value: object, *, max_chars: int, required: str = "") -> str:
        """Return the trimmed string, or "" after noting what is wrong. `required` is said when it is missing."""
        if value is not None and not isinstance(value, str):
            self.fail(field, "not_text", phrase("This must be text."))
            return ""
        trimmed = typed_text.unify_newlines(value or "").strip()
        if not trimmed or typed_text.is_blank(trimmed):
            if required:
                self.fail(field, "required", required)
            return ""
        if len(trimmed) > max_chars:
            self.fail(field, "too_long", phrase("Use at most %(count)s characters.", count=max_chars))
        elif typed_text.has_forbidden_character(trimmed):
            self.fail(field, "forbidden_character", phrase("Remove the invisible control characters."))
        elif typed_text.has_too_many_marks(trimmed):
            self.fail(field, "too_many_marks", phrase("Remove the stacked accents; up to eight on a letter are kept."))
        else:
            return trimmed
        return ""


def parse_submission(raw: Mapping[str, object]) -> Submission:
    """Turn a decoded request body into a Submission.

    Raises InvalidSubmission with an error per field.
    """
    reader = _Reader(raw)
    site = _site(reader)
    thread = _thread(reader)
    parent = _parent(reader)
    name = _name(reader)
    email = _email(reader)
    text = reader.text("text", raw.get("text"), max_chars=MAX_TEXT_CHARS, required=phrase("Write your comment."))
    if reader.errors or email is None:
        raise InvalidSubmission(reader.errors)
    return Submission(site, thread, parent, name, email, text)


def read_words(raw: Mapping[str, object], field: str, *, max_chars: int, required: str) -> str:
    """Return what an author typed into one field of a later form: a new text, an appeal. Raises InvalidSubmission."""
    reader = _Reader(raw)
    words = reader.text(field, raw.get(field), max_chars=max_chars, required=required)
    if reader.errors:
        raise InvalidSubmission(reader.errors)
    return words


def read_email(raw: Mapping[str, object], errors: list[FieldError]) -> Email | None:
    """Return the address of a form that is no submission; None after adding to `errors` what is wrong with it."""
    reader = _Reader(raw)
    found = _email(reader)
    errors.extend(reader.errors)
    return found


def _site(reader: _Reader) -> str:
    site = reader.text("site", reader.raw.get("site"), max_chars=40, required=phrase("Say which site this is for."))
    if site and not SITE_KEY.fullmatch(site):
        reader.fail("site", "unknown_site", phrase("There is no such site."))
        return ""
    return site


def _thread(reader: _Reader) -> ThreadRef:
    raw = reader.raw.get("thread")
    if not isinstance(raw, Mapping):
        reader.fail("thread", "required", phrase("Send thread as an object with key, url and title."))
        return ThreadRef("", "", "")
    key = reader.text(
        "thread.key",
        raw.get("key"),
        max_chars=MAX_THREAD_KEY_CHARS,
        required=phrase("Say which article this is for."),
    )
    url = reader.text("thread.url", raw.get("url"), max_chars=MAX_URL_CHARS)
    if url and not is_web_address(url):
        reader.fail("thread.url", "not_a_url", phrase("Send the article's full http or https address."))
    title = " ".join(reader.text("thread.title", raw.get("title"), max_chars=MAX_TITLE_CHARS).split())
    title = mask_addresses(title)
    if names_somebody(key):
        reader.fail("thread.key", "holds_email", phrase("Name the article by a key without an email address in it."))
    if typed_text.has_format_character(key):
        reader.fail("thread.key", "forbidden_character", phrase("Remove the invisible control characters."))
    section = _context(reader, "thread.section", raw.get("section"), MAX_SECTION_CHARS)
    lead = _context(reader, "thread.lead", raw.get("lead"), MAX_LEAD_CHARS)
    return ThreadRef(key, without_address(url), title, section, lead)


def names_somebody(key: str) -> bool:
    """Say whether an email address stands in a thread's key or a part of an address on the web, plain or encoded.

    No thread has such a key, and nobody looks for it.
    """
    return bool(find_addresses(unquote(key)))


def _context(reader: _Reader, field: str, value: object, max_chars: int) -> str:
    """Return as much as is kept of what the site says about its article.

    What is too long or cannot be used is cut or left out: the reader did not write it and could not mend it.
    """
    if value is not None and not isinstance(value, str):
        reader.fail(field, "not_text", phrase("This must be text."))
        return ""
    said = " ".join(typed_text.unify_newlines(value or "").split())[:max_chars].rstrip()
    if typed_text.has_forbidden_character(said) or typed_text.has_too_many_marks(said):
        return ""
    return mask_addresses(said)


def without_address(url: str) -> str:
    """Return `url` without the parameters in which an email address stands, as in a newsletter's links.

    The others stay: one of them may name the article. An address that stands elsewhere takes more with it, all if need
    be: the link is shown to everyone.
    """
    if not names_somebody(url):
        return url
    page, _, fragment = url.partition("#")
    bare, _, query = page.partition("?")
    kept = "&".join(each for each in query.split("&") if not names_somebody(each))
    fewer = f"{bare}?{kept}" if kept else bare
    whole = f"{fewer}#{fragment}" if fragment else fewer
    return next((each for each in (whole, fewer, bare) if not names_somebody(each)), "")


def is_web_address(url: str) -> bool:
    """Say whether `url` is an absolute http or https address without user name, space or control.

    A backslash is not in its host: for a browser the host ends there.
    """
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018 - reading it is what raises for a port that is no number
    except ValueError:
        return False
    has_space = any(char.isspace() or not char.isprintable() for char in url)
    is_plain = not has_space and not {"@", "\\"} & set(parts.netloc)
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and is_plain


def is_contact_url(url: str) -> bool:
    """Say whether `url` can be shown to readers as the page on which they reach a newsroom."""
    return len(url) <= MAX_URL_CHARS and is_web_address(url) and without_address(url) == url


def _parent(reader: _Reader) -> int | None:
    raw = reader.raw.get("parent")
    if raw is None or raw == "":
        return None
    if isinstance(raw, str) and raw.isascii() and raw.isdigit() and len(raw) <= len(str(MAX_ID)):
        raw = int(raw)
    if not isinstance(raw, int) or isinstance(raw, bool) or not 0 <= raw <= MAX_ID:
        reader.fail("parent", "unknown_parent", phrase("The comment you reply to is not there."))
        return None
    return raw or None


def holds_address(name: str) -> bool:
    """Say whether somebody put an address where a name belongs. Such a name is never shown again, not even to them."""
    return bool(_EMAIL_IN_NAME.search(name.replace("\uff20", "@").replace("\ufe6b", "@")) or find_addresses(name))


def _name(reader: _Reader) -> str:
    name = reader.text("name", reader.raw.get("name"), max_chars=MAX_NAME_CHARS, required=phrase("Give your name."))
    if not name:
        return ""
    if typed_text.has_format_character(name):
        reader.fail("name", "forbidden_character", phrase("Remove the invisible or direction-changing characters."))
    elif holds_address(name):
        reader.fail(
            "name", "name_looks_like_email", phrase("Your name is shown to everyone: do not put an address there.")
        )
    return name


def _email(reader: _Reader) -> Email | None:
    before = len(reader.errors)
    raw = reader.raw.get("email")
    typed = reader.text("email", raw, max_chars=MAX_EMAIL_CHARS, required=phrase("Give your email address."))
    if len(reader.errors) > before:
        return None
    found = read_address(typed)
    if found is None:
        reader.fail("email", "invalid_email", phrase("Give an email address like name@example.org."))
    return found


def read_address(typed: str) -> Email | None:
    """Return an address by itself, as another comment system kept it; None for what is none."""
    if len(typed) > MAX_EMAIL_CHARS:
        return None
    try:
        # Deliverability would send the domain to a DNS server, and nobody verifies the address anyway.
        valid = validate_email(typed, check_deliverability=False)
    except (EmailNotValidError, UnicodeError):
        return None
    return Email(valid.local_part, valid.ascii_domain)
