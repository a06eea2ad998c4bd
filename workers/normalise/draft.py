"""A text on its way through the normaliser: what it reads now and where each character was typed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from workers.normalise.view import Kind, Mark, Normalised

Origin = tuple[int, int]
_IDENTITY_CHARS = 8192  # one tuple to slice from; longer texts, which the product refuses, build their own


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace `start:end` of a draft by `text`; `sources[i]` is the slice of the draft `text[i]` stands for.

    `kind` is what this undoes, or None when it is a plain difference of spelling nobody needs to hear about.
    """

    start: int
    end: int
    text: str
    sources: Sequence[Origin]
    kind: Kind | None


@dataclass(frozen=True, slots=True)
class Draft:
    """`origins` has one span of the typed text for each character of `text`, in order."""

    raw: str
    text: str
    origins: Sequence[Origin]
    marks: tuple[Mark, ...] = ()

    def apply(self, edits: Iterable[Edit]) -> "Draft":
        """Return the draft with all `edits` made; they are in order and do not overlap."""
        pieces: list[str] = []
        origins: list[Origin] = []
        marks = list(self.marks)
        position = 0
        for edit in edits:
            pieces += (self.text[position : edit.start], edit.text)
            origins += self.origins[position : edit.start]
            origins += [(self.origins[a][0], self.origins[b - 1][1]) for a, b in edit.sources]
            position = edit.end
            if edit.kind:
                marks.append(Mark(edit.kind, self.origins[edit.start][0], self.origins[edit.end - 1][1]))
        if not pieces:
            return self
        pieces.append(self.text[position:])
        origins += self.origins[position:]
        return Draft(self.raw, "".join(pieces), origins, tuple(marks))

    def typed(self, start: int, end: int) -> str:
        """Return `text[start:end]` as it was typed."""
        return self.raw[self.origins[start][0] : self.origins[end - 1][1]]

    def finish(self) -> Normalised:
        """Return the finished view."""
        return Normalised(
            raw=self.raw,
            text=self.text,
            origins=tuple(self.origins),
            undone=tuple(dict.fromkeys(mark.kind for mark in self.marks)),
            marks=self.marks,
        )


def same_length(start: int, text: str, kind: Kind | None) -> Edit:
    """Return the edit that writes `text` over as many characters from `start`."""
    end = start + len(text)
    return Edit(start, end, text, [(i, i + 1) for i in range(start, end)], kind)


def identity(length: int) -> Sequence[Origin]:
    """Return origins that say every character stands for itself."""
    if length <= _IDENTITY_CHARS:
        return _identity()[:length]
    return tuple(zip(range(length), range(1, length + 1), strict=True))


@lru_cache(maxsize=1)
def _identity() -> tuple[Origin, ...]:
    return tuple(zip(range(_IDENTITY_CHARS), range(1, _IDENTITY_CHARS + 1), strict=True))
