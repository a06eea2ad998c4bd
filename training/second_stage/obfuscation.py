"""Spoil a text a little as people do who dodge filters or type on phones, as far as the normaliser cannot undo it."""

import random
import re

WORD = re.compile(r"[a-z]{4,}")
LOOKALIKES = {"a": "@4", "e": "3", "i": "1!", "o": "0", "s": "$5", "t": "7"}
SPOILT_WORDS = 0.3


def spoilt(chance: random.Random, text: str) -> str:
    """Return `text` with about a third of its longer words spoilt, all in one way."""
    spoil = chance.choice((_stars, _digits, _doubled, _dropped, _swapped, _spread))
    return WORD.sub(lambda found: spoil(chance, found[0]) if chance.random() < SPOILT_WORDS else found[0], text)


def _stars(chance: random.Random, word: str) -> str:
    place = chance.randrange(1, len(word) - 1)
    return word[:place] + chance.choice("*#-") + word[place + 1 :]


def _digits(chance: random.Random, word: str) -> str:
    return "".join(chance.choice(LOOKALIKES.get(letter, letter)) for letter in word)


def _doubled(chance: random.Random, word: str) -> str:
    place = chance.randrange(len(word))
    return word[:place] + word[place] * chance.randrange(2, 5) + word[place:]


def _dropped(chance: random.Random, word: str) -> str:
    place = chance.randrange(1, len(word))
    return word[:place] + word[place + 1 :]


def _swapped(chance: random.Random, word: str) -> str:
    place = chance.randrange(len(word) - 1)
    return word[:place] + word[place + 1] + word[place] + word[place + 2 :]


def _spread(chance: random.Random, word: str) -> str:
    return chance.choice(" .-").join(word)
