"""The reader's own comment under the article: what only they see of it, by its receipt."""

from dataclasses import dataclass

from comments.masking import mask_addresses
from comments.store.records import Receipt
from service.headers import keep_private
from service.parts import parts
from service.receipt_words import explain, say


@dataclass(frozen=True, slots=True)
class OwnComment:
    """What `_mine.html` draws. `token` opens the receipt; `sentence` and `reasons` say why it stands as it does."""

    receipt: Receipt
    token: str
    sentence: str
    reasons: tuple[str, ...]
    note: str


def find_own_comment(site_key: str, token: str) -> OwnComment | None:
    """Return the comment that a receipt of this site is for; the answer is for its reader alone then."""
    receipt = parts().store.receipts.find(token) if token else None
    if receipt is None or receipt.site_key != site_key:
        return None
    keep_private()
    return OwnComment(
        receipt=receipt,
        token=token,
        sentence=say(receipt),
        reasons=explain(receipt),
        note=mask_addresses(receipt.note) if receipt.note else "",
    )
