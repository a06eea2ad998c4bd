"""A site's word lists as editors write them: one entry on a line, whole words; a trailing `*` means "begins with".

Rule: an entry is never a pattern. Looking for it is linear in the text, and nobody can lock up a worker with one.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from comments.typed_text import has_forbidden_character, unify_newlines

MAX_ENTRIES = 1_000
MAX_ENTRY_CHARS = 80
# "a*" would stand for a tenth of the dictionary.
MIN_BEGINNING_CHARS = 3
STAR = "*"


class Fault(StrEnum):
    """What can be wrong with an entry."""

    TOO_LONG = "too_long"
    FORBIDDEN_CHARACTER = "forbidden_character"
    STAR_INSIDE = "star_inside"
    SHORT_BEGINNING = "short_beginning"
    TOO_MANY = "too_many"


@dataclass(frozen=True, slots=True)
class BadEntry:
    """One entry that cannot be taken; empty when it is the list that is too long."""

    entry: str
    fault: Fault


class BadWordList(Exception):  # noqa: N818 - named for what it says, as in STYLE.md
    """Raised with every entry that cannot be taken."""

    def __init__(self, faults: tuple[BadEntry, ...]) -> None:
        super().__init__("bad word list")
        self.faults = faults


def parse_word_list(text: str) -> tuple[str, ...]:
    """Return the entries of a text with one on each line, each once, in their order. Raises BadWordList."""
    return check_word_list(unify_newlines(text).split("\n"))


def check_word_list(entries: Iterable[str]) -> tuple[str, ...]:
    """Return the entries trimmed, each once, without the empty ones. Raises BadWordList."""
    kept = tuple(dict.fromkeys(" ".join(entry.split()) for entry in entries if entry.strip()))
    faults = [BadEntry(entry[:MAX_ENTRY_CHARS], fault) for entry in kept if (fault := _fault_of(entry)) is not None]
    if len(kept) > MAX_ENTRIES:
        faults.append(BadEntry("", Fault.TOO_MANY))
    if faults:
        raise BadWordList(tuple(faults))
    return kept


def _fault_of(entry: str) -> Fault | None:
    words = without_star(entry)
    if len(entry) > MAX_ENTRY_CHARS:
        return Fault.TOO_LONG
    if has_forbidden_character(entry):
        return Fault.FORBIDDEN_CHARACTER
    if STAR in words:
        return Fault.STAR_INSIDE
    if is_beginning(entry) and sum(char.isalnum() for char in words) < MIN_BEGINNING_CHARS:
        return Fault.SHORT_BEGINNING
    return None


def is_beginning(entry: str) -> bool:
    """Say whether the entry stands for every word that begins with it."""
    return entry.endswith(STAR)


def without_star(entry: str) -> str:
    """Return the words of the entry."""
    return entry.removesuffix(STAR).rstrip()
