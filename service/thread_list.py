"""One page of a thread as HTML, cut where it would be too much for a first page, whatever was written in it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from flask import current_app, render_template
from markupsafe import Markup

from comments.masking import mask_addresses
from comments.store.records import Conversation, ThreadPage
from comments.store.threads import Order
from service.conversations import Shown, read_in_order
from service.page_links import PageLinks
from service.parts import parts

# A page is held to 60 KiB (docs/reading.md); head and form take less than the rest.
LIST_BYTES = 53 * 1024


@dataclass(frozen=True, slots=True)
class Asked:
    """Which part of a thread a reader asked for. With a `conversation`, `after` is a cursor of its replies."""

    order: Order
    conversation: int | None
    after: int | None


@dataclass(frozen=True, slots=True)
class DrawnList:
    """One page of a thread as HTML, with what the page around it needs to know. `names` are those that are shown.

    `article_url` is the article's address if it is the site's own, `feed` the address of the thread's feed.
    """

    page: ThreadPage
    names: Mapping[int, str]
    html: Markup
    article_url: str
    feed: str


@dataclass(frozen=True, slots=True)
class _Drawn:
    """A conversation with the HTML of its comments, in the order they are read."""

    conversation: Conversation
    comments: tuple[Markup, ...]

    @property
    def left(self) -> int:
        """How many replies come after those that are here, on a page that begins with the first."""
        return self.conversation.reply_count - len(self.conversation.replies)


_Draw = Callable[[Shown], Markup]


def draw_list(page: ThreadPage, asked: Asked, links: PageLinks, *, article_url: str, feed: str) -> DrawnList:
    """Draw as much of the page as fits, one comment at least; its links lead to the rest."""
    template = current_app.jinja_env.get_template("_comment.html")
    draw = template.make_module({"links": links, "is_closed": page.is_closed, "now": parts().now()}).draw  # type: ignore[attr-defined]  # a macro
    drawn = tuple(_fitting(page.conversations, lambda comment: Markup(draw(comment))))  # noqa: S704 - a template of ours, autoescaped
    if len(drawn) < len(page.conversations):
        page = replace(page, next_after=drawn[-1].conversation.root.id)
    html = render_template(
        "_list.html",
        page=page,
        asked=asked,
        orders=tuple(Order),
        drawn=drawn,
        links=links,
        article_url=article_url,
        feed=feed,
    )
    return DrawnList(page, _names(drawn), Markup(html), article_url, feed)  # noqa: S704 - as above


def _fitting(conversations: tuple[Conversation, ...], draw: _Draw) -> Iterator[_Drawn]:
    left = LIST_BYTES
    for number, conversation in enumerate(conversations):
        shown = read_in_order(conversation)
        html = {comment.id: draw(comment) for comment in shown}
        sizes = {comment_id: len(piece.encode()) for comment_id, piece in html.items()}
        left -= sum(sizes.values())
        if left < 0 and number == 0:
            conversation = _cut(conversation, sizes)  # noqa: PLW2901 - the same one, as much of it as fits
            shown = read_in_order(conversation)
        elif left < 0:
            return
        yield _Drawn(conversation, tuple(html[comment.id] for comment in shown))


def _cut(conversation: Conversation, sizes: Mapping[int, int]) -> Conversation:
    """Return the beginning of a conversation that alone is more than a page: its root, and a reply at least.

    What a reply answers was written before it, so that no reply loses its place.
    """
    left, shown = LIST_BYTES - sizes[conversation.root.id], 0
    for reply in conversation.replies:
        left -= sizes[reply.id]
        if left < 0 and shown:
            break
        shown += 1
    replies = conversation.replies[:shown]
    is_whole = shown == len(conversation.replies)
    return replace(conversation, replies=replies, next_after=conversation.next_after if is_whole else replies[-1].id)


def _names(drawn: tuple[_Drawn, ...]) -> dict[int, str]:
    """Return who wrote what is shown, by comment, ready to be shown again."""
    return {
        comment.id: mask_addresses(comment.name)
        for each in drawn
        for comment in (each.conversation.root, *each.conversation.replies)
        if not comment.is_gone
    }
