"""The words a search looks for, and those it can find: folded alike on both sides, and none of an address.

What moderators type is data: only letters and digits of it reach a database, never a sign that a search could obey.
Accents, tone marks and dots below are left out, so that "ọjọ" is found as "ojo" and the other way round.
"""

import re
import unicodedata
from dataclasses import dataclass

from comments.masking import MASK, find_addresses, mask_addresses

# Hausa's hooked letters and the like are letters of their own in Unicode; most keyboards have only the plain ones.
_PLAIN = str.maketrans("ɓɗƙƴƈɠŋøłđħıə", "bdkycgnoldhie")
_WORD = re.compile(r"[^\W_]+")
# Nobody looks for more of a word, and an index entry must stay small.
MAX_WORD_CHARS = 40
MAX_QUERY_WORDS = 12
# A shorter beginning than this fits too many words; so short a word is looked for as it stands.
MIN_PREFIX_CHARS = 3


@dataclass(frozen=True, slots=True)
class SearchWords:
    """The words that all have to be there. `prefix` is the last one when it may go on; empty when there is none."""

    whole: tuple[str, ...]
    prefix: str = ""


def words_of(*texts: str) -> tuple[str, ...]:
    """Return the different words of what was typed, folded and sorted, without those of email addresses."""
    found = (word for text in texts for word in _split(mask_addresses(text).replace(MASK, " ")))
    return tuple(sorted(set(found)))


def parse_words(typed: str) -> SearchWords | None:
    """Return what to look for; None when nothing can be found: no words in it, or an address."""
    if find_addresses(typed):
        return None
    words = tuple(dict.fromkeys(_split(typed)))[:MAX_QUERY_WORDS]
    if not words:
        return None
    if len(words[-1]) < MIN_PREFIX_CHARS or typed[-1:].isspace():
        return SearchWords(words)
    return SearchWords(words[:-1], words[-1])


def _split(text: str) -> list[str]:
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(char for char in decomposed if not unicodedata.combining(char)).translate(_PLAIN)
    # Folding once more: what was decomposed may have a lower case of its own.
    return [word[:MAX_WORD_CHARS] for word in _WORD.findall(plain.casefold())]
