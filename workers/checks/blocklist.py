"""The site's own words: blocked ones reject, held ones hold. Whole words and phrases, never parts of words."""

from collections.abc import Iterator
from functools import lru_cache

from comments.signal import Category, Field, Signal, Span, Weight
from workers.checks.evidence import count_of, limited, span_of_words
from workers.checks.phrases import PhraseBook
from workers.checks.subject import Subject
from workers.normalise import Normalised, normalise

NAME, VERSION = "blocklist", "1"
_MAX_RULE_SETS = 256  # more sites than this in one worker only build their books again


def check(subject: Subject) -> tuple[Signal, ...]:
    """Return one signal for blocked and one for held words."""
    return (
        *_signals(subject, subject.rules.blocked_words, Weight.REJECT, "that this site blocks"),
        *_signals(subject, subject.rules.held_words, Weight.HOLD, "that this site wants to see first"),
    )


def _signals(subject: Subject, words: tuple[str, ...], weight: Weight, why: str) -> Iterator[Signal]:
    if not words:
        return
    spans = {
        *_spans(subject.normalised, words, Field.TEXT),
        *_spans(subject.normalised_name, words, Field.NAME),
    }
    if spans:
        detail = f"{count_of(len(spans), 'word')} {why}"
        yield Signal(NAME, VERSION, Category.SPAM, 1.0, weight, detail, limited(spans))


def _spans(normalised: Normalised, words: tuple[str, ...], field: Field) -> Iterator[Span]:
    book, signs = _book(words)
    for found in book.find(normalised):
        yield span_of_words(normalised, found.words, field)
    for sign in signs:
        at = normalised.raw.find(sign)
        if at >= 0:
            yield Span(at, at + len(sign), field)


@lru_cache(maxsize=_MAX_RULE_SETS)
def _book(words: tuple[str, ...]) -> tuple[PhraseBook[str], tuple[str, ...]]:
    """Return the phrases, and apart from them the entries without any word in them, such as an emoji."""
    signs = tuple(word.strip() for word in words if word.strip() and not normalise(word).words())
    return PhraseBook({word: word for word in words}), signs
