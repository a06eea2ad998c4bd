"""Evidence in the words themselves: cut a text where spans begin and end, and say what each piece was found for.

An email address that somebody typed into the text is evidence too, but even here only its place is shown.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from comments.masking import MASK, find_addresses, mask_addresses
from comments.signal import ABUSE, Field, Signal, Span
from service.review.sought_words import find_words


@dataclass(frozen=True, slots=True)
class Finding:
    """A signal with its number on the card, by which the mark and the list of signals refer to each other."""

    number: int
    signal: Signal


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of the text as typed, addresses masked, with everything that was found there; nothing for plain text.

    `read_as` is what obfuscated words that end here were read as ("fr€€" → "free"). `is_sought`: it was searched for.
    """

    text: str
    findings: tuple[Finding, ...] = ()
    read_as: tuple[str, ...] = ()
    is_sought: bool = False

    @property
    def family(self) -> str:
        """How the mark looks: "abuse" when any finding is about abuse, else "spam"."""
        return "abuse" if any(found.signal.category in ABUSE for found in self.findings) else "spam"


@dataclass(frozen=True, slots=True)
class _Mark:
    finding: Finding
    start: int
    end: int
    shown: str


def findings(signals: Sequence[Signal]) -> tuple[Finding, ...]:
    """Number the signals of a card, the surest first and those that do not count last."""
    ordered = sorted(signals, key=lambda signal: (signal.shadow, -signal.score))
    return tuple(Finding(number, signal) for number, signal in enumerate(ordered, start=1))


def marked(text: str, field: Field, found: Sequence[Finding], sought: str = "") -> tuple[Piece, ...]:
    """Cut `text` into pieces; together they are the text. Overlapping spans share the piece they overlap in.

    `sought` are the words a moderator searched for; where they stand is marked too.
    """
    hidden = find_addresses(text)
    places = [place for place in find_words(text, sought) if not _touches(place, hidden)]
    marks = [_around(mark, hidden) for finding in found for mark in _marks(finding, field, len(text))]
    edges = {edge for span in (*hidden, *places) for edge in span}
    cuts = sorted({0, len(text)} | edges | {edge for mark in marks for edge in (mark.start, mark.end)})
    starting = _grouped(marks, by_start=True)
    ending = _grouped(marks, by_start=False)
    open_marks: list[_Mark] = []
    pieces = []
    for start, end in pairwise(cuts):
        open_marks = [mark for mark in open_marks if mark.end > start] + starting.get(start, [])
        here = {mark.finding.number: mark.finding for mark in open_marks}
        shown = dict.fromkeys(mark.shown for mark in ending.get(end, ()) if mark.shown)
        words = MASK if (start, end) in hidden else text[start:end]
        is_sought = any(place[0] <= start and end <= place[1] for place in places)
        pieces.append(Piece(words, tuple(here[number] for number in sorted(here)), tuple(shown), is_sought))
    return tuple(pieces)


def _touches(place: tuple[int, int], hidden: Sequence[tuple[int, int]]) -> bool:
    """Say whether a place reaches into an address: marking a part of it would tell that part."""
    return any(start < place[1] and place[0] < end for start, end in hidden)


def _marks(finding: Finding, field: Field, length: int) -> Iterator[_Mark]:
    # A signal that is only being tried out must not steer the eye.
    if finding.signal.shadow:
        return
    for span in finding.signal.spans:
        start, end = _within(span, length)
        if span.field == field and start < end:
            yield _Mark(finding, start, end, mask_addresses(span.shown))


def _around(mark: _Mark, hidden: Sequence[tuple[int, int]]) -> _Mark:
    """Widen a mark that begins or ends inside an address: a part of it would tell the rest."""
    for start, end in hidden:
        if start < mark.start < end:
            mark = replace(mark, start=start)
        if start < mark.end < end:
            mark = replace(mark, end=end)
    return mark


def _within(span: Span, length: int) -> tuple[int, int]:
    return max(span.start, 0), min(span.end, length)


def _grouped(marks: Sequence[_Mark], *, by_start: bool) -> dict[int, list[_Mark]]:
    groups: dict[int, list[_Mark]] = {}
    for mark in marks:
        groups.setdefault(mark.start if by_start else mark.end, []).append(mark)
    return groups
