"""What the lists are called, what stands in them, and what to do when nothing does."""

from comments.queue_query import Order, Queue
from service.language import gettext


def short_name(queue: Queue) -> str:
    """Return the name in the bar."""
    return {
        Queue.REVIEW: gettext("Needs review"),
        Queue.SPAM: gettext("Spam"),
        Queue.ABUSE: gettext("Abuse"),
        Queue.APPEALS: gettext("Appeals"),
        Queue.AUDIT: gettext("Audit"),
        Queue.APPROVED: gettext("Published"),
        Queue.REJECTED: gettext("Rejected"),
    }[queue]


def title(queue: Queue) -> str:
    """Return the name as the heading of its page."""
    return {
        Queue.REVIEW: gettext("Needs review"),
        Queue.SPAM: gettext("Suspected spam"),
        Queue.ABUSE: gettext("Suspected abuse"),
        Queue.APPEALS: gettext("Appeals"),
        Queue.AUDIT: gettext("Audit sample"),
        Queue.APPROVED: gettext("Published"),
        Queue.REJECTED: gettext("Rejected"),
    }[queue]


def meaning(queue: Queue) -> str:
    """Return in one sentence what stands in the list."""
    return {
        Queue.REVIEW: gettext("Comments that wait for a person."),
        Queue.SPAM: gettext("Waiting, and the checks think of spam."),
        Queue.ABUSE: gettext("Waiting, and the checks think of abuse."),
        Queue.APPEALS: gettext("Rejected, and the author asks for another look by somebody else."),
        Queue.AUDIT: gettext("Published, and drawn at random to see what the checks miss."),
        Queue.APPROVED: gettext("What everybody can read."),
        Queue.REJECTED: gettext("What is not published, by the rules or by a moderator."),
    }[queue]


def empty(queue: Queue) -> str:
    """Return what stands where the list would be."""
    return {
        Queue.REVIEW: gettext("Nothing waits."),
        Queue.SPAM: gettext("No suspected spam waits."),
        Queue.ABUSE: gettext("No suspected abuse waits."),
        Queue.APPEALS: gettext("No appeal waits."),
        Queue.AUDIT: gettext("Nothing is due for audit."),
        Queue.APPROVED: gettext("No comment is published yet."),
        Queue.REJECTED: gettext("No comment is rejected."),
    }[queue]


def to_come(queue: Queue) -> str:
    """Return what will stand in the list and when."""
    return {
        Queue.REVIEW: gettext("New comments that a person should see will stand here, the oldest first."),
        Queue.SPAM: gettext("Comments that the checks hold as spam will stand here and in the whole queue."),
        Queue.ABUSE: gettext("Comments that the checks hold as abuse will stand here and in the whole queue."),
        Queue.APPEALS: gettext(
            "When an author appeals against a rejection, it will stand here for everybody but who rejected it."
        ),
        Queue.AUDIT: gettext(
            "Of what the checks publish, a few comments are drawn at random and stand here, public as they are, until "
            "somebody has looked at them."
        ),
        Queue.APPROVED: gettext("What the checks or a moderator publish will stand here, the latest first."),
        Queue.REJECTED: gettext("What the rules or a moderator reject will stand here, the latest first."),
    }[queue]


def order_name(order: Order) -> str:
    """Return what comes first."""
    return {
        Order.OLDEST: gettext("oldest first"),
        Order.NEWEST: gettext("newest first"),
        Order.RISK: gettext("riskiest first"),
        Order.STORY: gettext("story by story"),
    }[order]
