"""WordPress's export (WXR 1.0, 1.1 and 1.2): an RSS file whose items hold their comments."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import BinaryIO

from ops.imports.plain_text import plain_text
from ops.imports.raw import Change, Identify, RawComment, RawThread, Skip, State
from ops.imports.safe_xml import BadFile, End, SafeXml, Start
from ops.imports.tidy import MAX_IMPORTED_TEXT_CHARS, tidy_key, tidy_name, tidy_text, tidy_time, tidy_title, tidy_url
from service.wordpress_fields import THREAD_KEY_PREFIX, read_number

# What our own export adds for what WordPress has no place for; its importer keeps such fields and does nothing by them.
THREAD_KEY_META, STATE_META = "_replydesk_thread_key", "_replydesk_state"

_NAMESPACE = re.compile(r"https?://wordpress\.org/export/1\.[0-2]/? (.+)\Z")
_ITEM = "rss/channel/item"
_COMMENT = f"{_ITEM}/wp:comment"
_META, _COMMENT_META = f"{_ITEM}/wp:postmeta", f"{_COMMENT}/wp:commentmeta"
_VERSION = "rss/channel/wp:wxr_version"
_ITEM_FIELDS = ("title", "link", "wp:post_id", "wp:post_date_gmt", "wp:comment_status", "wp:status", "wp:post_type")
_COMMENT_FIELDS = (
    "wp:comment_id",
    "wp:comment_author",
    "wp:comment_author_email",
    "wp:comment_author_IP",
    "wp:comment_date",
    "wp:comment_date_gmt",
    "wp:comment_content",
    "wp:comment_approved",
    "wp:comment_type",
    "wp:comment_parent",
)
_META_FIELDS = ("wp:meta_key", "wp:meta_value")
_WANTED = frozenset(
    {_VERSION, _ITEM, _COMMENT, _META, _COMMENT_META, f"{_ITEM}/wp:post_password"}
    | {f"{_ITEM}/{name}" for name in _ITEM_FIELDS}
    | {f"{_COMMENT}/{name}" for name in _COMMENT_FIELDS}
    | {f"{parent}/{name}" for parent in (_META, _COMMENT_META) for name in _META_FIELDS}
)
_STATES = {
    "1": State.APPROVED,
    "approve": State.APPROVED,
    "0": State.WAITING,
    "hold": State.WAITING,
    "spam": State.SPAM,
    "trash": State.TRASH,
    "post-trashed": State.TRASH,
}
_PINGBACKS = frozenset({"pingback", "trackback"})
# What anybody may read; `inherit` is an attachment's. Comments on all else were not public in WordPress either.
_PUBLIC = frozenset({"publish", "inherit", "closed", ""})
# WordPress's own records, which have no comments and no page.
_NO_ARTICLES = frozenset(
    {"attachment", "nav_menu_item", "revision", "custom_css", "customize_changeset", "oembed_cache"}
)


def read_wxr(
    file: BinaryIO,
    identify: Identify,
    *,
    now: datetime,
    with_pingbacks: bool,
    on_bytes: Callable[[int], None],
) -> Iterator[RawThread | RawComment]:
    """Yield the articles and comments of a file. Raises BadFile."""
    reader = _Reader(identify, now, with_pingbacks)
    xml = SafeXml(file, _WANTED, _name_of)
    for event in xml.events(on_bytes):
        if isinstance(event, Start):
            reader.start(event.path)
        else:
            yield from reader.end(event)
    if not reader.has_version:
        raise BadFile("it is not a WordPress export: there is no wp:wxr_version in it")


def _name_of(name: str) -> str:
    found = _NAMESPACE.match(name)
    return f"wp:{found[1]}" if found else name.replace(" ", ":")


class _Reader:
    """What was read of the item and of the comment at hand."""

    def __init__(self, identify: Identify, now: datetime, with_pingbacks: bool) -> None:
        self._identify = identify
        self._now = now
        self._with_pingbacks = with_pingbacks
        self._items = 0
        self._item: dict[str, str] = {}
        self._comment: dict[str, str] = {}
        self._meta: dict[str, str] = {}
        self._comments_here = 0
        self.has_version = False

    def start(self, path: str) -> None:
        if path == _ITEM:
            self._items += 1
            self._item, self._comments_here = {}, 0
        elif path == _COMMENT:
            self._comment = {}
        elif path in (_META, _COMMENT_META):
            self._meta = {}

    def end(self, event: End) -> Iterator[RawThread | RawComment]:
        parent, _, name = event.path.rpartition("/")
        if event.path == _COMMENT:
            self._comments_here += 1
            yield self._read_comment()
        elif event.path == _ITEM:
            yield from self._read_thread()
        elif event.path == _VERSION:
            self.has_version = True
        elif event.path in (_META, _COMMENT_META):
            of = self._item if event.path == _META else self._comment
            key = self._meta.get("wp:meta_key", "").strip()
            if key in (THREAD_KEY_META, STATE_META):
                of[key] = self._meta.get("wp:meta_value", "")
        elif parent in (_META, _COMMENT_META):
            self._meta[name] = event.text
        elif parent == _COMMENT:
            self._comment[name] = event.text
        elif parent == _ITEM:
            self._item[name] = event.text

    def _read_thread(self) -> Iterator[RawThread]:
        item = self._item
        kind = item.get("wp:post_type", "").strip()
        is_closed = item.get("wp:comment_status", "").strip() == "closed"
        is_public = item.get("wp:status", "").strip() in _PUBLIC and not item.get("wp:post_password", "").strip()
        is_article = kind not in _NO_ARTICLES and not kind.startswith("wp_")
        if not self._comments_here and not (is_closed and is_public and is_article):
            return
        number = read_number(item.get("wp:post_id", ""))
        key = item.get(THREAD_KEY_META, "") or (f"{THREAD_KEY_PREFIX}{number}" if number else "")
        yield RawThread(
            place=str(self._items),
            key=tidy_key(key),
            url=tidy_url(item.get("link", "")),
            title=tidy_title(plain_text(item.get("title", ""), keeps_newlines=False)),
            is_closed=is_closed,
            is_public=is_public,
            created_at=tidy_time(_time(item.get("wp:post_date_gmt", "")), self._now)[0],
        )

    def _read_comment(self) -> RawComment:
        said = self._comment.get
        found = _time(said("wp:comment_date_gmt", "")) or _time(said("wp:comment_date", ""))
        created_at, of_time = tidy_time(found, self._now)
        name, of_name = tidy_name(plain_text(said("wp:comment_author", ""), keeps_newlines=False))
        html = said("wp:comment_content", "")
        text, of_text = tidy_text(plain_text(html, keeps_newlines=True))
        state = self._state()
        identity = self._identify(
            said("wp:comment_author_email", "").strip(), said("wp:comment_author_IP", "").strip(), created_at
        )
        of_state = {Change.UNKNOWN_STATE} if state is State.UNKNOWN else set()
        comment = RawComment(
            source_id=read_number(said("wp:comment_id", "")),
            place=str(self._items),
            parent=read_number(said("wp:comment_parent", "")),
            state=state,
            name=name,
            text=text,
            created_at=created_at,
            identity=identity,
            changes=of_time | of_name | of_text | of_state,
        )
        why = self._why_skipped(comment, len(html) > MAX_IMPORTED_TEXT_CHARS)
        return comment.skipped(why) if why else comment

    def _state(self) -> State:
        if self._comment.get(STATE_META, "") == State.GONE.value:
            return State.GONE
        return _STATES.get(self._comment.get("wp:comment_approved", "").strip(), State.UNKNOWN)

    def _why_skipped(self, comment: RawComment, is_long: bool) -> Skip | None:
        kind = self._comment.get("wp:comment_type", "").strip()
        if not comment.source_id:
            return Skip.NO_ID
        if kind in _PINGBACKS and not self._with_pingbacks:
            return Skip.PINGBACK
        if kind not in ("", "comment", *_PINGBACKS):
            return Skip.OTHER_TYPE
        if is_long:
            return Skip.TOO_LONG
        return Skip.NO_TEXT if not comment.text and comment.state is not State.GONE else None


def _time(text: str) -> datetime | None:
    """Return a time of WordPress's; None for its zeros and for what is none."""
    try:
        return datetime.strptime(text.strip(), "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC)
    except ValueError:
        return None
