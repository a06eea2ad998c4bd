"""Words taken apart by spaces or by dots ("f r e e", "f.r.e.e"), put together again."""

import re
from collections.abc import Iterator

from workers.normalise.draft import Draft, Edit
from workers.normalise.lexicon import is_hidden_word
from workers.normalise.view import Kind

_LETTER = "[^\\W\\d_][\u0300-\u036f]{0,4}+"
_LEET_LETTER = f"(?:{_LETTER}|[013457@$€])"
_SEPARATOR = r"[.\-_*·•|/~,+]"
# Looking back two characters makes a run match at its start or not at all, which keeps this linear.
_DOTTED = re.compile(
    rf"(?<![\w.])(?<!\w{_SEPARATOR}){_LETTER}(?P<by>{_SEPARATOR}){_LEET_LETTER}(?:(?P=by){_LEET_LETTER})++(?!\w)"
)
_SPACED = re.compile(rf"(?<!\S){_LETTER}(?=\s)(?: {_LETTER}(?=[\s!?.,;:]|$)){{3,}}")
_UNIT = re.compile(_LEET_LETTER)
_MIN_SPELLED_OUT = 4  # "a.k.a" and "e.t.c" are how people write; three letters are not a disguise
_MIN_DIFFERENT = 3  # "o o o o" is laughter


def join_letters(draft: Draft) -> Draft:
    """Return the draft with words that were taken apart put together."""
    dotted = draft.apply(_edits(draft, _DOTTED, Kind.DOTTED))
    return dotted.apply(_edits(dotted, _SPACED, Kind.SPACED))


def _edits(draft: Draft, pattern: re.Pattern[str], kind: Kind) -> Iterator[Edit]:
    for match in pattern.finditer(draft.text):
        units = [unit.span() for unit in _UNIT.finditer(draft.text, match.start(), match.end())]
        kept = [at for start, end in units for at in range(start, end)]
        word = "".join(draft.text[at] for at in kept)
        if 3 * sum(char.isalpha() for char in word) >= 2 * len(units):
            said = kind if _is_disguise(word, draft.typed(*match.span())) else None
            yield Edit(match.start(), match.end(), word, [(at, at + 1) for at in kept], said)


def _is_disguise(word: str, typed: str) -> bool:
    if is_hidden_word(word):
        return True
    # N.N.P.C and I N E C are names; what is hidden is mostly typed small.
    return not typed.isupper() and len(word) >= _MIN_SPELLED_OUT and len(set(word)) >= _MIN_DIFFERENT
