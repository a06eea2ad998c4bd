"""What the lists of the desk give out: pages of cards, numbers, an author's page, the conversation around a comment."""

from dataclasses import dataclass
from datetime import datetime

from comments.status import Status
from comments.store.records import Card, PublicComment


@dataclass(frozen=True, slots=True)
class QueueCounts:
    """How many comments every list holds within somebody's sites, exactly, from the transaction of the page."""

    review: int = 0
    spam: int = 0
    abuse: int = 0
    appeals: int = 0
    audit: int = 0
    approved: int = 0
    rejected: int = 0


@dataclass(frozen=True, slots=True)
class QueuePage:
    """One page of a list. `total` counts comments, not cards: a campaign is one card.

    `total` is a lower bound unless `total_is_exact`. `oldest_at` says since when the one waits that waits longest; None
    where nobody waits. A page of a long filtered list may have few cards, even none, and still a `next_cursor`.
    """

    total: int
    total_is_exact: bool
    oldest_at: datetime | None
    cards: tuple[Card, ...]
    next_cursor: str | None
    counts: QueueCounts


@dataclass(frozen=True, slots=True)
class AuthorNote:
    """What a moderator wrote about one of an author's comments."""

    comment_id: int
    moderator: str
    text: str
    made_at: datetime


@dataclass(frozen=True, slots=True)
class AuthorPage:
    """Everything one author wrote on one site, newest first, page by page, and what moderators noted about it.

    The author is known by a pseudonym alone. A comment whose identity was forgotten stands by itself.
    """

    comment_id: int
    site_id: int
    site_key: str
    site_name: str
    pseudonym: str
    first_seen_at: datetime
    counts: dict[Status, int]
    cards: tuple[Card, ...]
    notes: tuple[AuthorNote, ...]
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class Around:
    """A comment of the thread with where it stands, as moderators see it."""

    comment: PublicComment
    status: Status


@dataclass(frozen=True, slots=True)
class ThreadAround:
    """The thread around one comment: what it replies to, and what stands before and after it, oldest first.

    `before` and `after` are the nearest comments of the same conversation, or of the thread for one that began it.
    """

    thread_id: int
    title: str
    url: str
    ancestors: tuple[Around, ...]
    before: tuple[Around, ...]
    comment: Around
    after: tuple[Around, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """One value a filter may take: what stands in the address, and what people read."""

    value: str
    name: str


@dataclass(frozen=True, slots=True)
class Filters:
    """The values each filter may take in a list, within somebody's sites. Who shows checks and reasons names them."""

    sites: tuple[Choice, ...]
    stories: tuple[Choice, ...]
    sections: tuple[str, ...]
    checks: tuple[str, ...]
    reasons: tuple[str, ...]
    languages: tuple[str, ...]
