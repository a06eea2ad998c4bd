"""Threats aimed at somebody, and calls to kill, by rules for each language."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from ahocorasick_rs import AhoCorasick

from comments.signal import Category, Signal, Span, Weight
from workers.checks.evidence import limited, span_of_words
from workers.checks.lists import compile_pattern, phrases, read_list
from workers.checks.subject import Subject
from workers.normalise import Normalised, Word

NAME, VERSION = "threats", "1"
_SENTENCE_ENDS = frozenset('.!?:;\n"“”…—-*•(')


@dataclass(frozen=True, slots=True)
class Rule:
    """A pattern over the bare line, and what it is as a moderator reads it."""

    language: str
    what: str
    pattern: re.Pattern[str]
    begins_sentence: bool


def check(subject: Subject) -> tuple[Signal, ...]:
    """Return one hold for each kind of threat or call."""
    found: dict[str, list[Span]] = {}
    for rule, words in _matches(subject.normalised):
        found.setdefault(rule.what, []).append(span_of_words(subject.normalised, words))
    return tuple(
        Signal(NAME, VERSION, Category.THREAT, 0.85, Weight.HOLD, what, limited(spans)) for what, spans in found.items()
    )


def _matches(normalised: Normalised) -> Iterator[tuple[Rule, tuple[Word, ...]]]:
    line = normalised.bare_line
    if not _hints().find_matches_as_indexes(line.text):
        return
    for rule in rules():
        for match in rule.pattern.finditer(line.text):
            words = line.words_between(*match.span())
            if words and (not rule.begins_sentence or _begins_a_sentence(normalised.text, words[0].start)):
                yield rule, words


def _begins_a_sentence(text: str, start: int) -> bool:
    before = text[max(0, start - 10) : start].rstrip(" \t'‘’")
    return not before or before[-1] in _SENTENCE_ENDS


@cache
def rules() -> tuple[Rule, ...]:
    """Return every rule of lists/threats.toml."""
    listed = read_list("threats")
    return tuple(
        Rule(
            language=rule["language"],
            what=listed["what"][rule["what"]],
            pattern=compile_pattern(rule["pattern"], listed["shorthands"]),
            begins_sentence=rule.get("begins_sentence", False),
        )
        for rule in listed["rule"]
    )


@cache
def _hints() -> AhoCorasick:
    """Return the finder of beginnings of words without one of which no rule matches: most texts have none."""
    listed = read_list("threats")
    verbs = (listed["shorthands"][name] for name in ("KILL", "KILLED", "SLAUGHTERED"))
    beginnings = {word for verb in verbs for word in re.findall("[a-z]+", verb) if len(word) > 2}
    return AhoCorasick([f" {word}" for word in sorted(beginnings | set(phrases(listed["hints"]["beginnings"])))])
