"""Spam that is written to a pattern: loans, spells, cures, doublers, recoverers and their kin.

No single phrase is enough, because the news writes about loans and herbs too: phrases of several kinds must meet.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from comments.signal import Category, Signal, Weight
from workers.checks.evidence import limited, span_of_words
from workers.checks.lists import phrases, read_list
from workers.checks.phrases import Found, PhraseBook
from workers.checks.subject import Subject

NAME, VERSION = "templates", "1"
_STRONG, _ORDINARY = 0.4, 0.2
_WORTH_SAYING, _HOLD = 0.4, 0.6
_MAX = 0.95


@dataclass(frozen=True, slots=True)
class _Cue:
    """A kind of phrase within one template; `template` is empty for those that all templates share."""

    template: str
    kind: str


def check(subject: Subject) -> tuple[Signal, ...]:
    """Return a signal for each template of which enough kinds of phrases are there."""
    found = _book().find(subject.normalised)
    if not found:
        return ()
    templates = dict.fromkeys(cue.template for item in found for cue in item.label if cue.template)
    return tuple(signal for template in templates for signal in _signals(template, found, subject))


def _signals(template: str, found: tuple[Found[tuple[_Cue, ...]], ...], subject: Subject) -> Iterator[Signal]:
    telling = [item for item in found if any(cue.template in {template, ""} for cue in item.label)]
    kinds = {cue for item in telling for cue in item.label if cue.template in {template, ""}}
    score = round(sum(_STRONG if cue.kind == "strong" else _ORDINARY for cue in kinds), 2)
    if score < _WORTH_SAYING or not any(cue.template for cue in kinds):
        return
    weight = Weight.HOLD if score >= _HOLD else Weight.SOFT
    spans = limited(span_of_words(subject.normalised, item.words) for item in telling)
    yield Signal(NAME, VERSION, Category.SPAM, min(score, _MAX), weight, f"the wording of {template}", spans)


@cache
def _book() -> PhraseBook[tuple[_Cue, ...]]:
    cues: dict[str, tuple[_Cue, ...]] = {}
    spam = read_list("spam")
    for template, kinds in {**spam["templates"], "": {"contact": spam["contact"]}}.items():
        for kind, listed in kinds.items():
            for phrase in phrases(listed):
                cues[phrase] = (*cues.get(phrase, ()), _Cue(template, kind))
    return PhraseBook(cues)
