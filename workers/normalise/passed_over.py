"""Pass over words: they stay where they are, and no rule and no model can read them any more."""

from collections.abc import Iterable
from dataclasses import replace

from workers.normalise.view import Mark, Normalised, Word

# A letter that no lexicon, list or pattern knows. Still a letter: what stands around the word must not come together
# as a phrase that nobody wrote.
BLANK = "\u01c0"


def pass_over(normalised: Normalised, words: Iterable[Word]) -> Normalised:
    """Return the text with each of `words` blanked out. What was typed, and the way back to it, stay the same."""
    found = sorted(set(words), key=lambda word: word.start)
    if not found:
        return normalised
    text = list(normalised.text)
    for word in found:
        text[word.start : word.end] = BLANK * (word.end - word.start)
    typed = [normalised.span(word.start, word.end) for word in found]
    return replace(normalised, text="".join(text), marks=tuple(_outside(normalised.marks, typed)))


def without_blanks(normalised: Normalised) -> Normalised:
    """Return the text with spaces for what was blanked out, for models: they weigh words, and a blank is none."""
    return replace(normalised, text=normalised.text.replace(BLANK, " ")) if BLANK in normalised.text else normalised


def _outside(marks: Iterable[Mark], spans: list[tuple[int, int]]) -> Iterable[Mark]:
    """Leave out how the words were disguised: that is no evidence either."""
    return (mark for mark in marks if not any(start <= mark.start < end for start, end in spans))
