"""Passwords that everybody tries first, refused without asking anybody.

A short list goes a long way because each word stands for its decorations: "P@ssw0rd2024!" is "password".
"""

import re
import unicodedata
from functools import cache
from pathlib import Path

# Holds the words that top every published list of leaked passwords, and what a newsroom would pick.
_WORDS_FILE = Path(__file__).with_name("common_words.txt")
_KEYBOARD_AND_ALPHABET = (
    "01234567890123456789",
    "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiopasdfghjklzxcvbnm",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm",
    "q1w2e3r4t5y6u7i8o9p0",
    "1q2w3e4r5t6y7u8i9o0p",
)
_LETTERS_FOR_SIGNS = str.maketrans("@4301!5$7|", "aaeoiisstl")
_DECORATION = re.compile(r"^[\W\d_]+|[\W\d_]+$")
MIN_DIFFERENT_CHARS = 5


def is_common(password: str) -> bool:
    """Say whether somebody who guesses would come to this password soon."""
    plain = unicodedata.normalize("NFKC", password).casefold()
    if len(set(plain)) < MIN_DIFFERENT_CHARS or _is_run(plain):
        return True
    forms = (plain, _DECORATION.sub("", plain))
    return any(_is_made_of_one_word(_DECORATION.sub("", form.translate(_LETTERS_FOR_SIGNS))) for form in forms)


def _is_run(plain: str) -> bool:
    """Say whether it is a walk along the keyboard or the alphabet, either way."""
    return any(plain in row or plain[::-1] in row for row in _KEYBOARD_AND_ALPHABET)


def _is_made_of_one_word(word: str) -> bool:
    half = word[: len(word) // 2]
    return not word or word in _words() or (word == half * 2 and half in _words())


@cache
def _words() -> frozenset[str]:
    return frozenset(_WORDS_FILE.read_text(encoding="ascii").split())
