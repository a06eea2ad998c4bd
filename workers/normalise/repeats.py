"""Letters drawn out ("stuuupid"), cut to the word they draw out, or else to two."""

import re
from collections.abc import Iterator
from itertools import groupby

from workers.normalise.draft import Draft, Edit
from workers.normalise.lexicon import hidden_word_squeezed
from workers.normalise.view import Kind

_REPEAT = re.compile(r"([^\W\d_])\1\1")
_LETTERS = re.compile(r"[^\W\d_]++")
_MAX_RUN = 2
_AS_THEY_ARE = re.compile(r"w{3}|[xvl]*i{3}|x{3}[ivx]*|m{2,}[dclxvi]*")  # www, and Roman numbers


def squeeze_repeats(draft: Draft) -> Draft:
    """Return the draft with no letter more than twice in a row."""
    if not _REPEAT.search(draft.text):
        return draft
    return draft.apply(_edits(draft.text))


def _edits(text: str) -> Iterator[Edit]:
    for match in _LETTERS.finditer(text):
        if _REPEAT.search(match[0]) and not _AS_THEY_ARE.fullmatch(match[0]):
            yield _squeezed(match[0], match.start())


def _squeezed(word: str, offset: int) -> Edit:
    """Return the edit that shortens `word`; the last letter kept of a run stands for the rest of the run."""
    runs = [(letter, sum(1 for _ in run)) for letter, run in groupby(word)]
    known = hidden_word_squeezed("".join(letter for letter, _ in runs))
    wanted = [sum(1 for _ in run) for _, run in groupby(known)] if known else [_MAX_RUN] * len(runs)
    text: list[str] = []
    sources: list[tuple[int, int]] = []
    position = offset
    for (letter, length), limit in zip(runs, wanted, strict=True):
        kept = min(length, limit)
        text.append(letter * kept)
        sources += [(position + i, position + i + 1) for i in range(kept - 1)]
        sources.append((position + kept - 1, position + length))
        position += length
    return Edit(offset, offset + len(word), "".join(text), sources, Kind.REPEATED)
