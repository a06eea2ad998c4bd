"""The manner of a text: capitals, exclamation marks, the same word over and over."""

import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from comments.signal import Category, Signal, Span, Weight
from workers.checks.evidence import limited
from workers.checks.subject import Subject

NAME, VERSION = "shouting", "1"
MIN_CASED_LETTERS = 25  # below this a name in capitals is most of the text
_SHARE_OF_CAPITALS = 0.7
_PUNCTUATION = re.compile(r"[!?]{5,}+")
_ONE_CHARACTER = re.compile(r"(\S)\1{19,}+")
_MIN_WORDS = 15
_SHARE_OF_ONE_WORD = 0.5


def check(subject: Subject) -> tuple[Signal, ...]:
    """Return soft signals about style. Scripts without capitals are never shouting."""
    return (*_capitals(subject.text), *_runs(subject.text), *_repetition(subject))


def _capitals(text: str) -> Iterator[Signal]:
    capitals = sum(map(str.isupper, text))
    if capitals >= _SHARE_OF_CAPITALS * MIN_CASED_LETTERS:
        small = sum(map(str.islower, text))
        if capitals + small >= MIN_CASED_LETTERS and capitals >= _SHARE_OF_CAPITALS * (capitals + small):
            yield _soft(0.25, "the text is mostly in capitals")


def _runs(text: str) -> Iterator[Signal]:
    marks = [Span(*match.span()) for match in _PUNCTUATION.finditer(text)]
    if marks:
        yield _soft(0.2, "many exclamation or question marks in a row", marks)
    # A run of twenty covers two neighbouring tenths: this spares nearly every text the slow pattern.
    has_runs = any(a == b and not a.isspace() for a, b in pairwise(text[::10]))
    runs = [Span(*match.span()) for match in _ONE_CHARACTER.finditer(text)] if has_runs else []
    if runs:
        yield _soft(0.4, "one character twenty times or more in a row", runs)


def _repetition(subject: Subject) -> Iterator[Signal]:
    words = subject.normalised.words()
    if len(words) < _MIN_WORDS:
        return
    if "@" in subject.text:  # a row of @names is how people answer several others at once
        text = subject.normalised.text
        words = tuple(word for word in words if text[max(0, word.start - 1) : word.start] != "@")
    if not words:
        return
    _, times = Counter(word.text for word in words).most_common(1)[0]
    if times >= _SHARE_OF_ONE_WORD * len(words):
        yield _soft(0.5, f"one word said {times} times")


def _soft(score: float, detail: str, spans: list[Span] | None = None) -> Signal:
    return Signal(NAME, VERSION, Category.STYLE, score, Weight.SOFT, detail, limited(spans or []))
