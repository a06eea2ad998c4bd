"""Disqus's export: threads and posts beside each other. It has no approval, only what was deleted or marked as spam."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import BinaryIO
from urllib.parse import parse_qsl, urlencode, urlsplit

from ops.imports.plain_text import plain_text
from ops.imports.raw import Identify, RawComment, RawThread, Skip, State
from ops.imports.safe_xml import BadFile, End, SafeXml, Start
from ops.imports.tidy import MAX_IMPORTED_TEXT_CHARS, tidy_key, tidy_name, tidy_text, tidy_time, tidy_title, tidy_url
from service.wordpress_fields import THREAD_KEY_PREFIX, read_number

_ROOT, _THREAD, _POST = "disqus", "disqus/thread", "disqus/post"
_THREAD_FIELDS = ("id", "link", "title", "createdAt", "isClosed", "isDeleted")
_POST_FIELDS = ("message", "createdAt", "isDeleted", "isSpam", "ipAddress", "thread", "parent")
_AUTHOR_FIELDS = ("name", "username", "email")
_WANTED = frozenset(
    {_ROOT, _THREAD, _POST}
    | {f"{_THREAD}/{name}" for name in _THREAD_FIELDS}
    | {f"{_POST}/{name}" for name in _POST_FIELDS}
    | {f"{_POST}/author/{name}" for name in _AUTHOR_FIELDS}
)
_NAMESPACES = {"http://disqus.com ": "", "http://disqus.com/disqus-internals ": "dsq:"}
_ID = "dsq:id"
# WordPress's own plug-in names an article so: "123 https://news.example/?p=123".
_OF_WORDPRESS = re.compile(r"(\d{1,15}) https?://\S*[?&]p=\1\Z")
# What a link was followed from, not what it leads to.
_TRACKING = re.compile(r"utm_\w+|fbclid|gclid|mc_[ce]id|ref|share|replytocom", re.IGNORECASE)


def read_disqus(
    file: BinaryIO, identify: Identify, *, now: datetime, on_bytes: Callable[[int], None]
) -> Iterator[RawThread | RawComment]:
    """Yield the threads and posts of a file. Raises BadFile."""
    fields: dict[str, str] = {}
    xml = SafeXml(file, _WANTED, _name_of)
    for event in xml.events(on_bytes):
        if isinstance(event, Start):
            if event.path in (_THREAD, _POST):
                fields = {}
            fields[f"{event.path}@id"] = event.attributes.get(_ID, "").strip()
        elif event.path == _THREAD:
            yield _read_thread(fields, now)
        elif event.path == _POST:
            yield _read_post(fields, identify, now)
        else:
            _keep(fields, event)
    if xml.root != _ROOT:
        raise BadFile("it is not a Disqus export: its first element is another one")


def _keep(fields: dict[str, str], event: End) -> None:
    fields[event.path] = event.text


def _name_of(name: str) -> str:
    for namespace, short in _NAMESPACES.items():
        if name.startswith(namespace):
            return short + name.removeprefix(namespace)
    return name.replace(" ", ":")


def _read_thread(fields: dict[str, str], now: datetime) -> RawThread:
    def said(name: str) -> str:
        return fields.get(f"{_THREAD}/{name}", "").strip()

    page = page_of(said("link"))
    own = _OF_WORDPRESS.match(said("id"))
    key = f"{THREAD_KEY_PREFIX}{own[1]}" if own else said("id")
    return RawThread(
        place=fields.get(f"{_THREAD}@id", ""),
        key=tidy_key(key or page),
        url=tidy_url(said("link")),
        title=tidy_title(plain_text(said("title"), keeps_newlines=False)),
        is_closed=_is_true(said("isClosed")),
        is_public=not _is_true(said("isDeleted")),
        has_own_key=bool(key),
        page=page,
        created_at=tidy_time(_time(said("createdAt")), now)[0],
    )


def page_of(link: str) -> str:
    """Return the page behind a link: without what it was followed from, and the same however it was typed."""
    try:
        parts = urlsplit(link.strip())
        host = (parts.hostname or "").removeprefix("www.")
        query = urlencode([pair for pair in parse_qsl(parts.query) if not _TRACKING.fullmatch(pair[0])])
    except ValueError:
        return ""
    path = re.sub(r"/(?:index\.(?:html?|php)|amp/?)?\Z", "", parts.path)
    return f"https://{host}{path or '/'}{'?' + query if query else ''}" if host else ""


def _read_post(fields: dict[str, str], identify: Identify, now: datetime) -> RawComment:
    def said(name: str) -> str:
        return fields.get(f"{_POST}/{name}", "")

    created_at, of_time = tidy_time(_time(said("createdAt")), now)
    name, of_name = tidy_name(said("author/name") or said("author/username"))
    text, of_text = tidy_text(plain_text(said("message"), keeps_newlines=False))
    comment = RawComment(
        source_id=read_number(fields.get(f"{_POST}@id", "")),
        place=fields.get(f"{_POST}/thread@id", ""),
        parent=read_number(fields.get(f"{_POST}/parent@id", "")),
        state=_state(_is_true(said("isDeleted")), _is_true(said("isSpam"))),
        name=name,
        text=text,
        created_at=created_at,
        identity=identify(said("author/email").strip(), said("ipAddress").strip(), created_at),
        changes=of_time | of_name | of_text,
    )
    why = _why_skipped(comment, len(said("message")) > MAX_IMPORTED_TEXT_CHARS)
    return comment.skipped(why) if why else comment


def _state(is_deleted: bool, is_spam: bool) -> State:
    if is_deleted:
        return State.GONE
    return State.SPAM if is_spam else State.APPROVED


def _why_skipped(comment: RawComment, is_long: bool) -> Skip | None:
    if not comment.source_id:
        return Skip.NO_ID
    if is_long:
        return Skip.TOO_LONG
    return Skip.NO_TEXT if not comment.text and comment.state is not State.GONE else None


def _is_true(text: str) -> bool:
    return text.strip().lower() in ("true", "1")


def _time(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
