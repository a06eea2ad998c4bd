"""A site's settings as a form sends them: into a Site, or a sentence for each field that cannot be taken."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from comments.calibration import Family, shares
from comments.policy import BurstMode, Mode, ProofMode
from comments.store.records import Site
from comments.store.site_changes import settings_of
from comments.submission import is_contact_url
from comments.typed_text import has_forbidden_character
from comments.word_list import BadWordList, parse_word_list
from service.language import LANGUAGES, gettext
from service.review import settings_words

MAX_NAME_CHARS = 80
MAX_DAYS = 3650
_DAYS = frozenset({"close_after_days", "rejected_text_days", "identity_days"})
_TARGETS = {"spam_false_positives": Family.SPAM, "abuse_false_positives": Family.ABUSE}


class BadForm(Exception):  # noqa: N818 - named for what it says, as in STYLE.md
    """Raised with a sentence for each field, and nothing is changed."""

    def __init__(self, problems: dict[str, str]) -> None:
        super().__init__("bad form")
        self.problems = problems


def fields_of(site: Site) -> dict[str, str]:
    """Return what the form shows for a site: a string for each field, an empty one for "none"."""
    return {name: _typed(value) for name, value in settings_of(site).items()} | {"version": site.policy.version}


def shown_again(typed: Mapping[str, str]) -> dict[str, str]:
    """Return what the form shows of what was typed: all words, no number of days that is none, no address as a page."""
    shown = {name: "" if name in _DAYS and not value.isdigit() else value for name, value in typed.items()}
    return shown | {"contact_url": ""} if "@" in shown.get("contact_url", "") else shown


def _typed(value: Any) -> str:
    if value is None or value is False:
        return ""
    if isinstance(value, list):
        return "\n".join(value)
    return f"{value:g}" if isinstance(value, float) else str(value)


def read(typed: Mapping[str, str], site: Site, *, may_require_factor: bool) -> Site:
    """Return the site as the form wants it; what the form does not have stays. Raises BadForm."""
    reader = _Reader(typed)
    policy = replace(
        site.policy,
        mode=reader.choice("mode", Mode, site.policy.mode),
        spam_false_positives=reader.target("spam_false_positives"),
        abuse_false_positives=reader.target("abuse_false_positives"),
    )
    wanted = replace(
        site,
        name=reader.name(),
        policy=policy,
        close_after_days=reader.days("close_after_days", may_be_empty=True),
        burst_mode=reader.choice("burst_mode", BurstMode, site.burst_mode),
        proof_of_work=reader.choice("proof_of_work", ProofMode, site.proof_of_work),
        rejected_text_days=reader.days("rejected_text_days") or site.rejected_text_days,
        identity_days=reader.days("identity_days") or site.identity_days,
        language=reader.language(),
        contact_url=reader.contact_url(),
        blocked_words=reader.words("blocked_words"),
        held_words=reader.words("held_words"),
        allowed_words=reader.words("allowed_words"),
    )
    if reader.problems:
        raise BadForm(reader.problems)
    if typed.get("offers_notices"):  # the form shows the box only where mail can be sent
        wanted = replace(wanted, reply_notices=bool(typed.get("reply_notices")))
    if may_require_factor:
        wanted = replace(wanted, requires_second_factor=bool(typed.get("requires_second_factor")))
    return wanted


@dataclass
class _Reader:
    """Collects what is wrong while the fields are read."""

    typed: Mapping[str, str]
    problems: dict[str, str] = field(default_factory=dict)

    def name(self) -> str:
        name = " ".join(self.typed.get("name", "").split())
        if not name or len(name) > MAX_NAME_CHARS or has_forbidden_character(name):
            self.problems["name"] = gettext("Give the site a name of at most %(number)s characters.") % {
                "number": MAX_NAME_CHARS
            }
        return name

    def choice(self, name: str, kind: type[Any], current: Any) -> Any:
        try:
            return kind(self.typed.get(name, ""))
        except ValueError:
            self.problems[name] = gettext("Choose one of these.")
            return current

    def target(self, name: str) -> float | None:
        known = {f"{share:g}": share for share in shares(_TARGETS[name])}
        value = self.typed.get(name, "")
        if value and value not in known:
            self.problems[name] = gettext("Choose one of these.")
        return known.get(value)

    def words(self, name: str) -> tuple[str, ...]:
        try:
            return parse_word_list(self.typed.get(name, ""))
        except BadWordList as bad:
            self.problems[name] = settings_words.faults(bad)
            return ()

    def days(self, name: str, *, may_be_empty: bool = False) -> int | None:
        value = self.typed.get(name, "").strip()
        if not value and may_be_empty:
            return None
        if not (
            value.isascii() and value.isdigit() and len(value) <= len(str(MAX_DAYS)) and 1 <= int(value) <= MAX_DAYS
        ):
            self.problems[name] = gettext("Give a number of days from 1 to %(number)s.") % {"number": f"{MAX_DAYS:,}"}
            return None
        return int(value)

    def contact_url(self) -> str:
        url = self.typed.get("contact_url", "").strip()
        if url and not is_contact_url(url):
            self.problems["contact_url"] = gettext(
                "Give the full web address of a page, without an email address in it."
            )
        return url

    def language(self) -> str:
        code = self.typed.get("language", "")
        if code not in LANGUAGES:
            self.problems["language"] = gettext("Choose one of these.")
        return code
