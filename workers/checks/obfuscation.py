"""Disguise: words typed so that a filter would not read them. Whoever hides a word knows how it will be taken."""

from collections.abc import Iterable

from comments.signal import Category, Field, Signal, Span, Weight
from workers.checks.evidence import count_of, limited
from workers.checks.subject import Subject
from workers.normalise import Change
from workers.normalise.lexicon import holds_hidden_word, is_hidden_word
from workers.normalise.view import Kind

NAME, VERSION = "obfuscation", "1"

# Drawn-out letters are how people laugh, styled letters how some sign; the others have hardly an innocent use.
_SCORES: dict[Kind, float] = {
    Kind.ZERO_WIDTH: 0.4,
    Kind.STACKED: 0.4,
    Kind.HOMOGLYPH: 0.4,
    Kind.STYLED: 0.25,
    Kind.SPACED: 0.3,
    Kind.DOTTED: 0.3,
    Kind.LEET: 0.25,
    Kind.STARRED: 0.25,
    Kind.REPEATED: 0.0,
}
_RUN_TOGETHER = frozenset({Kind.SPACED, Kind.DOTTED})  # several words come out as one
_HIDDEN_WORD = 0.3  # added when what comes out is a word that people hide


def check(subject: Subject) -> tuple[Signal, ...]:
    """Return a soft signal for each kind of disguise, stronger when it hid a telling word."""
    found: dict[Kind, list[tuple[Change, Field]]] = {}
    for normalised, field in ((subject.normalised, Field.TEXT), (subject.normalised_name, Field.NAME)):
        for change in normalised.changes:
            found.setdefault(change.kind, []).append((change, field))
    return tuple(_signal(kind, changes) for kind, changes in found.items() if _SCORES[kind])


def _signal(kind: Kind, changes: list[tuple[Change, Field]]) -> Signal:
    tells = holds_hidden_word if kind in _RUN_TOGETHER else is_hidden_word
    is_telling = any(tells(change.shown) for change, _ in changes)
    score = _SCORES[kind] + min(0.1 * (len(changes) - 1), 0.2) + (_HIDDEN_WORD if is_telling else 0.0)
    detail = f"{count_of(len(changes), 'disguised word')} ({kind.value})"
    return Signal(NAME, VERSION, Category.OBFUSCATION, min(score, 0.9), Weight.SOFT, detail, limited(_spans(changes)))


def _spans(changes: Iterable[tuple[Change, Field]]) -> Iterable[Span]:
    return (Span(change.start, change.end, field, change.shown) for change, field in changes)
