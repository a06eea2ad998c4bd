"""Where the words that somebody searched for stand in a text: the same words by which the search found it."""

import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from itertools import groupby

from comments.search_words import SearchWords, parse_words, words_of


def find_words(text: str, sought: str) -> tuple[tuple[int, int], ...]:
    """Return where a word of `text` is one of the words sought, as code points from (inclusive) to (exclusive)."""
    words = parse_words(sought)
    if words is None:
        return ()
    return tuple((start, end) for start, end in _words(text) if _is_sought(text[start:end], words))


def _words(text: str) -> Iterator[tuple[int, int]]:
    """Return where the words stand; the marks on a letter belong to its word."""
    for is_word, places in groupby(range(len(text)), key=lambda place: _is_of_word(text[place])):
        if is_word:
            inside = list(places)
            yield inside[0], inside[-1] + 1


def _is_of_word(letter: str) -> bool:
    return letter.isalnum() or unicodedata.combining(letter) != 0


@lru_cache(maxsize=4_096)
def _is_sought(typed: str, words: SearchWords) -> bool:
    folded = words_of(typed)
    return any(word in words.whole or (words.prefix and word.startswith(words.prefix)) for word in folded)
