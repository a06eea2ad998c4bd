"""Cut a text into the word pieces the second stage knows: BERT's uncased WordPiece, in its own few lines.

Rule: gives what Hugging Face's BertTokenizer gives with the same vocabulary, once emoji are spelt out.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache

UNKNOWN, START, END = "[UNK]", "[CLS]", "[SEP]"
MAX_WORD_CHARS = 100
CACHED_WORDS = 50_000
# The vocabulary holds no emoji; their Unicode names are words it does know.
SYMBOL_CLASS = "So"
DROPPED_CLASSES = frozenset({"Cc", "Cf", "Co", "Cs"})
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
REPLACEMENT = "\ufffd"
CJK = re.compile(
    "[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0002a6df\U0002a700-\U0002ceaf\U0002f800-\U0002fa1f]"
)


class WordPiece:
    """A tokeniser over one vocabulary, in the order of its ids."""

    def __init__(self, pieces: Sequence[str]) -> None:
        self._ids = {piece: number for number, piece in enumerate(pieces)}
        self._unknown, self._start, self._end = (self._ids[piece] for piece in (UNKNOWN, START, END))
        self._longest = max(len(piece) for piece in pieces)
        self._word_ids = lru_cache(CACHED_WORDS)(self._cut)

    def encode(self, text: str) -> list[int]:
        """Return the ids of the whole text between the start and end marks, however long it is."""
        ids = [self._start]
        for word in words(text):
            ids += self._word_ids(word)
        ids.append(self._end)
        return ids

    def _cut(self, word: str) -> tuple[int, ...]:
        if len(word) > MAX_WORD_CHARS:
            return (self._unknown,)
        ids, start = [], 0
        while start < len(word):
            found = self._longest_piece(word, start)
            if found is None:
                return (self._unknown,)
            ids.append(found[0])
            start = found[1]
        return tuple(ids)

    def _longest_piece(self, word: str, start: int) -> tuple[int, int] | None:
        mark = "##" if start else ""
        for end in range(min(len(word), start + self._longest), start, -1):
            number = self._ids.get(mark + word[start:end])
            if number is not None:
                return number, end
        return None


def words(text: str) -> Iterator[str]:
    """Yield lower-case words without accents; every punctuation mark and ideograph is a word of its own."""
    plain = CONTROL.sub("", text).lower() if text.isascii() else _plain(text)
    for run in plain.split():
        if run.isalnum():
            yield run
        else:
            yield from _split_punctuation(run)


def _plain(text: str) -> str:
    spelt = "".join(_spelt_out(character) for character in text)
    spaced = CJK.sub(r" \g<0> ", spelt)
    parts = unicodedata.normalize("NFD", spaced.lower())
    return "".join(character for character in parts if unicodedata.category(character) != "Mn")


@lru_cache(4096)
def _spelt_out(character: str) -> str:
    if character in "\t\n\r":
        return " "
    category = unicodedata.category(character)
    if category in DROPPED_CLASSES or character == REPLACEMENT:
        return ""
    if category == SYMBOL_CLASS:
        return f" {unicodedata.name(character, '').lower()} "
    return " " if category == "Zs" else character


def _split_punctuation(run: str) -> Iterator[str]:
    word = ""
    for character in run:
        if _is_punctuation(character):
            if word:
                yield word
            yield character
            word = ""
        else:
            word += character
    if word:
        yield word


@lru_cache(4096)
def _is_punctuation(character: str) -> bool:
    if character.isascii():
        return character.isprintable() and not character.isalnum()
    return unicodedata.category(character).startswith("P")
