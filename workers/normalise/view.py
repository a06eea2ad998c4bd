"""The finished view of a text: what the checks read, and the way back to what was typed."""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple

from workers.normalise.letters import bare, word_pattern

_POSSESSIVE = re.compile("(?<=.)'s?$")
# Here 's is "is" or "us"; on any other word it is taken for the owner's.
_CONTRACTIONS = frozenset({"let's", "it's", "that's", "what's", "he's", "she's", "who's", "there's", "here's", "how's"})


class Kind(StrEnum):
    """What a step undid, in the words a moderator reads."""

    ZERO_WIDTH = "zero-width"
    STACKED = "stacked marks"
    STYLED = "styled letters"
    HOMOGLYPH = "homoglyph"
    SPACED = "spaced letters"
    DOTTED = "dotted letters"
    LEET = "leet"
    STARRED = "starred"
    REPEATED = "repeated letters"


@dataclass(frozen=True, slots=True)
class Mark:
    """Where, in the text as typed, a step undid something."""

    kind: Kind
    start: int
    end: int


class Word(NamedTuple):
    """One word of the normalised text; a combining mark or modifier letter never ends a word."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Change:
    """A word that was typed in disguise: its span in the text as typed, and what it reads."""

    kind: Kind
    start: int
    end: int
    shown: str


@dataclass(frozen=True, slots=True)
class Line:
    """All words with one space before and after each, so that " word " finds whole words and phrases only."""

    text: str
    starts: tuple[int, ...]
    words: tuple[Word, ...]

    def words_between(self, start: int, end: int) -> tuple[Word, ...]:
        """Return the words that `text[start:end]` touches."""
        while start < end and self.text[start] == " ":
            start += 1
        while start < end and self.text[end - 1] == " ":
            end -= 1
        if start >= end:
            return ()
        return self.words[bisect_right(self.starts, start) - 1 : bisect_right(self.starts, end - 1)]


@dataclass(frozen=True)
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
    marks: tuple[Mark, ...] = ()

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the span in the text as typed for `text[start:end]`; (0, 0) when that is empty."""
        if start >= end:
            return (0, 0)
        return (self.origins[start][0], self.origins[end - 1][1])

    def words(self) -> tuple[Word, ...]:
        """Return the words of `text` with their place in it."""
        return self._words

    @cached_property
    def _words(self) -> tuple[Word, ...]:
        found = word_pattern(is_ascii=self.text.isascii()).finditer(self.text)
        return tuple(Word(match[0], match.start(), match.end()) for match in found)

    @cached_property
    def line(self) -> Line:
        """The words as one searchable line: straight apostrophes, no possessive 's."""
        return _line_of(self._words, [_plain_apostrophes(word.text) for word in self._words])

    @cached_property
    def bare_line(self) -> Line:
        """The same line without tone marks, dots and hooks, for rules about words often typed without them."""
        if self.line.text.isascii():
            return self.line
        return _line_of(self._words, [bare(text) for text in self.line.text.split()])

    @cached_property
    def changes(self) -> tuple[Change, ...]:
        """The words that were typed in disguise, each once for each disguise, in order."""
        return tuple(self._changes())

    def _changes(self) -> Iterator[Change]:
        if not self.marks:
            return
        spans = [(*self.span(word.start, word.end), word.text) for word in self._words]
        starts = [start for start, _, _ in spans]
        seen: set[tuple[Kind, int]] = set()
        for mark in self.marks:
            at = bisect_right(starts, mark.start) - 1
            if at >= 0 and mark.start < spans[at][1] and (mark.kind, at) not in seen:
                seen.add((mark.kind, at))
                start, end, text = spans[at]
                yield Change(mark.kind, min(start, mark.start), max(end, mark.end), text)


def _plain_apostrophes(word: str) -> str:
    if word.isalnum():
        return word
    plain = word.replace("’", "'")
    return plain if plain in _CONTRACTIONS else _POSSESSIVE.sub("", plain)


def _line_of(words: tuple[Word, ...], texts: list[str]) -> Line:
    starts: list[int] = []
    position = 1
    for text in texts:
        starts.append(position)
        position += len(text) + 1
    return Line(f" {' '.join(texts)} " if texts else "", tuple(starts), words)
