"""What a receipt says: the status in one sentence, the reasons, and whether a rule or a person decided."""

from comments.reasons import WORDS, Reason
from comments.status import Status
from comments.store.records import Receipt
from service.language import gettext

RULE, PERSON = "rule", "person"


def say(receipt: Receipt) -> str:
    """Return the status in one sentence."""
    when = f"{receipt.decided_at.day} {receipt.decided_at:%B %Y at %H:%M} UTC" if receipt.decided_at else ""
    if receipt.status is Status.APPROVED:
        return gettext("Published on %(when)s.") % {"when": when} if when else gettext("Published.")
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


def explain(receipt: Receipt) -> tuple[str, ...]:
    """Return the reasons, in sentences; empty for a comment that nothing was wrong with."""
    return receipt.explanation if receipt.status in {Status.HELD, Status.REJECTED} else ()


def decided_by_what(receipt: Receipt) -> str | None:
    """Return whether a rule or a person decided; None while nobody has."""
    if receipt.status in {Status.PENDING, Status.ERASED}:
        return None
    return PERSON if receipt.made_by == "moderator" else RULE


def words_of_reason(reason: str) -> str:
    """Return a reason's code in the site's words."""
    try:
        return gettext(WORDS[Reason(reason)])
    except ValueError:  # a reason of a newer version, read by an older one
        return gettext(WORDS[Reason.OTHER])
