"""What the reply form shows: where it posts to, whom it answers, and what was typed before."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode

from comments import submission
from comments.policy import ProofMode
from comments.store.records import Site
from service import proof_of_work, time_trap
from service.parts import parts

# People never see this field, and no browser fills it in by itself as it would "website" or "phone".
HONEYPOT = "subject"
# The unticked box of who wants to be written to when somebody replies.
NOTIFY = "notify"
# The value of `return_to` that brings the reader back to our own page instead of the article.
OUR_PAGE = "threads"


@dataclass(frozen=True, slots=True)
class Typed:
    """The fields of the form, empty when they were not sent. The address is not among them: it is never shown again."""

    site: str
    thread_key: str
    thread_url: str = ""
    thread_title: str = ""
    parent: str = ""
    name: str = ""
    text: str = ""
    return_to: str = ""
    thread_section: str = ""
    thread_lead: str = ""
    notify: str = ""
    remember: str = ""


@dataclass(frozen=True, slots=True)
class ReplyForm:
    """One form on one page. `errors` are sentences by field; `alert` is what concerns no single field.

    `challenge` is where a browser gets the proof of work that is asked for, below our address; empty when none is.
    """

    typed: Typed
    token: str
    answers: str = ""
    cancel_link: str = ""
    alert: str = ""
    offers_notices: bool = False
    offers_device: bool = True
    errors: Mapping[str, str] = field(default_factory=dict)
    max_name_chars: int = submission.MAX_NAME_CHARS
    max_email_chars: int = submission.MAX_EMAIL_CHARS
    max_text_chars: int = submission.MAX_TEXT_CHARS
    honeypot: str = HONEYPOT
    token_field: str = time_trap.FIELD
    notify_field: str = NOTIFY
    proof_field: str = proof_of_work.FIELD
    challenge: str = ""


def offers_notices(site: Site | None) -> bool:
    """Say whether the form asks who wants to be written to."""
    return site is not None and site.reply_notices and parts().sealing_key is not None


def challenge_for(site: Site | None, thread_key: str, *, is_burst: bool = False) -> str:
    """Return where the browser gets its challenge; empty unless one is asked for now."""
    mode = ProofMode.OFF if site is None else site.proof_of_work
    if site is None or mode is ProofMode.OFF or (mode is ProofMode.BURSTS and not is_burst):
        return ""
    return f"/api/v1/challenge?{urlencode({'site': site.key, 'thread': thread_key})}"


def new_token(site: str, thread_key: str) -> str:
    """Return a time trap's note for a form that is given out now."""
    return time_trap.make_token(parts().key, site, thread_key, parts().now())
