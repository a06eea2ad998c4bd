"""A thread with its reply form, ready for a template: for our own page, a fragment or the demo's articles."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import render_template
from markupsafe import Markup

from comments.phrases import phrase
from comments.store.records import Receipt, Site, ThreadPage
from comments.store.threads import Order
from comments.submission import MAX_THREAD_KEY_CHARS
from comments.typed_text import has_format_character
from service.conversations import DrawnList, read_in_order
from service.door import door
from service.headers import keep_private
from service.language import language
from service.page_links import AFTER, RECEIPT, REPLY_TO, SORT, WORDPRESS_RECEIPT, PageLinks
from service.parts import parts
from service.problems import Problem
from service.reply_form import ReplyForm, Typed, new_token

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
    """What `_thread.html` draws. `mine` is the comment of the reader who holds its receipt."""

    place: Place
    list: DrawnList
    form: ReplyForm
    mine: Receipt | None
    receipt_token: str


def view_thread(place: Place, query: Mapping[str, str], links: PageLinks, base: str) -> ThreadView:
    """Read one page of a thread as `query` asks for it. Raises Problem for a query that makes no sense.

    `base` stands before every path of ours: empty on our own pages, our whole address in a fragment.
    """
    drawn = _find_or_draw(place, query, links, base)
    receipt_token = query.get(RECEIPT) or query.get(WORDPRESS_RECEIPT, "")
    mine = _find_mine(place, receipt_token)
    return ThreadView(
        place=place,
        list=drawn,
        form=_form(place, drawn, query.get(REPLY_TO, ""), links),
        mine=mine,
        receipt_token=receipt_token if mine else "",
    )


def _find_or_draw(place: Place, query: Mapping[str, str], links: PageLinks, base: str) -> DrawnList:
    order, after, now = read_order(query.get(SORT)), read_cursor(query), parts().now()
    version = parts().store.threads.version(place.site.key, place.key) or 0
    asked = (place.site.key, place.key, order, after, version, links.key, base, language())
    drawn = door().recent_lists.get(asked, now)
    if drawn is None:
        page = parts().store.threads.page(place.site.key, place.key, order=order, after=after, now=now)
        drawn = _draw(page, order, links, base)
        if page.version == version:  # else somebody decided in between, and this is a later version's list
            door().recent_lists.put(asked, drawn, now)
    return drawn


def _draw(page: ThreadPage, order: Order, links: PageLinks, base: str) -> DrawnList:
    conversations = tuple(read_in_order(conversation) for conversation in page.conversations)
    names = {comment.id: comment.name for shown in conversations for comment in shown if not comment.is_gone}
    html = render_template(
        "_list.html",
        page=page,
        order=order,
        orders=tuple(Order),
        conversations=conversations,
        links=links,
        base=base,
        now=parts().now(),
    )
    return DrawnList(page, names, Markup(html))  # noqa: S704 - a template of ours, autoescaped


def read_thread_key(query: Mapping[str, str]) -> str:
    """Return the thread's key on the site. Raises Problem."""
    key = query.get("thread", "").strip()
    if not is_thread_key(key):
        raise Problem(400, "bad_thread", phrase("Say which thread: `thread` is its key on the site."))
    return key


def is_thread_key(key: str) -> bool:
    """Say whether a thread can have this key: the same ones that `parse_submission` lets in."""
    return 1 <= len(key) <= MAX_THREAD_KEY_CHARS and not has_format_character(key)


def read_order(sort: str | None) -> Order:
    """Return the order asked for, the newest first when none is. Raises Problem."""
    try:
        return Order(sort) if sort else Order.NEWEST
    except ValueError:
        raise Problem(400, "bad_sort", phrase("Sort by newest or oldest.")) from None


def read_cursor(query: Mapping[str, str]) -> int | None:
    """Return where the page begins, None for the first one. Raises Problem."""
    after = query.get(AFTER, "")
    if not after:
        return None
    number = _read_number(after)
    if number is None:
        raise Problem(400, "bad_cursor", phrase("Take `after` from the page before."))
    return number


def _read_number(digits: str) -> int | None:
    # Python itself refuses to read thousands of digits, and takes those of other scripts for numbers.
    is_number = digits.isascii() and digits.isdigit() and len(digits) <= MAX_DIGITS
    return int(digits) if is_number else None


def _find_mine(place: Place, token: str) -> Receipt | None:
    receipt = parts().store.receipts.find(token) if token else None
    if receipt is None or receipt.site_key != place.site.key:
        return None
    keep_private()
    return receipt


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
    return ReplyForm(typed, new_token(place.site.key, place.key), answers=answers, cancel_link=links.cancel())
