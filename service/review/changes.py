"""What an edit changed: the words that stayed, went and came, with the addresses in them masked."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

from comments.masking import mask_addresses

_PARTS = re.compile(r"\s+|\w+|[^\w\s]")
# Comparing takes the square of the length; a rewritten essay is shown as a whole, before and after.
MAX_PARTS = 1_500


class Kind(StrEnum):
    """What became of a stretch of words."""

    KEPT = "kept"
    GONE = "gone"
    NEW = "new"


@dataclass(frozen=True, slots=True)
class Change:
    """A stretch of words of one kind."""

    kind: Kind
    text: str


def changes(old: str, new: str) -> tuple[Change, ...]:
    """Return what stayed, went and came, in the order of reading."""
    before, after = _parts(old), _parts(new)
    if max(len(before), len(after)) > MAX_PARTS:
        return (Change(Kind.GONE, "".join(before)), Change(Kind.NEW, "".join(after)))
    return tuple(_compared(before, after))


def _parts(text: str) -> list[str]:
    return _PARTS.findall(mask_addresses(text))


def _compared(before: list[str], after: list[str]) -> Iterator[Change]:
    """Yield the changes, with the blanks between two changed words counted as changed: one change, not three."""
    gone, new = "", ""
    for what, start, end, new_start, new_end in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        old_words, new_words = "".join(before[start:end]), "".join(after[new_start:new_end])
        if what == "equal" and not old_words.isspace():
            yield from _changed(gone, new)
            yield Change(Kind.KEPT, old_words)
            gone, new = "", ""
        else:
            gone, new = gone + old_words, new + new_words
    yield from _changed(gone, new)


def _changed(gone: str, new: str) -> Iterator[Change]:
    if gone:
        yield Change(Kind.GONE, gone)
    if new:
        yield Change(Kind.NEW, new)
