"""A thread with its reply form, ready for a template: for our own page, a fragment or the demo's articles."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from comments.phrases import phrase
from comments.store.records import Site, ThreadPage
from comments.store.threads import SHOWN_REPLIES, Order
from comments.submission import MAX_THREAD_KEY_CHARS, names_somebody
from comments.typed_text import has_format_character
from service.devices import can_be_kept
from service.door import door
from service.form_answers import is_page_of
from service.language import language
from service.own_comment import OwnComment, find_own_comment
from service.page_links import AFTER, CONVERSATION, RECEIPT, REPLY_TO, SORT, WORDPRESS_RECEIPT, PageLinks
from service.parts import parts
from service.problems import Problem
from service.reply_form import ReplyForm, Typed, challenge_for, new_token, offers_notices
from service.thread_list import Asked, DrawnList, draw_list

MAX_DIGITS = 15


@dataclass(frozen=True, slots=True)
class Place:
    """Which thread, on which page: as the site names it."""

    site: Site
    key: str
    url: str
    title: str
    return_to: str = ""
    section: str = ""
    lead: str = ""


@dataclass(frozen=True, slots=True)
class ThreadView:
    """What `_thread.html` draws. `mine` is the comment of the reader who holds its receipt.

    `source` is where the script gets pieces of this thread: its address on the service, in the same order.
    """

    place: Place
    list: DrawnList
    form: ReplyForm
    mine: OwnComment | None
    source: str


def view_thread(place: Place, query: Mapping[str, str], links: PageLinks, base: str) -> ThreadView:
    """Read one page of a thread as `query` asks for it. Raises Problem for a query that makes no sense.

    `base` stands before every path of ours: empty on our own pages, our whole address in a fragment.
    """
    drawn = find_or_draw(place, query, links, base)
    return ThreadView(
        place=place,
        list=drawn,
        form=replace(_form(place, drawn, query.get(REPLY_TO, ""), links), offers_device=can_be_kept(place.site, base)),
        mine=find_own_comment(place.site.key, receipt_in(query), lambda: drawn.names, base),
        source=_source(place, query, base),
    )


def receipt_in(query: Mapping[str, str]) -> str:
    """Return the receipt's token that a page was asked for with; empty for none."""
    return query.get(RECEIPT) or query.get(WORDPRESS_RECEIPT, "")


def _source(place: Place, query: Mapping[str, str], base: str) -> str:
    named = {"thread": place.key, "url": place.url, "title": place.title, SORT: query.get(SORT, "")}
    asked = urlencode({name: value for name, value in named.items() if value})
    return f"{base}/threads/{place.site.key}?{asked}"


def find_or_draw(place: Place, query: Mapping[str, str], links: PageLinks, base: str) -> DrawnList:
    """Return the comments of one page of a thread, drawn anew when something has changed. Raises Problem."""
    asked = Asked(read_order(query.get(SORT)), read_number(query, CONVERSATION), read_cursor(query))
    version = parts().store.threads.version(place.site.key, place.key) or 0
    key = (place.site.key, place.key, place.url, asked, version, links.key, base, language())

    def draw() -> tuple[DrawnList, bool]:
        page = read_page(place.site.key, place.key, asked)
        feed = f"{base}/feeds/{place.site.key}.atom?{urlencode({'thread': place.key})}"
        drawn = draw_list(page, asked, links, article_url=_article_url(place, page), feed=feed)
        # With another version somebody decided in between, and this is a later version's list.
        return drawn, page.version == version

    return door().recent_lists.find_or_make(key, parts().now(), draw)


def read_page(site_key: str, thread_key: str, asked: Asked, *, replies: int = SHOWN_REPLIES) -> ThreadPage:
    """Return what was asked for: a page of a thread with so many replies to each comment, or one conversation."""
    threads, now = parts().store.threads, parts().now()
    if asked.conversation is not None:
        return threads.conversation(site_key, thread_key, asked.conversation, after=asked.after, now=now)
    return threads.page(site_key, thread_key, order=asked.order, after=asked.after, replies=replies, now=now)


def _article_url(place: Place, page: ThreadPage) -> str:
    """Return the article's address if it is the site's own: whoever wrote first in the thread told us that address."""
    url = place.url or page.url
    return url if is_page_of(place.site.key, url) else ""


def read_thread_key(query: Mapping[str, str]) -> str:
    """Return the thread's key on the site. Raises Problem."""
    key = query.get("thread", "").strip()
    if not is_thread_key(key):
        raise Problem(400, "bad_thread", phrase("Say which thread: `thread` is its key on the site."))
    return key


def is_thread_key(key: str) -> bool:
    """Say whether a thread can have this key: the same ones that `parse_submission` lets in.

    Ask before the database is asked: it may log what is looked for.
    """
    return 1 <= len(key) <= MAX_THREAD_KEY_CHARS and not has_format_character(key) and not names_somebody(key)


def read_order(sort: str | None) -> Order:
    """Return the order asked for, the newest first when none is. Raises Problem."""
    try:
        return Order(sort) if sort else Order.NEWEST
    except ValueError:
        raise Problem(400, "bad_sort", phrase("Sort by newest or oldest.")) from None


def read_cursor(query: Mapping[str, str]) -> int | None:
    """Return where the page begins, None for the first one. Raises Problem."""
    return read_number(query, AFTER)


_CURSOR_WORDS = {
    AFTER: phrase("Take `after` from the page before."),
    CONVERSATION: phrase("`conversation` is the number of the comment that began it."),
}


def read_number(query: Mapping[str, str], name: str) -> int | None:
    """Return the number of a comment in the query, None where there is none. Raises Problem."""
    digits = query.get(name, "")
    if not digits:
        return None
    number = _read_number(digits)
    if number is None:
        raise Problem(400, "bad_cursor", _CURSOR_WORDS[name])
    return number


def _read_number(digits: str) -> int | None:
    # Python itself refuses to read thousands of digits, and takes those of other scripts for numbers.
    is_number = digits.isascii() and digits.isdigit() and len(digits) <= MAX_DIGITS
    return int(digits) if is_number else None


def _form(place: Place, drawn: DrawnList, reply_to: str, links: PageLinks) -> ReplyForm:
    answers = drawn.names.get(_read_number(reply_to) or 0, "")
    typed = Typed(
        place.site.key,
        place.key,
        place.url or drawn.page.url,
        place.title or drawn.page.title,
        parent=reply_to if answers else "",
        return_to=place.return_to,
        thread_section=place.section,
        thread_lead=place.lead,
    )
    return ReplyForm(
        typed,
        new_token(place.site.key, place.key),
        answers=answers,
        cancel_link=links.cancel(),
        offers_notices=offers_notices(place.site),
        challenge=challenge_for(place.site, place.key, is_burst=drawn.page.is_burst),
    )
