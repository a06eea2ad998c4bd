"""The site's own words: blocked ones reject, held ones hold. Whole words and phrases; with a star, what begins so."""

from collections.abc import Iterator

from comments.signal import Category, Field, Signal, Span, Weight
from workers.checks.evidence import count_of, limited, span_of_words
from workers.checks.site_words import site_words
from workers.checks.subject import Subject
from workers.normalise import Normalised

NAME, VERSION = "blocklist", "2"


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
    listed = site_words(words)
    for found in listed.words_in(normalised):
        yield span_of_words(normalised, found, field)
    for start, end in listed.signs_in(normalised):
        yield Span(start, end, field)
