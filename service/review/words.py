"""How the desk says things: ages, decisions, authors and findings in plain words."""

from datetime import datetime, timedelta

from flask import Blueprint

from comments.masking import mask_addresses
from comments.reasons import Reason
from comments.signal import Category, Signal
from comments.status import Status
from comments.store.records import Card, DecisionRecord, History
from comments.submission import is_web_address
from service.parts import parts
from service.review.evidence import findings, marked

CATEGORIES: dict[Category, str] = {
    Category.SPAM: "spam",
    Category.INSULT: "insult",
    Category.PROFANITY: "swearing",
    Category.THREAT: "threat",
    Category.IDENTITY_ATTACK: "attack on a group",
    Category.SEXUAL: "sexual",
    Category.PERSONAL_DATA: "personal data",
    Category.STYLE: "style",
    Category.OBFUSCATION: "disguised words",
    Category.ERROR: "check failed",
}
REASONS: dict[Reason, str] = {
    Reason.OFF_TOPIC: "Off topic",
    Reason.INSULT: "Insult",
    Reason.HATE: "Hate",
    Reason.THREAT: "Threat or call for violence",
    Reason.SPAM: "Spam",
    Reason.ADVERTISING: "Advertising",
    Reason.PERSONAL_DATA: "Personal data",
    Reason.ILLEGAL: "May break the law",
    Reason.OTHER: "Against the site's rules",
}
_LIKELY_REASONS: dict[Category, Reason] = {
    Category.SPAM: Reason.SPAM,
    Category.INSULT: Reason.INSULT,
    Category.PROFANITY: Reason.INSULT,
    Category.THREAT: Reason.THREAT,
    Category.IDENTITY_ATTACK: Reason.HATE,
    Category.PERSONAL_DATA: Reason.PERSONAL_DATA,
}
_DONE: dict[Status, str] = {
    Status.APPROVED: "Approved",
    Status.REJECTED: "Rejected",
    Status.HELD: "Put back in the queue",
    Status.PENDING: "Sent to the checks",
    Status.ERASED: "Erased",
}
_ACTORS = {"policy": "the site's rules", "reader": "the author", "system": "Replydesk"}


def register(blueprint: Blueprint) -> None:
    """Give the templates these words."""
    for word in (age, ago, moment, done, made_by, author_history, note_of, category, likely_reason, is_web_address):
        blueprint.add_app_template_filter(word, f"desk_{word.__name__}")
    blueprint.add_app_template_global(findings, "desk_findings")
    blueprint.add_app_template_global(marked, "desk_marked")
    blueprint.add_app_template_filter(mask_addresses, "without_addresses")


def age(at: datetime) -> str:
    """Return how long ago, in one unit: "< 1 min", "4 min", "3 h", "2 days"."""
    passed = parts().now() - at
    if passed < timedelta(minutes=1):
        return "< 1 min"
    if passed < timedelta(hours=1):
        return f"{passed // timedelta(minutes=1)} min"
    if passed < timedelta(days=1):
        return f"{passed // timedelta(hours=1)} h"
    return _counted(passed // timedelta(days=1), "day", "days")


def ago(at: datetime) -> str:
    """Return the same within a sentence: "just now", "4 min ago"."""
    return "just now" if parts().now() - at < timedelta(minutes=1) else f"{age(at)} ago"


def moment(at: datetime) -> str:
    """Return the exact time for people; the machine's form stands beside it in the page."""
    return f"{at:%Y-%m-%d %H:%M} UTC"


def done(decision: DecisionRecord) -> str:
    """Return what a decision did: "Approved", "Rejected: insult", "Undone: back in the queue", "Looked at, …"."""
    if decision.is_confirmation:
        return "Looked at, stays public"
    if decision.undoes_id is not None:
        return f"Undone: {_STANDS[decision.new_status]}"
    if decision.reason in set(Reason):
        return f"{_DONE[decision.new_status]}{_because(Reason(decision.reason))}"
    if decision.made_by != "moderator" and decision.new_status is Status.HELD:
        return "Held"
    return "Received" if decision.old_status is None else _DONE[decision.new_status]


def _because(reason: Reason) -> str:
    return " as spam" if reason is Reason.SPAM else f": {REASONS[reason].lower()}"


_STANDS = {
    Status.HELD: "back in the queue",
    Status.APPROVED: "published again",
    Status.REJECTED: "rejected again",
}


def made_by(decision: DecisionRecord) -> str:
    """Return who decided."""
    return decision.moderator or _ACTORS.get(decision.made_by, decision.made_by)


def author_history(author: History) -> str:
    """Return how the author fared before: "3 published · 1 rejected"."""
    counts = ((author.approved, "published"), (author.held, "waiting"), (author.rejected, "rejected"))
    return " · ".join(f"{count} {word}" for count, word in counts if count) or "no earlier comments"


def category(found: Category) -> str:
    """Return a category's name in plain words."""
    return CATEGORIES[found]


def note_of(signal: Signal) -> str:
    """Return what a mark says when it is pointed at: what was found, by which check in which version, how sure."""
    return f"{CATEGORIES[signal.category]} {signal.score:.2f} · {signal.detail} · {signal.check} {signal.version}"


def likely_reason(card: Card) -> Reason | None:
    """Return the reason that the surest finding suggests; the moderator still has to send it."""
    for signal in sorted(card.signals, key=lambda signal: -signal.score):
        if not signal.shadow and signal.category in _LIKELY_REASONS:
            return _LIKELY_REASONS[signal.category]
    return None


def _counted(count: int, one: str, many: str) -> str:
    return f"{count} {one if count == 1 else many}"
