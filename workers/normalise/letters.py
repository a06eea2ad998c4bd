"""What belongs to a word, in every script."""

import re
import unicodedata
from functools import cache, lru_cache
from itertools import groupby

# Every combining mark of Unicode stands in these planes; scanning them once costs about 20 ms.
_MARK_RANGES = (range(0x300, 0x1F000), range(0xE0100, 0xE01F0))
_HOOKED = str.maketrans({"ɓ": "b", "ɗ": "d", "ƙ": "k", "ƴ": "y", "ʼ": "'", "’": "'", "ŋ": "n"})
_ASCII_WORD = re.compile(r"[a-zA-Z0-9]+(?:'[a-zA-Z0-9]+)*")


@cache
def marks_class() -> str:
    """Return the inside of a regular-expression class with every combining mark."""
    codes = (code for codes in _MARK_RANGES for code in codes if unicodedata.category(chr(code))[0] == "M")
    runs: list[str] = []
    for _, run in groupby(enumerate(codes), key=lambda pair: pair[1] - pair[0]):
        members = [code for _, code in run]
        runs.append(f"{chr(members[0])}-{chr(members[-1])}")
    return "".join(runs)


def word_pattern(*, is_ascii: bool) -> re.Pattern[str]:
    """Return the pattern of one word: letters, digits and marks, with apostrophes inside it."""
    return _ASCII_WORD if is_ascii else _any_word()


@cache
def _any_word() -> re.Pattern[str]:
    unit = rf"(?:[^\W_]|[{marks_class()}])++"
    return re.compile(rf"{unit}(?:['’]{unit})*")


@lru_cache(maxsize=8192)
def bare(word: str) -> str:
    """Return `word` without marks and hooks, for comparing only: never show or store this."""
    if word.isascii():
        return word
    decomposed = unicodedata.normalize("NFD", word.translate(_HOOKED))
    return "".join(char for char in decomposed if unicodedata.category(char) != "Mn")


def squeeze(word: str) -> str:
    """Return `word` with every run of one letter as a single letter."""
    return "".join(char for char, _ in groupby(word))
