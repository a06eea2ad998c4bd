"""All a check may look at: the comment, what the site refuses, and what came before."""

from dataclasses import dataclass, field

from comments.door_hold import DoorHold
from comments.signal import Signal
from workers.checks.reading import Reading
from workers.normalise import Normalised


@dataclass(frozen=True, slots=True)
class SiteRules:
    """What one site's editors refuse or accept. Words are matched whole; one with a star where a word begins so.

    What the checks named in `shadow_checks` find is recorded and not counted. Allowed words are no evidence: they are
    blanked out of the normalised text and name before any check reads them.
    """

    blocked_words: tuple[str, ...] = ()
    held_words: tuple[str, ...] = ()
    own_hosts: tuple[str, ...] = ()
    shadow_checks: tuple[str, ...] = ()
    allowed_words: tuple[str, ...] = ()
    own_name: str = ""  # what the site calls itself: its own replies stand under this name, and no reader's


@dataclass(frozen=True, slots=True)
class AuthorHistory:
    """How this author key fared on this site before; all zero for somebody new.

    Rejections may lower trust. Approvals must never raise it (anyone can type anyone's address, DESIGN §1.4).
    A device whose reader asked to be remembered may: its token is random, and `device_approved` counts only while none
    of its comments stands rejected. It and `is_known` do no more than tell a first-time author from a known one where
    the site holds first-timers; no score is lowered by either.
    """

    approved: int = 0
    held: int = 0
    rejected: int = 0
    last_ten_minutes: int = 0
    is_known: bool = False
    device_approved: int = 0
    is_banned: bool = False


@dataclass(frozen=True, slots=True)
class Likeness:
    """An earlier comment of this site with the same or nearly the same text."""

    comment_id: int
    is_exact: bool
    same_thread: bool
    same_author: bool
    was_rejected: bool


@dataclass(frozen=True, slots=True)
class DoorNotes:
    """What the web process saw and kept only as flags."""

    honeypot_filled: bool = False
    seconds_to_submit: int | None = None
    disposable_email: bool = False
    hold: DoorHold = DoorHold.NONE


@dataclass(frozen=True, slots=True)
class Subject:
    """One revision of one comment as the checks see it. No email, no network.

    `reading` is what the models made of the text, None where no models are in use. `external` is what checkers outside
    this installation have already said; it is weighed with the rest.
    """

    name: str
    text: str
    normalised: Normalised
    normalised_name: Normalised
    thread_title: str = ""
    thread_names: tuple[str, ...] = ()  # in the article's lead
    rules: SiteRules = field(default_factory=SiteRules)
    history: AuthorHistory = field(default_factory=AuthorHistory)
    likenesses: tuple[Likeness, ...] = ()
    door: DoorNotes = field(default_factory=DoorNotes)
    reading: Reading | None = None
    site_id: int = 0
    external: tuple[Signal, ...] = ()
    is_burst: bool = False  # the story gets so many comments that none is published unread

    @property
    def context(self) -> str:
        """The words that say what the article is about: its title, and the names in its lead."""
        return "\n".join((self.thread_title, *self.thread_names)).strip()
