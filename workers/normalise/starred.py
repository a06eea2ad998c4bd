"""Words with stars for letters ("f**k"), expanded when the lexicon knows exactly what they hide."""

import re
from collections.abc import Iterator

from workers.normalise.draft import Draft, Edit, same_length
from workers.normalise.lexicon import hidden_words_like
from workers.normalise.view import Kind

_STAR = re.compile(r"[a-z][*#✱]")
_TOKEN = re.compile(r"(?<![a-z*#✱])[a-z]++[*#✱]++[a-z*#✱]*+")
_MIN_CHARS = 3


def expand_stars(draft: Draft) -> Draft:
    """Return the draft with the words behind stars written out."""
    if not _STAR.search(draft.text):
        return draft
    return draft.apply(_edits(draft.text))


def _edits(text: str) -> Iterator[Edit]:
    for match in _TOKEN.finditer(text):
        token = match[0]
        stars = sum(not char.isalpha() for char in token)
        if len(token) < _MIN_CHARS or (stars == 1 and not token[-1].isalpha()):
            continue  # "word*" points to a footnote
        for word in hidden_words_like(token[0], len(token)):
            if all(sign in (letter, "*", "#", "✱") for sign, letter in zip(token, word, strict=True)):
                yield same_length(match.start(), word, Kind.STARRED)
                break
