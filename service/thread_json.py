"""A thread as JSON, made once for each version of it: most readers of a hot thread ask for the same bytes."""

import hashlib
import json
from dataclasses import dataclass

from comments.masking import mask_addresses
from comments.store.records import Conversation, PublicComment, ThreadPage
from comments.store.threads import Order
from service.conversations import replies_of

# Deeper replies stand beside each other at this level (`parent` still says which one they answer): JSON readers, our
# own among them, give up on deep nesting.
MAX_JSON_DEPTH = 100


@dataclass(frozen=True, slots=True)
class Asked:
    """What a reader asked for, and which version of the thread that was."""

    site: str
    thread: str
    order: Order
    conversation: int | None
    after: int | None
    version: int


@dataclass(frozen=True, slots=True)
class Made:
    """The bytes of one answer and the tag that names them."""

    body: bytes
    etag: str


def make(asked: Asked, page: ThreadPage) -> Made:
    """Return the answer for one page of a thread."""
    payload = {
        "site": asked.site,
        "thread": asked.thread,
        "sort": asked.order.value,
        "total": page.total,
        "is_closed": page.is_closed,
        "is_burst": page.is_burst,
        "comments": [_conversation_fields(conversation) for conversation in page.conversations],
        "next_after": page.next_after,
    }
    body = json.dumps(payload, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()
    return Made(body, tag_of(body))


def tag_of(body: bytes) -> str:
    """Return the tag that names these bytes."""
    return hashlib.sha256(body).hexdigest()[:24]


def _conversation_fields(conversation: Conversation) -> dict[str, object]:
    """Return the first comment with its replies inside each other, without recursion."""
    answers = replies_of(conversation)
    top = _fields(conversation.root)
    top[0].update(reply_count=conversation.reply_count, next_after=conversation.next_after)
    # Each entry: a comment's id, the list its replies go into, and how deep that list is.
    stack: list[tuple[int, list[dict[str, object]], int]] = [(conversation.root.id, top[1], 1)]
    while stack:
        comment_id, inside, depth = stack.pop()
        for reply in answers.get(comment_id, ()):
            fields, replies = _fields(reply)
            inside.append(fields)
            stack.append((reply.id, replies, depth + 1) if depth < MAX_JSON_DEPTH else (reply.id, inside, depth))
    return top[0]


def _fields(comment: PublicComment) -> tuple[dict[str, object], list[dict[str, object]]]:
    replies: list[dict[str, object]] = []
    fields: dict[str, object] = {
        "id": comment.id,
        "parent": comment.parent_id,
        "name": mask_addresses(comment.name),
        "text": mask_addresses(comment.text),
        "created_at": f"{comment.created_at:%Y-%m-%dT%H:%M:%SZ}",
        "is_gone": comment.is_gone,
        "by_newsroom": comment.by_newsroom,
        "replies": replies,
    }
    return fields, replies
