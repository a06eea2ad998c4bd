"""From what a check found in the normalised text back to what the reader typed."""

from collections.abc import Iterable, Sequence

from comments.signal import Field, Span
from workers.normalise import Normalised, Word

MAX_SPANS = 20  # a moderator needs some of the evidence, not five thousand characters of it
_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


def span_of(normalised: Normalised, start: int, end: int, field: Field = Field.TEXT) -> Span:
    """Return the evidence for `normalised.text[start:end]`; it shows the reading where that is not what was typed."""
    typed_start, typed_end = normalised.span(start, end)
    read = normalised.text[start:end]
    is_same = normalised.raw[typed_start:typed_end].lower() == read
    return Span(typed_start, typed_end, field, "" if is_same else read)


def span_of_words(normalised: Normalised, words: Sequence[Word], field: Field = Field.TEXT) -> Span:
    """Return the evidence from the first to the last of `words`, of which there is at least one."""
    return span_of(normalised, words[0].start, words[-1].end, field)


def limited(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Return the first few different spans in the order of the text."""
    return tuple(sorted(set(spans), key=lambda span: (span.field, span.start, span.end))[:MAX_SPANS])


def count_of(number: int, one: str, many: str = "") -> str:
    """Return "one link", "two links", "12 links"."""
    shown = _NUMBERS[number] if number < len(_NUMBERS) else str(number)
    return f"{shown} {one if number == 1 else many or one + 's'}"
