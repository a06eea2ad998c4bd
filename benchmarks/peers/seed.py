"""The thread that everybody reads, the same for each service, and the words of everything that is posted."""

import random
from collections.abc import Sequence
from pathlib import Path

THREAD = "/bench/"
COMMENTS = 100
# Hundreds of words, so that texts made of them by chance are not nearly the same ones.
WORDS = Path(__file__).with_name("words.txt")
WORDS_EACH = 20
_SEED = 7


def seed_texts() -> list[str]:
    """Return a hundred texts of about 120 characters, no two alike."""
    chance, words = random.Random(_SEED), read_words()
    return [f"Comment {number}: {' '.join(chance.choices(words, k=WORDS_EACH))}." for number in range(COMMENTS)]


def read_words() -> Sequence[str]:
    """Return the words."""
    return WORDS.read_text(encoding="utf-8").split()
