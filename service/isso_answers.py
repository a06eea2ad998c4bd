"""Answers in Isso's shapes. Its clients put name and text into the page as HTML, so both are escaped here."""

from datetime import datetime

from comments.masking import mask_addresses
from comments.status import Status
from comments.store.flat_threads import FlatPage, Slice
from comments.store.records import PublicComment, Receipt
from service.parts import parts
from service.rendered import paragraphs, shown_name

# What Isso's clients want to know of a server, and keep instead of their own settings.
CONFIG: dict[str, bool] = {
    "reply-to-self": True,
    "require-email": True,
    "require-author": True,
    "reply-notifications": False,
    "gravatar": False,
    "avatar": True,
    "vote": False,
    "feed": False,
}
_PUBLIC, _WAITING, _GONE = 1, 2, 4
_HASH_CHARS = 12


def fields_of_page(site_key: str, uri: str, part: Slice, page: FlatPage) -> dict[str, object]:
    """Return one part of a thread."""
    replies = []
    for shown in page.comments:
        fields = _fields_of(site_key, uri, shown.comment)
        if part.parent is None:
            fields["total_replies"] = shown.reply_count
            fields["hidden_replies"] = max(0, shown.reply_count - len(shown.replies))
            fields["replies"] = [_fields_of(site_key, uri, reply) for reply in shown.replies]
        replies.append(fields)
    return {
        "id": part.parent,
        "total_replies": page.total,
        "hidden_replies": max(0, page.level - len(replies) - part.offset),
        "replies": replies,
        "config": CONFIG,
    }


def fields_of_kept(site_key: str, uri: str, kept: Receipt, parent: object) -> dict[str, object]:
    """Return a comment for the one who has just sent it."""
    answered = int(parent) if isinstance(parent, int | str) and parent else None
    mode = _PUBLIC if kept.status is Status.APPROVED else _WAITING
    return {
        **_shape(kept.comment_id, answered or None, mode, kept.created_at),
        "text": paragraphs(kept.text),
        "author": shown_name(kept.name),
        "hash": hash_of(site_key, uri, kept.name),
    }


def hash_of(site_key: str, uri: str, name: str) -> str:
    """Return what a client draws a picture from: the shown name in this thread, keyed, and nothing of an address."""
    named = "\0".join((site_key, uri, mask_addresses(name)))
    return parts().key.digest("isso", named.encode()).hex()[:_HASH_CHARS]


def _fields_of(site_key: str, uri: str, comment: PublicComment) -> dict[str, object]:
    shape = _shape(comment.id, comment.parent_id, _GONE if comment.is_gone else _PUBLIC, comment.created_at)
    if comment.is_gone:
        return {**shape, "text": "", "author": None, "hash": hash_of(site_key, uri, "")}
    return {
        **shape,
        "text": paragraphs(comment.text),
        "author": shown_name(comment.name),
        "hash": hash_of(site_key, uri, comment.name),
    }


def _shape(comment_id: int, parent: int | None, mode: int, created_at: datetime) -> dict[str, object]:
    return {
        "id": comment_id,
        "parent": parent,
        "website": None,
        "mode": mode,
        "created": created_at.timestamp(),
        "modified": None,
        "likes": 0,
        "dislikes": 0,
        "notification": 0,
    }
