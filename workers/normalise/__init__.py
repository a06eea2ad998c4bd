"""Undo obfuscation before a check reads the text, and remember where each character came from.

Rule: no letter loses a mark or a hook here. ẹ, ọ, ṣ, ị, ụ, ɓ, ɗ, ƙ and every tone stay as they were typed.
"""

from workers.normalise.characters import fold_characters
from workers.normalise.homoglyphs import read_homoglyphs
from workers.normalise.joined import join_letters
from workers.normalise.leet import read_leet
from workers.normalise.passed_over import pass_over, without_blanks
from workers.normalise.repeats import squeeze_repeats
from workers.normalise.starred import expand_stars
from workers.normalise.view import Change, Line, Normalised, Word

__all__ = ["Change", "Line", "Normalised", "Word", "normalise", "pass_over", "without_blanks"]

_STEPS = (read_homoglyphs, join_letters, read_leet, expand_stars, squeeze_repeats)


def normalise(text: str) -> Normalised:
    """Return `text` as the checks should read it, in time linear in its length."""
    draft = fold_characters(text)
    for step in _STEPS:
        draft = step(draft)
    return draft.finish()
