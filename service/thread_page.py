"""A thread with its reply form, ready for a template: for our own page, a fragment or the demo's articles."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from comments.store.records import Receipt, Site, ThreadPage
from comments.store.threads import Order
from comments.submission import MAX_THREAD_KEY_CHARS
from comments.typed_text import has_format_character
from service.conversations import Shown, read_in_order
from service.headers import keep_private
from service.page_links import AFTER, RECEIPT, REPLY_TO, SORT, PageLinks
from service.parts import parts
from service.problems import Problem
from service.reply_form import ReplyForm, Typed, new_token


@dataclass(frozen=True, slots=True)
class Place:
    """Which thread, on which page: as the site names it."""

    site: Site
    key: str
    url: str
    title: str
    return_to: str = ""


@dataclass(frozen=True, slots=True)
class ThreadView:
    """What `_thread.html` draws. `mine` is the comment of the reader who holds its receipt."""

    place: Place
    page: ThreadPage
    order: Order
    conversations: tuple[tuple[Shown, ...], ...]
    links: PageLinks
    form: ReplyForm
    mine: Receipt | None
    receipt_token: str
    now: datetime
    orders: tuple[Order, ...] = tuple(Order)


def view_thread(place: Place, query: Mapping[str, str], links: PageLinks) -> ThreadView:
    """Read one page of a thread as `query` asks for it. Raises Problem for a query that makes no sense."""
    order, now = read_order(query.get(SORT)), parts().now()
    page = parts().store.threads.page(place.site.key, place.key, order=order, after=read_cursor(query), now=now)
    conversations = tuple(read_in_order(conversation) for conversation in page.conversations)
    mine = _find_mine(place, query.get(RECEIPT, ""))
    return ThreadView(
        place=place,
        page=page,
        order=order,
        conversations=conversations,
        links=links,
        form=_form(place, page, conversations, query.get(REPLY_TO, ""), links),
        mine=mine,
        receipt_token=query.get(RECEIPT, "") if mine else "",
        now=now,
    )


def read_thread_key(query: Mapping[str, str]) -> str:
    """Return the thread's key on the site. Raises Problem."""
    key = query.get("thread", "").strip()
    if not is_thread_key(key):
        raise Problem(400, "bad_thread", "Say which thread: `thread` is its key on the site.")
    return key


def is_thread_key(key: str) -> bool:
    """Say whether a thread can have this key: the same ones that `parse_submission` lets in."""
    return 1 <= len(key) <= MAX_THREAD_KEY_CHARS and not has_format_character(key)


def read_order(sort: str | None) -> Order:
    """Return the order asked for, the newest first when none is. Raises Problem."""
    try:
        return Order(sort) if sort else Order.NEWEST
    except ValueError:
        raise Problem(400, "bad_sort", "Sort by newest or oldest.") from None


def read_cursor(query: Mapping[str, str]) -> int | None:
    """Return where the page begins, None for the first one. Raises Problem."""
    after = query.get(AFTER, "")
    if not after:
        return None
    if not (after.isascii() and after.isdigit() and len(after) <= 15):
        raise Problem(400, "bad_cursor", "Take `after` from the page before.")
    return int(after)


def _find_mine(place: Place, token: str) -> Receipt | None:
    receipt = parts().store.receipts.find(token) if token else None
    if receipt is None or receipt.site_key != place.site.key:
        return None
    keep_private()
    return receipt


def _form(
    place: Place, page: ThreadPage, conversations: tuple[tuple[Shown, ...], ...], reply_to: str, links: PageLinks
) -> ReplyForm:
    answered = next((c for shown in conversations for c in shown if str(c.id) == reply_to and not c.is_gone), None)
    typed = Typed(
        place.site.key,
        place.key,
        place.url or page.url,
        place.title or page.title,
        parent=str(answered.id) if answered else "",
        return_to=place.return_to,
    )
    return ReplyForm(
        typed,
        new_token(place.site.key, place.key),
        answers=answered.name if answered else "",
        cancel_link=links.cancel(),
    )
