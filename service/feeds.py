"""Feeds of what was published last: of a site, or of the comments under one article. Never cached for one reader."""

import hashlib
import re
from collections.abc import Mapping
from datetime import datetime
from urllib.parse import quote, urlencode, urlsplit

from flask import Blueprint, Response, request

from comments.masking import mask_addresses
from comments.phrases import phrase
from comments.store.feeds import FeedEntry, FeedPage
from comments.store.inbox import UnknownSite
from comments.store.records import Site
from service import atom
from service.door import door
from service.form_answers import is_page_of
from service.language import gettext, language, use_language
from service.links import comment_address, public_base
from service.parts import parts
from service.problems import Problem
from service.thread_page import read_thread_key

feeds = Blueprint("feeds", __name__)

# Readers of feeds come back by the quarter of an hour; what is taken back is out of every cache within a minute or two.
CACHE = "public, max-age=60, stale-while-revalidate=60"
THREAD, BEFORE = "thread", "before"
_CURSOR = re.compile(r"[0-9]{1,17}_[0-9]{1,16}", re.ASCII)


@feeds.get("/feeds/<site_key>.atom")
def show_feed(site_key: str) -> Response:
    """Answer with the 50 comments published last, on the site or in one thread; `before` leads further back."""
    site = door().sites.find(site_key)
    if site is None:
        raise UnknownSite
    use_language(site.language)
    thread_key = read_thread_key(request.args) if THREAD in request.args else None
    before = _read_cursor(request.args)
    page = parts().store.feeds.page(site_key, thread_key, before=before)
    if page is None:
        raise UnknownSite
    body = atom.write(_feed(site, thread_key, page, before))
    answer = Response(body, mimetype=atom.MEDIA_TYPE)
    answer.headers["Cache-Control"] = CACHE
    answer.set_etag(hashlib.sha256(body).hexdigest()[:24])
    answer.make_conditional(request)
    return answer


def _read_cursor(query: Mapping[str, str]) -> str | None:
    cursor = query.get(BEFORE) or None
    if cursor is not None and not _CURSOR.fullmatch(cursor):
        raise Problem(400, "bad_cursor", phrase("Take `before` from the link to the next page."))
    return cursor


def _feed(site: Site, thread_key: str | None, page: FeedPage, before: str | None) -> atom.Feed:
    tags = _Tags(site, page.site_begun_at)
    title = mask_addresses(page.title)  # whoever wrote first in the thread told us
    heading = gettext("Comments on “%(title)s”") % {"title": title} if title else gettext("Comments")
    return atom.Feed(
        id=tags.of_thread(thread_key) if thread_key is not None else tags.of_site(),
        title=f"{heading} – {site.name}",
        language=language(),
        updated_at=atom.latest((entry.published_at for entry in page.entries), begun_at=page.begun_at),
        links=tuple(_links(site, thread_key, page, before)),
        entries=tuple(_entry(site, tags, entry) for entry in page.entries),
    )


def _links(site: Site, thread_key: str | None, page: FeedPage, before: str | None) -> list[tuple[str, str, str]]:
    first = _address(site.key, thread_key, None)
    links = [("self", atom.MEDIA_TYPE, _address(site.key, thread_key, before))]
    if thread_key is not None:
        own = page.url if is_page_of(site.key, page.url) else ""
        links.append(("alternate", "text/html", own or _thread_address(site.key, thread_key)))
    elif site.origins:
        links.append(("alternate", "text/html", f"{site.origins[0]}/"))
    if before or page.next_before:
        links.append(("first", atom.MEDIA_TYPE, first))
    if page.next_before:
        links.append(("next", atom.MEDIA_TYPE, _address(site.key, thread_key, page.next_before)))
    return links


def _address(site_key: str, thread_key: str | None, before: str | None) -> str:
    named = {} if thread_key is None else {THREAD: thread_key}
    query = named | ({BEFORE: before} if before else {})
    return f"{public_base()}/feeds/{site_key}.atom" + (f"?{urlencode(query)}" if query else "")


def _thread_address(site_key: str, thread_key: str) -> str:
    return f"{public_base()}/threads/{site_key}?{urlencode({THREAD: thread_key})}"


def _entry(site: Site, tags: "_Tags", entry: FeedEntry) -> atom.Entry:
    name = mask_addresses(entry.name)
    words = gettext("%(name)s on “%(title)s”") if entry.thread_title else gettext("Comment by %(name)s")
    return atom.Entry(
        id=tags.of_comment(entry.id),
        title=words % {"name": name, "title": mask_addresses(entry.thread_title)},
        name=name,
        text=mask_addresses(entry.text),
        language=entry.language,
        link=_comment_address(site.key, entry, entry.id),
        created_at=entry.created_at,
        published_at=entry.published_at,
        answers=_answers(site.key, tags, entry),
        mark=gettext("Newsroom") if entry.by_newsroom else "",
    )


def _answers(site_key: str, tags: "_Tags", entry: FeedEntry) -> tuple[str, str] | None:
    if entry.parent_id is None:
        return None
    return tags.of_comment(entry.parent_id), _comment_address(site_key, entry, entry.parent_id)


def _comment_address(site_key: str, entry: FeedEntry, comment_id: int) -> str:
    """Return where a comment of this entry's thread stands: in the article if that is the site's own, else with us."""
    if is_page_of(site_key, entry.thread_url):
        return f"{entry.thread_url.partition('#')[0]}#comment-{comment_id}"
    return comment_address(site_key, comment_id, public_base())


class _Tags:
    """Names that stay what they are wherever the service moves (RFC 4151): minted by the site, when it came to us."""

    def __init__(self, site: Site, begun_at: datetime) -> None:
        address = site.origins[0] if site.origins else public_base()
        host = (urlsplit(address).hostname or "localhost").replace(":", "-")
        self._mint = f"tag:{host},{begun_at:%Y-%m-%d}:replydesk/{site.key}"

    def of_site(self) -> str:
        return self._mint

    def of_thread(self, thread_key: str) -> str:
        return f"{self._mint}/thread/{quote(thread_key, safe='')}"

    def of_comment(self, comment_id: int) -> str:
        return f"{self._mint}/comment/{comment_id}"
