"""What every page of the desk has around it: the lists with their numbers, and the menu."""

from collections.abc import Iterator
from dataclasses import dataclass

from flask import Blueprint, current_app, request, url_for

from comments.queue_query import Queue
from comments.reasons import Reason
from comments.roles import Permission
from comments.store.cards_records import QueueCounts
from service.language import gettext
from service.parts import parts
from service.review import finding_words, queue_words
from service.review.addresses import back_to_here
from service.review.filters import address, in_list
from service.review.guard import scope, session

MAX_NOTE_CHARS = 500


@dataclass(frozen=True, slots=True)
class Link:
    """One way on. `count` is the name under which its number is kept, empty when it has none."""

    address: str
    name: str
    count: str = ""


def register(blueprint: Blueprint) -> None:
    """Give it to the templates."""
    blueprint.context_processor(_for_every_page)


def totals() -> dict[str, QueueCounts]:
    """Return the numbers beside the names of the lists, for a page that is not a list itself."""
    return {"counts": list_counts()}


def list_counts() -> QueueCounts:
    """Return how many comments every list has, within the moderator's sites."""
    return parts().store.desk_reads.counts(scope())


def _for_every_page() -> dict[str, object]:
    return {
        "reasons": {reason.value: finding_words.reason(reason) for reason in Reason},
        "max_note_chars": MAX_NOTE_CHARS,
        "moderator_session": session,
        "may_decide_on": lambda site_id: scope(Permission.DECIDE).covers(site_id),
        "may_speak_on": lambda site_id: scope(Permission.SPEAK).covers(site_id),
        "lists": _lists,
        "menu": lambda: tuple(_menu()),
        "here": lambda: back_to_here(request),
        "desk_counts": list_counts,
    }


def _lists() -> tuple[Link, ...]:
    """Return the lists in the order of their keys 1 to 8; what moderators decided stands before what is over."""
    queues = [Link(address(in_list(queue)), queue_words.short_name(queue), queue.value) for queue in Queue]
    over = [link for link in queues if link.count in (Queue.APPROVED, Queue.REJECTED)]
    waiting = [link for link in queues if link not in over]
    return (*waiting, Link(url_for("review.decided"), gettext("Decided")), *over)


def _menu() -> Iterator[Link]:
    """Return the pages that are not lists: those that are there and that the moderator may open."""
    pages = {
        "overview": gettext("Overview"),
        "settings": gettext("Settings"),
        "people": gettext("People"),
        "trail": gettext("Audit trail"),
        "account": gettext("Your account"),
        "preferences": gettext("Keys and display"),
        "help": gettext("Help"),
    }
    for name, words in pages.items():
        view = current_app.view_functions.get(f"review.{name}")
        permission = getattr(view, "permission", None)
        if permission is not None and session().moderator.may(permission):
            yield Link(url_for(f"review.{name}"), words)
