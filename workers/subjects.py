"""From what the store knows of a claimed comment to what a check may look at."""

from urllib.parse import urlsplit

from comments.status import Status
from comments.store.records import Claimed, History, Similar, Site
from workers.checks.site_words import site_words
from workers.checks.subject import AuthorHistory, DoorNotes, Likeness, SiteRules, Subject
from workers.names import names_in
from workers.normalise import Normalised, normalise, pass_over


def subject_of(claimed: Claimed, text: Normalised, history: History, similar: tuple[Similar, ...]) -> Subject:
    """Return what the checks see of a comment. `text` is its text, normalised."""
    return Subject(
        name=claimed.name,
        text=claimed.text,
        normalised=without_allowed(text, claimed.site.allowed_words),
        normalised_name=without_allowed(normalise(claimed.name), claimed.site.allowed_words),
        thread_title=claimed.thread_title,
        thread_names=names_in(claimed.thread_lead),
        rules=rules_of(claimed.site),
        history=_author(history),
        likenesses=tuple(_likeness(claimed, other) for other in similar),
        door=DoorNotes(claimed.honeypot_filled, claimed.seconds_to_submit, claimed.disposable_email, claimed.door_hold),
        site_id=claimed.site.id,
    )


def _author(history: History) -> AuthorHistory:
    device = history.device
    return AuthorHistory(
        history.approved,
        history.held,
        history.rejected,
        history.last_ten_minutes,
        history.is_known,
        device_approved=device.approved if device is not None and device.is_trusted else 0,
        is_banned=history.is_banned,
    )


def rules_of(site: Site) -> SiteRules:
    """Return what the site's editors refuse and ignore, and the hosts that are the site itself."""
    hosts = (urlsplit(origin).hostname for origin in site.origins)
    return SiteRules(
        site.blocked_words,
        site.held_words,
        tuple(host for host in hosts if host),
        site.shadow_checks,
        site.allowed_words,
        site.name,
    )


def without_allowed(text: Normalised, allowed: tuple[str, ...]) -> Normalised:
    """Return the text with the words that the site allows blanked out."""
    if not allowed:
        return text
    return pass_over(text, (word for words in site_words(allowed).words_in(text) for word in words))


def _likeness(claimed: Claimed, other: Similar) -> Likeness:
    return Likeness(
        comment_id=other.comment_id,
        is_exact=other.is_exact,
        same_thread=other.thread_id == claimed.thread_id,
        same_author=other.same_author,
        was_rejected=other.status is Status.REJECTED,
    )
