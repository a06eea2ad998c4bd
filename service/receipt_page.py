"""The receipt as a page: everything the author may know and do, in the first HTML."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from flask import Response, render_template

from comments.masking import mask_addresses
from comments.status import Status
from comments.store.appeals import AuthorsAppeal
from comments.store.records import Receipt
from comments.store.revisions import EDIT_MINUTES
from comments.submission import MAX_TEXT_CHARS
from service.answers import html_answer
from service.devices import is_remembered
from service.door import door
from service.form_answers import is_page_of
from service.links import comment_address, public_base
from service.parts import parts
from service.receipt_words import decided_by_what, explain, say
from service.thread_page import Place, find_or_draw
from service.threads import fragment_links

MAX_APPEAL_CHARS = 2_000


@dataclass(frozen=True, slots=True)
class Standing:
    """How a comment stands for its author: what can still be done with it, and until when.

    `waiting_text` is a new text that waits for its checks while the old one is public, None when there is none.
    """

    receipt: Receipt
    edit_until: datetime | None
    waiting_text: str | None
    may_appeal: bool
    appeal: AuthorsAppeal | None


@dataclass(frozen=True, slots=True)
class Again:
    """A form that could not be kept: what was typed in it, and what to change."""

    typed: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    alert: str = ""


def standing_of(receipt: Receipt, now: datetime) -> Standing:
    """Look up what the author can still do."""
    store = parts().store
    edit_until = receipt.created_at + timedelta(minutes=EDIT_MINUTES)
    may_edit = receipt.status in {Status.PENDING, Status.HELD, Status.APPROVED} and now <= edit_until
    is_public, is_rejected = receipt.status is Status.APPROVED, receipt.status is Status.REJECTED
    return Standing(
        receipt=receipt,
        edit_until=edit_until if may_edit else None,
        waiting_text=store.revisions.waiting_text(receipt.comment_id) if is_public else None,
        may_appeal=is_rejected and store.appeals.may_open(receipt.comment_id, now),
        appeal=store.appeals.of(receipt.comment_id),
    )


def show_page(standing: Standing, *, token: str, again: Again | None = None, status: int = 200) -> Response:
    """Draw the page; `again` shows a form that could not be kept, with what was typed."""
    receipt, is_public = standing.receipt, standing.receipt.status is Status.APPROVED
    is_on_article = is_public and _is_on_article(receipt)
    page = render_template(
        "receipt.html",
        standing=standing,
        receipt=receipt,
        token=token,
        again=again or Again(),
        sentence=say(receipt),
        reasons=explain(receipt),
        decided_by=decided_by_what(receipt),
        note=mask_addresses(receipt.note) if receipt.note else "",
        link=_article_link(receipt, is_there=is_on_article),
        is_on_article=is_on_article,
        address="" if is_on_article or not is_public else _address_of(receipt, receipt.comment_id),
        newsroom_reply=newsroom_reply_url(receipt),
        is_remembered=is_remembered(receipt.site_key),
        max_text_chars=MAX_TEXT_CHARS,
        max_appeal_chars=MAX_APPEAL_CHARS,
    )
    return html_answer(page, status)


def newsroom_reply_url(receipt: Receipt) -> str | None:
    """Return where the newsroom's own answer stands, None while there is none."""
    if receipt.newsroom_reply_id is None:
        return None
    return _address_of(receipt, receipt.newsroom_reply_id)


def _address_of(receipt: Receipt, comment_id: int) -> str:
    return comment_address(receipt.site_key, comment_id, public_base())


def _is_on_article(receipt: Receipt) -> bool:
    """Say whether a public comment is on the first page of comments, which is what its article shows."""
    site, at = door().sites.find(receipt.site_key), parts().store.threads.place_of(receipt.site_key, receipt.comment_id)
    if site is None or at is None or not is_page_of(receipt.site_key, receipt.thread_url):
        return False
    place = Place(site, at.thread_key, receipt.thread_url, "")
    return receipt.comment_id in find_or_draw(place, {}, fragment_links(place, {}), public_base()).names


def _article_link(receipt: Receipt, *, is_there: bool) -> str:
    """Return the article when it is one of the site's own, else nothing; at the comment where that `is_there`."""
    if not is_page_of(receipt.site_key, receipt.thread_url):
        return ""
    page = receipt.thread_url.partition("#")[0]
    return f"{page}#comment-{receipt.comment_id}" if is_there else page
