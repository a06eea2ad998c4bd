"""Find many phrases at once: whole words only, whatever stands between them, marks being part of the word."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from ahocorasick_rs import AhoCorasick

from workers.normalise import Normalised, Word, normalise

Label = TypeVar("Label")


@dataclass(frozen=True, slots=True)
class Found(Generic[Label]):
    """A phrase in a text: what it stands for and the words that say it."""

    label: Label
    words: tuple[Word, ...]

    @property
    def text(self) -> str:
        """The phrase as the normaliser reads it."""
        return " ".join(word.text for word in self.words)


class PhraseBook(Generic[Label]):
    """Phrases and what each stands for. Build one once; looking is linear in the text and in what is found.

    With `ignore_marks` a phrase is found with its tone marks, dots and hooks or without them. Of `beginnings` the last
    word may go on.
    """

    def __init__(
        self,
        phrases: Mapping[str, Label],
        *,
        beginnings: Mapping[str, Label] | None = None,
        ignore_marks: bool = False,
    ) -> None:
        self._ignore_marks = ignore_marks
        by_line = {self._line(normalise(phrase)): label for phrase, label in phrases.items()}
        by_line |= {self._line(normalise(words)).rstrip(): label for words, label in (beginnings or {}).items()}
        by_line.pop("", None)
        self._labels = list(by_line.values())
        self._finder = AhoCorasick(by_line) if by_line else None

    def find(self, normalised: Normalised) -> tuple[Found[Label], ...]:
        """Return every phrase found, in the order in which they end."""
        if self._finder is None:
            return ()
        line = normalised.bare_line if self._ignore_marks else normalised.line
        matches = self._finder.find_matches_as_indexes(line.text, overlapping=True)
        return tuple(Found(self._labels[i], line.words_between(start, end)) for i, start, end in matches)

    def _line(self, phrase: Normalised) -> str:
        return phrase.bare_line.text if self._ignore_marks else phrase.line.text
