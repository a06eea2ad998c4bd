"""Conversations in the order they are read: every reply below the comment it answers."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from comments.masking import mask_addresses
from comments.store.records import Conversation, PublicComment

# Deeper replies stand below each other and name the one they answer; a phone has no room for more steps.
MAX_SHOWN_DEPTH = 4


@dataclass(frozen=True, slots=True)
class Shown:
    """A comment as a page shows it. `answers` is the name it replies to, where its place no longer says so."""

    id: int
    name: str
    text: str
    created_at: datetime
    depth: int
    answers: str
    is_gone: bool
    by_newsroom: bool = False
    language: str = ""
    parent_id: int | None = None


def read_in_order(conversation: Conversation) -> tuple[Shown, ...]:
    """Return the comments of a conversation, the first one first, each followed by its replies."""
    root, earlier = conversation.root, conversation.earlier
    names = {root.id: root.name, **earlier} | {reply.id: reply.name for reply in conversation.replies}
    return tuple(
        _show(comment, depth, names, is_told=depth > 1 or comment.parent_id in earlier)
        for comment, depth in _walk(conversation)
    )


def _walk(conversation: Conversation) -> Iterator[tuple[PublicComment, int]]:
    """Yield every comment with its depth. A stack of our own: a chain of a thousand replies must not end Python's."""
    root, answers = conversation.root, replies_of(conversation)
    stack = [(root, 0)]
    while stack:
        comment, depth = stack.pop()
        yield comment, depth
        stack += [(reply, depth + 1) for reply in reversed(answers.get(comment.id, ()))]


def replies_of(conversation: Conversation) -> dict[int, list[PublicComment]]:
    """Return the direct replies by comment. One whose parent is not public any more answers the first comment."""
    public = {conversation.root.id} | {reply.id for reply in conversation.replies}
    answers: dict[int, list[PublicComment]] = {}
    for reply in conversation.replies:
        parent = reply.parent_id if reply.parent_id in public else conversation.root.id
        answers.setdefault(parent or conversation.root.id, []).append(reply)
    return answers


def _show(comment: PublicComment, depth: int, names: dict[int, str], *, is_told: bool) -> Shown:
    return Shown(
        id=comment.id,
        name=mask_addresses(comment.name),
        text=mask_addresses(comment.text),
        created_at=comment.created_at,
        depth=min(depth, MAX_SHOWN_DEPTH),
        answers=mask_addresses(names.get(comment.parent_id or 0, "")) if is_told else "",
        is_gone=comment.is_gone,
        by_newsroom=comment.by_newsroom,
        language=comment.language,
        parent_id=comment.parent_id,
    )
