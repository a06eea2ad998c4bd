"""The API's bodies as models: what /api/v1/openapi.json and /docs are made from, and what tests hold the answers to.

Requests are read by `comments.submission`, whose limits stand here by name; these models describe, they do not parse.
"""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from comments import submission
from comments.reasons import Reason
from comments.status import Status
from comments.store.threads import Order
from service.readiness import Health
from service.reading import MAX_COUNTED
from service.receipt_page import MAX_APPEAL_CHARS

ThreadKey = Annotated[str, Field(min_length=1, max_length=submission.MAX_THREAD_KEY_CHARS)]
SiteKey = Annotated[str, Field(pattern=f"^{submission.SITE_KEY.pattern}$", examples=["demo"])]
CommentId = Annotated[int, Field(ge=1, le=submission.MAX_ID)]


class _Sent(BaseModel):
    """A request; unknown names are ignored."""


class _Answered(BaseModel):
    """An answer; a name that is not written here is never sent."""

    model_config = ConfigDict(extra="forbid", json_schema_mode="serialization")  # type: ignore[typeddict-unknown-key]  # read by openapi-pydantic


class ThreadSent(_Sent):
    """The article's thread, as the site names it."""

    key: ThreadKey
    url: Annotated[str | None, Field(max_length=submission.MAX_URL_CHARS, description="http or https")] = ""
    title: Annotated[str | None, Field(max_length=submission.MAX_TITLE_CHARS)] = ""
    section: Annotated[
        str | None,
        Field(description=f"Part of the site, for moderators; {submission.MAX_SECTION_CHARS} characters are kept."),
    ] = ""
    lead: Annotated[
        str | None,
        Field(
            description="The article's first words: names in them are no evidence against a comment. "
            f"{submission.MAX_LEAD_CHARS} characters are kept."
        ),
    ] = ""


class CommentSent(_Sent):
    """A reply as typed."""

    site: SiteKey
    thread: ThreadSent
    parent: Annotated[
        Annotated[int, Field(ge=0, le=submission.MAX_ID)] | None,
        Field(description="The comment it answers; null or 0 when it answers none."),
    ] = None
    name: Annotated[str, Field(min_length=1, max_length=submission.MAX_NAME_CHARS, description="Shown to everyone.")]
    email: Annotated[
        str,
        Field(
            max_length=submission.MAX_EMAIL_CHARS,
            json_schema_extra={"format": "email", "writeOnly": True},
            description="Turned into keyed hashes and dropped; it is in no answer.",
        ),
    ]
    text: Annotated[str, Field(min_length=1, max_length=submission.MAX_TEXT_CHARS, description="Plain text.")]
    notify: Annotated[
        bool | None,
        Field(
            description="Write to the author when somebody replies, where the site offers that: docs/notifications.md."
        ),
    ] = None
    remember: Annotated[
        bool | None,
        Field(description="The reader asked to have this device remembered: the answer holds its token."),
    ] = None
    altcha: Annotated[
        # Nobody is refused for a proof that is none, so any type is taken.
        object,
        Field(description="The proof of work, a string, where the site asks for one; see `/api/v1/challenge`."),
    ] = None


class CommentForm(_Sent):
    """The same as the fields of an HTML form."""

    site: SiteKey
    thread_key: ThreadKey
    thread_url: str = ""
    thread_title: str = ""
    thread_section: str = ""
    thread_lead: str = ""
    parent: str = ""
    notify: Annotated[str, Field(description="Anything but nothing: the author wants to be written to.")] = ""
    name: str
    email: str
    text: str
    remember: Annotated[str, Field(description="Anything: a browser gets a cookie that remembers the device.")] = ""
    altcha: Annotated[str, Field(description="The proof of work, where the site asks for one.")] = ""


class Accepted(_Answered):
    """The comment is on disk and will be decided on."""

    id: CommentId
    status: Status
    receipt_url: Annotated[str, Field(description="The author's private link.")]
    device_token: Annotated[
        str,
        Field(description="Only when asked for with `remember`. Send it as `Replydesk-Device` with later comments."),
    ] = ""


