"""What the store gives out: frozen rows without an address, and never more columns than their reader needs."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from comments.door_hold import DoorHold
from comments.looks import Look
from comments.policy import BurstMode, Policy, ProofMode
from comments.roles import Grant, Permission, Role, Scope, scope_of
from comments.signal import Signal
from comments.status import Status


@dataclass(frozen=True, slots=True)
class Site:
    """One site and what its editors set. What a check of `shadow_checks` finds is recorded and not counted.

    A comment with a blocked word is rejected, with a held one held; an allowed word is no evidence of anything.
    """

    id: int
    key: str
    name: str
    origins: tuple[str, ...]
    policy: Policy
    blocked_words: tuple[str, ...]
    held_words: tuple[str, ...]
    shadow_checks: tuple[str, ...] = ()
    allowed_words: tuple[str, ...] = ()
    close_after_days: int | None = None
    burst_mode: BurstMode = BurstMode.OFF
    rejected_text_days: int = 30
    identity_days: int = 180
    requires_second_factor: bool = False
    language: str = "en"
    reply_notices: bool = False
    proof_of_work: ProofMode = ProofMode.OFF
    contact_url: str = ""  # where readers reach the newsroom


@dataclass(frozen=True, slots=True)
class Accepted:
    """What the reader may know of a comment that was just kept, or of the twin that was kept before.

    `burst_until`: so long the story gets more comments than can go public unread; None when it does not.
    `has_device`: it counts for the device that sent it, with `device_is_new` for the one that was made for it.
    `rings`: whoever asked has to wake the workers, for all that were committed together.
    """

    id: int
    status: Status
    receipt_nonce: bytes
    is_new: bool
    receipt_hash: bytes = b""
    burst_until: datetime | None = None
    has_device: bool = False
    device_is_new: bool = False
    rings: bool = False


@dataclass(frozen=True, slots=True)
class Claimed:
    """A pending comment that one worker may check until its lease ends.

    With `is_edit` it is the new text of a comment that is public or held, and `revision` is the one it will be.
    """

    id: int
    site: Site
    thread_id: int
    thread_title: str
    parent_id: int | None
    revision: int
    name: str
    text: str
    honeypot_filled: bool
    seconds_to_submit: int | None
    disposable_email: bool
    attempts: int
    author_number: int  # of the author's first comment on this site: who wrote two comments, without a hash
    thread_url: str = ""
    thread_lead: str = ""
    burst_until: datetime | None = None  # of the thread: until then everything new is held
    door_hold: DoorHold = DoorHold.NONE

    is_edit: bool = False


@dataclass(frozen=True, slots=True)
class DevicePast:
    """How the comments of one device fared before a comment of it (of the last 200)."""

    approved: int
    rejected: int
    is_revoked: bool = False

    @property
    def is_trusted(self) -> bool:
        """Say whether the device has something published and nothing rejected."""
        return self.approved > 0 and self.rejected == 0 and not self.is_revoked


@dataclass(frozen=True, slots=True)
class History:
    """How the author of a comment fared before on this site (of the last 200), this comment left out.

    The counts go by the address that was typed. `is_known`: something was published under this very name and address;
    anyone can type both (decision 0021). `device` is the browser, None unless its reader asked to be remembered.
    """

    approved: int
    held: int
    rejected: int
    last_ten_minutes: int
    is_known: bool = False
    device: DevicePast | None = None
    is_banned: bool = False


@dataclass(frozen=True, slots=True)
class Similar:
    """An earlier comment of the site that shares fingerprint bands with a new one."""

    comment_id: int
    thread_id: int
    status: Status
    is_exact: bool
    same_author: bool


@dataclass(frozen=True, slots=True)
class PublicComment:
    """An approved comment as anyone may see it. `text` still holds what was typed: mask addresses on output.

    A comment that is not public but has public replies comes with `is_gone` and without its words.
    """

    id: int
    parent_id: int | None
    name: str
    text: str
    created_at: datetime
    is_gone: bool = False
    by_newsroom: bool = False  # written at the desk in the newsroom's name, never by a reader
    language: str = ""  # BCP 47, as the checks guessed it; empty when they could not tell


@dataclass(frozen=True, slots=True)
class Conversation:
    """One top-level comment and approved replies to it, oldest first; `earlier` are not here, but on pages before.

    `reply_count` counts all its replies. `next_after` is the cursor of its next ones, None when the last is here.
    """

    root: PublicComment
    replies: tuple[PublicComment, ...]
    reply_count: int = 0
    next_after: int | None = None
    earlier: Mapping[int, str] = field(default_factory=dict)  # the names of those that replies here answer


@dataclass(frozen=True, slots=True)
class ThreadPage:
    """One page of a thread. `version` changes whenever what is public in the thread changes.

    `next_after` is the cursor of the next page, None on the last. `is_burst`: new comments are read before they are
    published just now.
    """

    thread_id: int | None
    title: str
    url: str
    version: int
    is_closed: bool
    total: int
    conversations: tuple[Conversation, ...]
    next_after: int | None
    is_burst: bool = False


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the author may know of their comment through its private link."""

    comment_id: int
    site_key: str
    site_name: str
    thread_title: str
    thread_url: str
    name: str
    text: str
    status: Status
    created_at: datetime
    decided_at: datetime | None
    made_by: str
    reason: str | None
    explanation: tuple[str, ...]
    note: str | None = None  # what the moderator wrote to the author
    newsroom_reply_id: int | None = None  # the newsroom's public answer to it


