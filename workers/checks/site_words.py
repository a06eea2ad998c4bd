"""A site's own words, looked for in a text: whole words, beginnings of words, and signs without letters as an emoji."""

from collections.abc import Iterator
from functools import lru_cache

from comments.word_list import is_beginning, without_star
from workers.checks.phrases import PhraseBook
from workers.normalise import Normalised, Word, normalise

_MAX_LISTS = 256  # more lists than this in one worker only build their books again


class SiteWords:
    """One list, ready to be looked for. Build it with `site_words`, which remembers it."""

    def __init__(self, entries: tuple[str, ...]) -> None:
        whole = [entry for entry in entries if not is_beginning(entry)]
        beginnings = [without_star(entry) for entry in entries if is_beginning(entry)]
        self._book = PhraseBook(dict.fromkeys(whole, ""), beginnings=dict.fromkeys(beginnings, ""))
        self._signs = tuple(word for word in whole if word and not normalise(word).words())

    def words_in(self, normalised: Normalised) -> Iterator[tuple[Word, ...]]:
        """Yield the words of the text that make up each entry found."""
        for found in self._book.find(normalised):
            yield found.words

    def signs_in(self, normalised: Normalised) -> Iterator[tuple[int, int]]:
        """Yield where, in the text as typed, each sign without letters stands first."""
        for sign in self._signs:
            at = normalised.raw.find(sign)
            if at >= 0:
                yield at, at + len(sign)

    def are_in(self, normalised: Normalised) -> bool:
        """Say whether the text holds any of them."""
        return any(True for _ in self.words_in(normalised)) or any(True for _ in self.signs_in(normalised))


@lru_cache(maxsize=_MAX_LISTS)
def site_words(entries: tuple[str, ...]) -> SiteWords:
    """Return the list, ready to be looked for."""
    return SiteWords(entries)
