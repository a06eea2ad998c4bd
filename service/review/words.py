"""How the desk says things: ages, decisions, authors and languages in plain words of the moderator's language."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cache

from babel import Locale, parse_locale
from flask import Blueprint

from comments.looks import Look
from comments.masking import mask_addresses
from comments.reasons import Reason
from comments.status import Status
from comments.store.records import DecisionRecord, History
from comments.submission import is_web_address
from service.language import gettext, language, ngettext
from service.parts import parts
from service.review.evidence import findings, marked
from service.review.finding_words import category, check, likely_reason, note_of, reason


def register(blueprint: Blueprint) -> None:
    """Give the templates these words."""
    words: tuple[Callable[..., object], ...] = (age, ago, moment, done, made_by, author_history, status, language_name)
    for word in (*words, category, check, likely_reason, note_of, reason, is_web_address):
        blueprint.add_app_template_filter(word, f"desk_{word.__name__}")
    blueprint.add_app_template_global(findings, "desk_findings")
    blueprint.add_app_template_global(marked, "desk_marked")
    blueprint.add_app_template_filter(mask_addresses, "without_addresses")


def age(at: datetime) -> str:
    """Return how long ago, in one unit: "< 1 min", "4 min", "3 h", "2 days"."""
    passed = parts().now() - at
    if passed < timedelta(minutes=1):
        return gettext("< 1 min")
    if passed < timedelta(hours=1):
        return gettext("%(count)d min") % {"count": passed // timedelta(minutes=1)}
    if passed < timedelta(days=1):
        return gettext("%(count)d h") % {"count": passed // timedelta(hours=1)}
    days = passed // timedelta(days=1)
    return ngettext("%(count)d day", "%(count)d days", days) % {"count": days}


def ago(at: datetime) -> str:
    """Return the same within a sentence: "just now", "4 min ago"."""
    passed = parts().now() - at
    if passed < timedelta(minutes=1):
        return gettext("just now")
    if passed < timedelta(hours=1):
        return gettext("%(count)d min ago") % {"count": passed // timedelta(minutes=1)}
    if passed < timedelta(days=1):
        return gettext("%(count)d h ago") % {"count": passed // timedelta(hours=1)}
    days = passed // timedelta(days=1)
    return ngettext("%(count)d day ago", "%(count)d days ago", days) % {"count": days}


def moment(at: datetime) -> str:
    """Return the exact time for people; the machine's form stands beside it in the page."""
    return f"{at:%Y-%m-%d %H:%M} UTC"


def done(decision: DecisionRecord) -> str:
    """Return what a decision did: "Approved", "Rejected: insult", "Undone: back in the queue", "Looked at, …"."""
    if decision.is_confirmation:
        return _taken_back(decision.new_status) if decision.look is None else _left_as_it_was(decision.look)
    if decision.undoes_id is not None:
        return _undone(decision.new_status)
    if decision.reason in set(Reason):
        return _rejected_for(Reason(decision.reason))
    if decision.old_status is None and decision.new_status is Status.HELD:
        return gettext("Written at the desk")
    if decision.made_by != "moderator" and decision.new_status is Status.HELD:
        return gettext("Held")
    return gettext("Received") if decision.old_status is None else _moved(decision.new_status)


def _left_as_it_was(look: Look) -> str:
    return {
        Look.SAMPLE: gettext("Looked at, stays public"),
        Look.FIRST_APPROVAL: gettext("Approved by the first of two"),
        Look.UPHELD: gettext("Appeal refused, stays rejected"),
    }[look]


def _taken_back(now: Status) -> str:
    return {
        Status.APPROVED: gettext("Undone: waits for a look again"),
        Status.HELD: gettext("Undone: the first approval is taken back"),
        Status.REJECTED: gettext("Undone: the appeal waits again"),
    }.get(now, gettext("Undone"))


def _undone(now: Status) -> str:
    return {
        Status.APPROVED: gettext("Undone: published again"),
        Status.HELD: gettext("Undone: back in the queue"),
        Status.REJECTED: gettext("Undone: rejected again"),
    }.get(now, gettext("Undone"))


def _rejected_for(why: Reason) -> str:
    if why is Reason.SPAM:
        return gettext("Rejected as spam")
    return gettext("Rejected: %(reason)s") % {"reason": reason(why).lower()}


def _moved(now: Status) -> str:
    return {
        Status.APPROVED: gettext("Approved"),
        Status.REJECTED: gettext("Rejected"),
        Status.HELD: gettext("Put back in the queue"),
        Status.PENDING: gettext("Sent to the checks"),
        Status.ERASED: gettext("Erased"),
    }[now]


def made_by(decision: DecisionRecord) -> str:
    """Return who decided."""
    if decision.moderator:
        return decision.moderator
    return {
        "policy": gettext("the site's rules"),
        "reader": gettext("the author"),
        "system": "Replydesk",
        "import": gettext("an import"),
    }.get(decision.made_by, decision.made_by)


def status(now: Status) -> str:
    """Return where a comment stands."""
    return {
        Status.PENDING: gettext("with the checks"),
        Status.APPROVED: gettext("published"),
        Status.HELD: gettext("waiting"),
        Status.REJECTED: gettext("rejected"),
        Status.ERASED: gettext("erased"),
    }[now]


def author_history(author: History) -> str:
    """Return how the author fared before: "3 published · 1 rejected · known device, 2 published"."""
    counts = (
        (author.approved, ngettext("%(count)d published", "%(count)d published", author.approved)),
        (author.held, ngettext("%(count)d waiting", "%(count)d waiting", author.held)),
        (author.rejected, ngettext("%(count)d rejected", "%(count)d rejected", author.rejected)),
    )
    said = [words % {"count": count} for count, words in counts if count]
    return " · ".join([" · ".join(said) or gettext("no earlier comments"), *_device(author)])


def _device(author: History) -> list[str]:
    device = author.device
    if device is None:
        return []
    if device.is_trusted:
        words = ngettext("known device, %(count)d published", "known device, %(count)d published", device.approved)
        return [words % {"count": device.approved}]
    if device.rejected or device.is_revoked:
        return [gettext("device not trusted after a rejection")]
    return [gettext("remembered device, nothing published yet")]


def language_name(code: str) -> str:
    """Return a language's name in the moderator's language; the code itself where nobody has named it."""
    return _language_name(code, language())


@cache
def _language_name(code: str, inside: str) -> str:
    """Return the name from what Babel knows of `inside`: of languages we have no words in, the image knows nothing."""
    try:
        tongue, place, *_ = parse_locale(code, sep="-")
    except ValueError:
        return code
    names = Locale.parse(inside)
    name = names.languages.get(tongue, code)
    return f"{name} ({names.territories.get(place, place)})" if place and name != code else name
