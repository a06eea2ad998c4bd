"""What the parsers make of a file, before anything is compared, placed or kept. There is no address in it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from comments.identity import Identity


class State(StrEnum):
    """Where a comment stood in the other system."""

    APPROVED = "approved"
    WAITING = "waiting"
    SPAM = "spam"
    TRASH = "trash"
    GONE = "gone"  # deleted there; only its place is left
    UNKNOWN = "unknown"


class Skip(StrEnum):
    """Why a comment is not taken over."""

    NO_ID = "no_id"
    REPEATED = "repeated"  # the same number stood in the file before
    PINGBACK = "pingback"
    OTHER_TYPE = "other_type"  # an order's note, a plug-in's record: not what a reader wrote
    NO_TEXT = "no_text"
    TOO_LONG = "too_long"
    NO_THREAD = "no_thread"  # its article is not in the file, or has no usable key
    NUMBER_TAKEN = "number_taken"  # another comment of that number was imported before


class Change(StrEnum):
    """What is not as it was there, though the comment was taken over."""

    PARENT_MISSING = "parent_missing"
    PARENT_ELSEWHERE = "parent_elsewhere"  # under another article
    PARENT_IN_CIRCLE = "parent_in_circle"
    TIME_MISSING = "time_missing"
    TIME_IN_FUTURE = "time_in_future"
    NAME_CHANGED = "name_changed"  # empty, too long, or with an address or characters that no name here may have
    CHARACTERS_REMOVED = "characters_removed"
    UNKNOWN_STATE = "unknown_state"
    NO_ADDRESS = "no_address"  # or none that is one: the author cannot be recognised
    ARTICLE_NOT_PUBLIC = "article_not_public"


@dataclass(frozen=True, slots=True)
class RawThread:
    """An article. `place` is what its comments name it by; `page` finds the same page under another link."""

    place: str
    key: str
    url: str
    title: str
    is_closed: bool = False
    is_public: bool = True
    has_own_key: bool = True
    page: str = ""
    created_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class RawComment:
    """A comment. With `skip`, nothing but its number and its parent matters."""

    source_id: str
    place: str
    parent: str
    state: State
    name: str
    text: str
    created_at: datetime | None
    identity: Identity | None
    changes: frozenset[Change] = frozenset()
    skip: Skip | None = None

    def skipped(self, why: Skip) -> "RawComment":
        """Return the same without its words, for a reason; the first one stands."""
        return replace(self, skip=self.skip or why, name="", text="", identity=None)


# Turns an address and a network into keyed hashes, given when the comment was written, and forgets both.
Identify = Callable[[str, str, datetime | None], Identity | None]


class Parser(Protocol):
    """A kind of file."""

    def __call__(self) -> Iterator[RawThread | RawComment]:
        """Yield what is in the file. Raises BadFile, also after much has been yielded."""
