"""The names in an article's first words: who and what it is about, so that a reader may say them too.

Rule: only words typed with a capital letter. A lead may quote an insult, and that must not excuse the next one.
"""

from workers.normalise.letters import word_pattern

_JOINTS = frozenset({" ", "-"})


def names_in(lead: str) -> tuple[str, ...]:
    """Return every run of capitalised words, as it was typed. A sentence's first word counts too: it may be a name."""
    runs: list[tuple[int, int]] = []
    for match in word_pattern(is_ascii=False).finditer(lead):
        if not match[0][0].isupper():
            continue
        start, end = match.span()
        if runs and lead[runs[-1][1] : start] in _JOINTS:
            runs[-1] = (runs[-1][0], end)
        else:
            runs.append((start, end))
    return tuple(dict.fromkeys(lead[start:end] for start, end in runs))
