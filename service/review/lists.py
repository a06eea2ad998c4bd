"""The lists: what waits, what is suspected, appeals, the audit sample, what is published, and what is rejected."""

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from comments.queue_query import Queue, QueueQuery
from comments.roles import Permission
from comments.store.cards_records import QueuePage
from service.language import gettext
from service.parts import parts
from service.review import queue_words
from service.review.filters import AFTER, address, in_list, is_plain, read_filters, selects
from service.review.guard import needs, scope
from service.review.news import news

_IN_PATH = ", ".join(queue.value for queue in Queue if queue is not Queue.REVIEW)


def register(blueprint: Blueprint) -> None:
    """Add the lists."""
    blueprint.add_url_rule("/", "queue", _list, defaults={"queue": Queue.REVIEW.value})
    blueprint.add_url_rule(f"/<any({_IN_PATH}):queue>", "list", _list)


@needs(Permission.SEE)
def _list(queue: str) -> str | Response:
    query = read_filters(request.args, Queue(queue))
    if not is_plain(request.args):
        return redirect(address(query), 303)
    reads, after, now = parts().store.desk_reads, request.args.get(AFTER), parts().now()
    page = reads.page(query, scope=scope(), cursor=after, now=now)
    return render_template(
        "review/queue.html",
        page=page,
        query=query,
        counts=page.counts,
        selects=selects(query, reads.filters(query, scope=scope(), now=now)),
        words=queue_words,
        total=_total(page),
        elsewhere=_elsewhere(query) if query.words and not page.cards else (),
        is_first=after is None,
        first_page=address(query),
        next_page=None if page.next_cursor is None else address(query, page.next_cursor),
        bare=address(in_list(query.queue)),
        news=news(),
    )


def _total(page: QueuePage) -> str:
    number = f"{page.total:,}"
    return number if page.total_is_exact else gettext("%(count)s or more") % {"count": number}


def _elsewhere(query: QueueQuery) -> tuple[tuple[str, str], ...]:
    """Return the other lists in which the same words may be found: their names and addresses."""
    sought = QueueQuery(words=query.words, site_key=query.site_key)
    others = (queue for queue in (Queue.REVIEW, Queue.APPROVED, Queue.REJECTED) if queue is not query.queue)
    return tuple((queue_words.title(queue), address(in_list(queue, sought))) for queue in others)