@dataclass(frozen=True, slots=True)
class DecisionRecord:
    """One line of the audit trail. `moderator` is None when the policy, the reader or the system acted."""

    id: int
    comment_id: int
    old_status: Status | None
    new_status: Status
    made_by: str
    moderator: str | None
    reason: str | None
    note: str | None
    explanation: tuple[str, ...]
    made_at: datetime
    undoes_id: int | None
    revision: int = 1
    batch_id: int | None = None

    @property
    def is_confirmation(self) -> bool:
        """A moderator left the comment as it was: judged a sample, approved first of two, or upheld a rejection."""
        return self.made_by == "moderator" and self.old_status is self.new_status

    @property
    def look(self) -> Look | None:
        """What the moderator recorded without moving the comment; None for a move, and when that was taken back."""
        return Look(self.explanation[0]) if self.is_confirmation and len(self.explanation) == 1 else None


@dataclass(frozen=True, slots=True)
class Decided:
    """A moderator's decision with what it was about; the words are empty once the comment is erased.

    `is_latest` says that nobody has decided since, so that it can be undone.
    """

    decision: DecisionRecord
    site_name: str
    thread_title: str
    name: str
    text: str
    is_latest: bool


@dataclass(frozen=True, slots=True)
class Claim:
    """Who has a comment open, and until when unless they go on looking at it."""

    login: str
    until_at: datetime


@dataclass(frozen=True, slots=True)
class FirstApproval:
    """Who approved a comment of a sensitive thread; a second moderator must agree."""

    login: str
    made_at: datetime


@dataclass(frozen=True, slots=True)
class Appeal:
    """An author's answer to a rejection that waits for somebody else than who rejected."""

    text: str
    made_at: datetime


@dataclass(frozen=True, slots=True)
class Card:
    """A comment as a moderator sees it: no address, no hash, a pseudonym instead.

    `explanation` says why the policy decided as it last did, also after a moderator has decided or undone.
    `awaits_audit` says that it was drawn for the audit sample, is public, and nobody has judged it yet.
    `alike` counts the others of its campaign that are held, `alike_last_id` is the last of them.
    `claim` is somebody's only while its lease lasts. `previous_text` is what it said before it was edited.
    """

    id: int
    version: int
    site_key: str
    site_name: str
    thread_title: str
    thread_url: str
    name: str
    text: str
    status: Status
    created_at: datetime
    pseudonym: str
    author: History
    parent: PublicComment | None
    signals: tuple[Signal, ...]
    explanation: tuple[str, ...]
    last_decision: DecisionRecord
    awaits_audit: bool
    site_id: int
    thread_id: int
    section: str
    revision: int
    language: str
    risk: float
    suspected: str
    cluster_id: int | None
    alike: int = 0
    alike_last_id: int | None = None
    claim: Claim | None = None
    first_approval: FirstApproval | None = None
    appeal: Appeal | None = None
    note_count: int = 0
    edited_at: datetime | None = None
    previous_text: str | None = None
    by_newsroom: bool = False


@dataclass(frozen=True, slots=True)
class Moderator:
    """A person who decides. `totp_secret` is sealed; `recovery_left` counts the codes for a lost phone."""

    id: int
    login: str
    password_hash: str = field(repr=False)
    is_disabled: bool
    grants: tuple[Grant, ...] = ()
    totp_secret: bytes | None = field(default=None, repr=False)
    recovery_left: int = 0
    oidc_subject: str | None = field(default=None, repr=False)

    @property
    def has_second_factor(self) -> bool:
        """Say whether a code is asked for beside the password."""
        return self.totp_secret is not None

    def scope(self, permission: Permission) -> Scope:
        """Return the sites on which this moderator may do something."""
        return scope_of(self.grants, permission)

    def may(self, permission: Permission) -> bool:
        """Say whether this moderator may do something on any site at all."""
        return permission is Permission.OWN or bool(self.scope(permission))


@dataclass(frozen=True, slots=True)
class Session:
    """A moderator's session on the server side. `is_factor_required`: a site of theirs asks for a second factor."""

    moderator: Moderator
    csrf_token: str = field(repr=False)
    opened_at: datetime | None = None
    second_factor_at: datetime | None = None
    is_factor_required: bool = False

    @property
    def awaits_code(self) -> bool:
        """Say whether only the password was shown so far, by somebody who has a second factor."""
        return self.moderator.has_second_factor and self.second_factor_at is None

    @property
    def must_enrol(self) -> bool:
        """Say whether a second factor must be set up before anything else."""
        return self.is_factor_required and not self.moderator.has_second_factor and self.second_factor_at is None


@dataclass(frozen=True, slots=True)
class OpenSession:
    """A line in a moderator's list of sessions. `name` tells one from another and opens nothing."""

    name: str
    browser: str
    opened_at: datetime
    last_used_at: datetime
    is_this_one: bool
    awaits_code: bool


@dataclass(frozen=True, slots=True)
class Person:
    """A moderator as an admin sees them: the roles on the admin's own sites and no other.

    `is_wholly_seen` says that there are no others, so that the admin may also keep them out of the desk.
    """

    id: int
    login: str
    is_disabled: bool
    has_second_factor: bool
    grants: tuple[Grant, ...]
    is_wholly_seen: bool


@dataclass(frozen=True, slots=True)
class Invitation:
    """A role that waits for somebody who was given the link. `site_name` is None for a role on every site."""

    id: int
    site_id: int | None
    site_name: str | None
    role: Role
    invited_by_id: int
    invited_by: str
    created_at: datetime
    expires_at: datetime
