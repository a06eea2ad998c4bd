"""The ways people hide an insult from a filter, to train and to measure with."""

import random
import re
from collections.abc import Callable

ZERO_WIDTH = ("\u200b", "\u200c", "\u200d", "\u2060", "\ufeff")
LOOKALIKES = str.maketrans("aeopcxyijsABEKMHOPCTX", "аеорсхуіјѕАВЕКМНОРСТХ")
LEET = str.maketrans({"a": "4", "e": "3", "i": "1", "o": "0", "s": "5", "t": "7"})
VOWELS = "aeiou"
WORD = re.compile(r"[A-Za-z]{3,}")

Attack = Callable[[str, random.Random], str]


def zero_width(word: str, chance: random.Random) -> str:
    """Put an invisible character between all letters."""
    return chance.choice(ZERO_WIDTH).join(word)


def homoglyph(word: str, _chance: random.Random) -> str:
    """Swap Latin letters for Cyrillic ones that look the same."""
    return word.translate(LOOKALIKES)


def dotted(word: str, _chance: random.Random) -> str:
    """Put a dot between all letters."""
    return ".".join(word)


def spaced(word: str, _chance: random.Random) -> str:
    """Put a space between all letters."""
    return " ".join(word)


def leet(word: str, _chance: random.Random) -> str:
    """Write digits for letters."""
    return word.translate(LEET)


def repeated(word: str, chance: random.Random) -> str:
    """Draw out one vowel, or one letter when there is none."""
    places = [i for i, letter in enumerate(word) if letter.lower() in VOWELS] or list(range(len(word)))
    place = chance.choice(places)
    return word[:place] + word[place] * chance.randint(3, 6) + word[place + 1 :]


def starred(word: str, _chance: random.Random) -> str:
    """Write a star for the first vowel after the first letter, or for the second letter."""
    place = next((i for i, letter in enumerate(word) if i and letter.lower() in VOWELS), 1)
    return word[:place] + "*" + word[place + 1 :]


ATTACKS: dict[str, Attack] = {
    "zero-width": zero_width,
    "homoglyph": homoglyph,
    "dotted": dotted,
    "spaced": spaced,
    "leet": leet,
    "repeats": repeated,
    "starred": starred,
}


def hide(text: str, words: frozenset[str], attack: Attack, chance: random.Random) -> str:
    """Return `text` with the attack on each of `words` in it, or on every word of three letters or more if none is."""
    found = [match.group() for match in WORD.finditer(text)]
    targets = {word for word in found if word.lower() in words}

    def changed(match: re.Match[str]) -> str:
        word = match.group()
        return attack(word, chance) if not targets or word in targets else word

    return WORD.sub(changed, text)
