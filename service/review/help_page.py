"""The help page: what each list holds, what a card shows, and the keys."""

from flask import Blueprint, render_template

from comments.queue_query import Queue
from comments.roles import Permission
from service.review import queue_words
from service.review.frame import totals
from service.review.guard import needs


def register(blueprint: Blueprint) -> None:
    """Add the page."""
    blueprint.add_url_rule("/help", "help", _help)


@needs(Permission.OWN)
def _help() -> str:
    meanings = [(queue_words.title(queue), queue_words.meaning(queue), queue_words.to_come(queue)) for queue in Queue]
    return render_template("review/help.html", meanings=meanings, **totals())
