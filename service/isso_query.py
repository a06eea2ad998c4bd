"""What an Isso client asks for and sends, in our words."""

from collections.abc import Mapping
from datetime import UTC, datetime

from comments.store.flat_threads import Slice
from comments.store.records import Site
from comments.submission import MAX_ID, MAX_URL_CHARS, is_web_address
from service.problems import Answer, Problem
from service.thread_page import is_thread_key

# More are fetched by the client itself, which shows how many are hidden.
MAX_CONVERSATIONS = 50
MAX_NESTED = 50
MAX_OFFSET = 10_000
_OLDEST_FIRST = {"oldest": True, "newest": False, "upvotes": True}  # nobody votes, and Isso lists equals oldest first
_MAX_SECONDS = 10**11


def read_uri(query: Mapping[str, str]) -> str:
    """Return the thread's key: the address of the page as the client names it. Raises Problem."""
    uri = query.get("uri", "").strip()
    if not is_thread_key(uri):
        raise Problem(400, "malformed", "Say which page: uri is missing or too long.")
    return uri


def read_slice(query: Mapping[str, str]) -> Slice:
    """Return which part of the thread is asked for. Raises Problem."""
    sort = query.get("sort") or "oldest"
    if sort not in _OLDEST_FIRST:
        raise Problem(400, "malformed", "Invalid sort option. Must be one of: newest, oldest, upvotes.")
    limit, nested = _number(query, "limit", MAX_ID), _number(query, "nested_limit", MAX_ID)
    return Slice(
        parent=_number(query, "parent", MAX_ID),
        offset=_number(query, "offset", MAX_OFFSET) or 0,
        limit=MAX_CONVERSATIONS if limit is None else min(limit, MAX_CONVERSATIONS),
        nested_limit=MAX_NESTED if nested is None else min(nested, MAX_NESTED),
        after=_moment(query.get("after", "")),
        oldest_first=_OLDEST_FIRST[sort],
    )


def as_submission(site: Site, uri: str, sent: Mapping[str, object], *, origin: str) -> dict[str, object]:
    """Return a comment by the names that `parse_submission` knows. A website is not kept."""
    return {
        "site": site.key,
        "thread": {"key": uri, "url": _url_of(site, uri, origin), "title": sent.get("title")},
        "parent": sent.get("parent"),
        "name": sent.get("author"),
        "email": sent.get("email"),
        "text": sent.get("text"),
    }


def sentence_of(problem: Answer) -> str:
    """Return all that is to be changed in one sentence after the other."""
    return " ".join(error.message for error in problem.errors) or problem.detail


def _url_of(site: Site, uri: str, origin: str) -> str:
    """Return the page's whole address; empty when the client names pages by something else."""
    origins = (origin, *site.origins) if origin in site.origins else site.origins
    url = f"{origins[0]}{uri}" if origins and uri.startswith("/") else uri
    is_own = any(url.startswith(f"{each}/") for each in site.origins)
    return url if is_own and is_web_address(url) and len(url) <= MAX_URL_CHARS else ""


def _number(query: Mapping[str, str], name: str, most: int) -> int | None:
    digits = query.get(name, "")
    if not digits:
        return None
    if not (digits.isascii() and digits.isdigit() and len(digits) <= len(str(MAX_ID))) or int(digits) > most:
        raise Problem(400, "malformed", f"{name} should be a whole number, {most} at most.")
    return int(digits)


def _moment(typed: str) -> datetime | None:
    if not typed:
        return None
    try:
        seconds = float(typed) if typed.isascii() and len(typed) <= len(str(MAX_ID)) else -1.0
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds < _MAX_SECONDS:
        raise Problem(400, "malformed", "after should be seconds since 1970.")
    return datetime.fromtimestamp(seconds, UTC) if seconds else None
