"""What the checks found, in plain words: categories, checks, reasons and the note at a mark."""

from comments.reasons import Reason
from comments.signal import Category, Signal
from comments.store.records import Card
from service.language import gettext

_LIKELY_REASONS: dict[Category, Reason] = {
    Category.SPAM: Reason.SPAM,
    Category.INSULT: Reason.INSULT,
    Category.PROFANITY: Reason.INSULT,
    Category.THREAT: Reason.THREAT,
    Category.IDENTITY_ATTACK: Reason.HATE,
    Category.PERSONAL_DATA: Reason.PERSONAL_DATA,
}


def category(found: Category) -> str:
    """Return a category's name."""
    return {
        Category.SPAM: gettext("spam"),
        Category.INSULT: gettext("insult"),
        Category.PROFANITY: gettext("swearing"),
        Category.THREAT: gettext("threat"),
        Category.IDENTITY_ATTACK: gettext("attack on a group"),
        Category.SEXUAL: gettext("sexual"),
        Category.PERSONAL_DATA: gettext("personal data"),
        Category.STYLE: gettext("style"),
        Category.OBFUSCATION: gettext("disguised words"),
        Category.ARRIVAL: gettext("how it came in"),
        Category.ERROR: gettext("check failed"),
    }[found]


def reason(why: Reason) -> str:
    """Return a reason as a moderator picks it."""
    return {
        Reason.OFF_TOPIC: gettext("Off topic"),
        Reason.INSULT: gettext("Insult"),
        Reason.HATE: gettext("Hate"),
        Reason.THREAT: gettext("Threat or call for violence"),
        Reason.SPAM: gettext("Spam"),
        Reason.ADVERTISING: gettext("Advertising"),
        Reason.PERSONAL_DATA: gettext("Personal data"),
        Reason.ILLEGAL: gettext("May break the law"),
        Reason.OTHER: gettext("Against the site's rules"),
    }[why]


def check(name: str) -> str:
    """Return what a check looks for; one that has no name in plain words is called what it calls itself."""
    return {
        "blocklist": gettext("the site's word lists"),
        "contact_details": gettext("contact details"),
        "disposable_email": gettext("throw-away mailbox"),
        "door": gettext("machine at the form"),
        "duplicates": gettext("the same text again"),
        "history": gettext("the author's past"),
        "links": gettext("links"),
        "models": gettext("learned wording"),
        "name": gettext("the author's name"),
        "obfuscation": gettext("disguised words"),
        "shouting": gettext("shouting"),
        "slurs": gettext("slurs and insults"),
        "templates": gettext("advertising templates"),
        "threats": gettext("threats"),
    }.get(name, name.replace("_", " "))


def note_of(signal: Signal) -> str:
    """Return what a mark says when it is pointed at: what was found, how sure, by which check in which version."""
    return f"{category(signal.category)} {signal.score:.2f} · {signal.check} {signal.version}"


def likely_reason(card: Card) -> Reason | None:
    """Return the reason that the surest finding suggests; the moderator still has to send it."""
    for signal in sorted(card.signals, key=lambda signal: -signal.score):
        if not signal.shadow and signal.category in _LIKELY_REASONS:
            return _LIKELY_REASONS[signal.category]
    return None
