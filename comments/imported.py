"""What comes from another comment system, on its way into the store: everything but the address."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from comments.identity import Identity
from comments.receipt import NewReceipt
from comments.status import Status

MAX_SOURCE_ID_CHARS = 64


class Source(StrEnum):
    """The files that are read."""

    WXR = "wxr"
    DISQUS = "disqus"
    ISSO = "isso"


@dataclass(frozen=True, slots=True)
class ImportedThread:
    """An article with comments, or one whose comments are closed. `created_at` is the article's own time, if known."""

    key: str
    url: str
    title: str
    is_closed: bool
    created_at: datetime | None


@dataclass(frozen=True, slots=True)
class ImportedComment:
    """A comment as it stood there. `status` is never pending: nothing imported is sent to the checks.

    `created_at` is its own time; `has_time` says whether that was in the file or had to be guessed.
    """

    source_id: str
    thread_key: str
    parent_source_id: str
    status: Status
    reason: str | None
    explanation: str
    name: str
    text: str
    created_at: datetime
    has_time: bool
    identity: Identity | None
    receipt: NewReceipt
    mark: bytes  # what stands for the other system's number in the reader's own tables: keyed, 16 bytes


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of a batch, by the other system's numbers: each is new, known, or taken.

    `taken`: another comment of that number was imported before. `orphans`: new, and their parents are not here.
    """

    new: tuple[str, ...]
    known: tuple[str, ...]
    taken: tuple[str, ...]
    orphans: tuple[str, ...]