class Challenge(_Answered):
    """A sum for a browser: find the number from 0 to `maxnumber` for which SHA-256 of salt and number is `challenge`.

    Send Base64 of JSON with `algorithm`, `challenge`, `number`, `salt` and `signature` as `altcha` within an hour. It
    counts once, for one comment in this thread.
    """

    algorithm: Literal["SHA-256"]
    challenge: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
    maxnumber: Annotated[int, Field(ge=1)]
    salt: str
    signature: str


class PublicComment(_Answered):
    """An approved comment. One that is gone but was answered comes without its words."""

    id: CommentId
    parent: CommentId | None
    name: str
    text: Annotated[str, Field(description="Plain text: escape it, or use textContent.")]
    created_at: datetime
    is_gone: bool
    by_newsroom: Annotated[bool, Field(description="Written at the desk in the newsroom's name, never by a reader.")]
    replies: "list[PublicComment]"


class Conversation(PublicComment):
    """A comment that answers none, with its replies: 100 at most."""

    reply_count: Annotated[int, Field(ge=0, description="All approved replies, at whatever depth.")]
    next_after: Annotated[
        CommentId | None, Field(description="Send it as `after`, with `conversation`, for the next replies.")
    ]


class ThreadPage(_Answered):
    """One page of a thread, 50 conversations at most."""

    site: SiteKey
    thread: ThreadKey
    sort: Order
    total: Annotated[int, Field(ge=0, description="Approved comments in the whole thread.")]
    is_closed: bool
    is_burst: Annotated[bool, Field(description="New comments are read before they are published just now.")]
    comments: list[Conversation]
    next_after: Annotated[CommentId | None, Field(description="Send it as `after` for the next page.")]


class CountsSent(_Sent):
    """Which threads to count."""

    site: SiteKey
    threads: Annotated[list[ThreadKey], Field(min_length=1, max_length=MAX_COUNTED)]


class Counts(_Answered):
    """Approved comments by thread key."""

    counts: dict[str, Annotated[int, Field(ge=0)]]


class EditSent(_Sent):
    """A new text for a comment, within 15 minutes of the first."""

    text: Annotated[str, Field(min_length=1, max_length=submission.MAX_TEXT_CHARS, description="Plain text.")]


class AppealSent(_Sent):
    """Why a rejected comment should be published after all."""

    appeal: Annotated[str, Field(min_length=1, max_length=MAX_APPEAL_CHARS, description="Plain text.")]


class WithdrawalSent(_Sent):
    """Nothing needs to be said to take a comment back."""


class Appeal(_Answered):
    """The author's appeal against the last rejection."""

    text: str
    made_at: datetime
    answered_at: datetime | None


class Receipt(_Answered):
    """What the author may know of their comment."""

    id: CommentId
    status: Status
    sentence: str
    reason: str | None
    reason_code: Reason | None
    note: Annotated[str | None, Field(description="What the moderator wrote to the author.")]
    explanation: list[str]
    decided_by: Literal["rule", "person"] | None
    newsroom_reply_url: Annotated[str | None, Field(description="Where the newsroom's own answer to it stands.")]
    created_at: datetime
    decided_at: datetime | None
    site: SiteKey
    name: str
    text: str
    waiting_text: Annotated[str | None, Field(description="A new text in its checks, while the old one is public.")]
    edit_until: Annotated[datetime | None, Field(description="Until when the text can be changed; null if it cannot.")]
    may_appeal: bool
    appeal: Appeal | None


class ForgetSent(_Sent):
    """Which site is to forget the device in the header `Replydesk-Device`."""

    site: str


class Forgotten(_Answered):
    """Whether there was such a device."""

    forgotten: bool


class FieldProblem(_Answered):
    """What is wrong with one field, without repeating it."""

    field: str
    code: str
    message: str


class ProblemBody(_Answered):
    """RFC 9457: what went wrong. `instance` names the request in our log."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    code: str
    errors: list[FieldProblem] = []


class PartHealth(_Answered):
    """How one part is."""

    status: Health
    reason: str


class Alive(_Answered):
    """The process answers."""

    status: Literal["ok"]


class Ready(_Answered):
    """Whether comments can be kept."""

    status: Health
    checks: dict[str, PartHealth]
