"""What a receipt says: the status in one sentence, the reasons, and whether a rule or a person decided."""

from datetime import datetime

from comments.reasons import WORDS, Reason
from comments.status import Status
from comments.store.records import Receipt
from service.explanations import say_anew
from service.language import gettext, said
from service.times import day

RULE, PERSON = "rule", "person"


def say(receipt: Receipt) -> str:
    """Return the status in one sentence."""
    if receipt.status is Status.APPROVED:
        return _published(receipt.decided_at)
    if receipt.status is Status.REJECTED:
        return (
            gettext("Not published: %(why)s.") % {"why": words_of_reason(receipt.reason)}
            if receipt.reason
            else gettext("Not published.")
        )
    return {
        Status.PENDING: gettext("Waiting for its checks. They usually take a few seconds."),
        Status.HELD: gettext("Waiting for a moderator."),
        Status.ERASED: gettext("Erased, as it was asked for."),
    }[receipt.status]


def _published(at: datetime | None) -> str:
    if at is None:
        return gettext("Published.")
    return gettext("Published on %(day)s at %(time)s UTC.") % {"day": day(at), "time": f"{at:%H:%M}"}


def explain(receipt: Receipt) -> tuple[str, ...]:
    """Return the reasons, in sentences; empty for a comment that nothing was wrong with."""
    if receipt.status not in {Status.HELD, Status.REJECTED}:
        return ()
    return tuple(say_anew(sentence) for sentence in receipt.explanation)


def decided_by_what(receipt: Receipt) -> str | None:
    """Return whether a rule or a person decided; None while nobody has."""
    if receipt.status in {Status.PENDING, Status.ERASED}:
        return None
    return PERSON if receipt.made_by == "moderator" else RULE


def words_of_reason(reason: str) -> str:
    """Return a reason's code in the site's words."""
    try:
        return said(WORDS[Reason(reason)])
    except ValueError:  # a reason of a newer version, read by an older one
        return said(WORDS[Reason.OTHER])
