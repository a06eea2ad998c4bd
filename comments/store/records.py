"""What the store gives out: frozen rows without an address, and never more columns than their reader needs."""

from dataclasses import dataclass
from datetime import datetime

from comments.policy import Policy
from comments.roles import Grant, Permission, Scope, scope_of
from comments.signal import Signal
from comments.status import Status


@dataclass(frozen=True, slots=True)
class Site:
    """One site and what its editors set. What a check of `shadow_checks` finds is recorded and not counted."""

    id: int
    key: str
    name: str
    origins: tuple[str, ...]
    policy: Policy
    blocked_words: tuple[str, ...]
    held_words: tuple[str, ...]
    shadow_checks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Accepted:
    """What the reader may know of a comment that was just kept."""

    id: int
    status: Status
    receipt_nonce: bytes
    is_new: bool


@dataclass(frozen=True, slots=True)
class Claimed:
    """A pending comment that one worker may check until its lease ends."""

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


@dataclass(frozen=True, slots=True)
class History:
    """How the author of a comment fared before on this site (of the last 200), this comment left out."""

    approved: int
    held: int
    rejected: int
    last_ten_minutes: int


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


@dataclass(frozen=True, slots=True)
class Conversation:
    """One top-level comment and its approved replies, oldest first."""

    root: PublicComment
    replies: tuple[PublicComment, ...]


@dataclass(frozen=True, slots=True)
class ThreadPage:
    """One page of a thread. `version` changes whenever what is public in the thread changes.

    `next_after` is the cursor of the next page, None on the last.
    """

    thread_id: int | None
    title: str
    url: str
    version: int
    is_closed: bool
    total: int
    conversations: tuple[Conversation, ...]
    next_after: int | None


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

    @property
    def is_confirmation(self) -> bool:
        """A moderator looked at a comment of the audit sample and left it as it was: there is nothing to undo."""
        return self.made_by == "moderator" and self.old_status is self.new_status


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
class Card:
    """A comment as a moderator sees it: no address, no hash, a pseudonym instead.

    `explanation` says why the policy decided as it last did, also after a moderator has decided or undone.
    `awaits_audit` says that it was drawn for the audit sample, is public, and nobody has judged it yet.
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


@dataclass(frozen=True, slots=True)
class QueuePage:
    """One page of the review queue with the exact number of comments in it, from the same transaction."""

    total: int
    oldest_at: datetime | None
    cards: tuple[Card, ...]
    next_after: int | None


@dataclass(frozen=True, slots=True)
class Moderator:
    """A person who decides."""

    id: int
    login: str
    password_hash: str
    is_disabled: bool
    grants: tuple[Grant, ...] = ()

    def scope(self, permission: Permission) -> Scope:
        """Return the sites on which this moderator may do something."""
        return scope_of(self.grants, permission)

    def may(self, permission: Permission) -> bool:
        """Say whether this moderator may do something on any site at all."""
        return permission is Permission.OWN or bool(self.scope(permission))


@dataclass(frozen=True, slots=True)
class Session:
    """A moderator's session on the server side."""

    moderator: Moderator
    csrf_token: str
