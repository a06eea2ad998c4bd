"""The reader's own comment under the article: what only they see of it, by its receipt."""

from collections.abc import Callable, Container
from dataclasses import dataclass

from comments.masking import mask_addresses
from comments.status import Status
from comments.store.records import Receipt
from service.headers import keep_private
from service.links import comment_address
from service.parts import parts
from service.receipt_words import explain, say


@dataclass(frozen=True, slots=True)
class OwnComment:
    """What `_mine.html` draws. `token` opens the receipt; `sentence` and `reasons` say why it stands as it does.

    `link` leads to the comment among the others, on this page where it is there; empty while it is not public.
    """

    receipt: Receipt
    token: str
    link: str
    sentence: str
    reasons: tuple[str, ...]
    note: str


def find_own_comment(
    site_key: str, token: str, find_shown: Callable[[], Container[int]], base: str
) -> OwnComment | None:
    """Return the comment that a receipt of this site is for; the answer is for its reader alone then.

    `find_shown` returns the comments on the reader's page; it is asked for a public comment alone.
    """
    receipt = parts().store.receipts.find(token) if token else None
    if receipt is None or receipt.site_key != site_key:
        return None
    keep_private()
    return OwnComment(
        receipt=receipt,
        token=token,
        link=_link(receipt, find_shown, base) if receipt.status is Status.APPROVED else "",
        sentence=say(receipt),
        reasons=explain(receipt),
        note=mask_addresses(receipt.note) if receipt.note else "",
    )


def _link(receipt: Receipt, find_shown: Callable[[], Container[int]], base: str) -> str:
    if receipt.comment_id in find_shown():
        return f"#comment-{receipt.comment_id}"
    return comment_address(receipt.site_key, receipt.comment_id, base)
