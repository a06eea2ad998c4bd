"""What the second stage learns from: every text once, with the heads that have an opinion on it.

Rule: labels and weights are the first stage's (training.examples, training.kinds); only our own sentences differ.
"""

import math
import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from training.examples import (
    Example,
    abuse_examples,
    identity_attack_examples,
    insult_examples,
)
from training.kinds import profanity_examples, sexual_examples, threat_examples
from training.second_stage import sentences
from workers.model.heads import KINDS, Head
from workers.normalise import normalise

HEADS = (Head.ABUSE, *KINDS)
EXAMPLES = {
    Head.ABUSE: abuse_examples,
    Head.INSULT: insult_examples,
    Head.IDENTITY_ATTACK: identity_attack_examples,
    Head.PROFANITY: profanity_examples,
    Head.SEXUAL: sexual_examples,
    Head.THREAT: threat_examples,
}
SEED = 20260101
OWN_WEIGHT = 0.6
# The kinds name what the abuse is; the first two heads decide, so they take most of the gradient.
HEAD_WEIGHTS = {Head.ABUSE: 1.0, Head.INSULT: 0.7}
OTHER_HEAD_WEIGHT = 0.25
# Comments on news sites and forums are what the product reads.
SOURCE_WEIGHTS = {"kaggle_insults": 2.0}


@dataclass(frozen=True, slots=True)
class Lesson:
    """One normalised text, and for each of HEADS a target (NaN: nothing known) and a weight."""

    text: str
    targets: tuple[float, ...]
    weights: tuple[float, ...]
    source: str
    is_held_out: bool


def lessons(folder: Path) -> list[Lesson]:
    """Return every lesson from the datasets in `folder`, and from our own sentences."""
    chance = random.Random(SEED)
    by_text: dict[str, dict[Head, Example]] = defaultdict(dict)
    for head, examples in EXAMPLES.items():
        for example in examples(folder, chance):
            if not example.source.startswith("own_"):
                by_text[normalise(example.text).text].setdefault(head, example)
    taught = [_lesson(text, heads) for text, heads in by_text.items() if text.strip()]
    return taught + list(_own(chance))


def _lesson(text: str, heads: dict[Head, Example]) -> Lesson:
    first = heads.get(Head.ABUSE) or next(iter(heads.values()))
    factor = SOURCE_WEIGHTS.get(first.source, 1.0)
    targets = tuple(float(heads[head].target) if head in heads else math.nan for head in HEADS)
    weights = tuple(_head_weight(head) * factor * (heads[head].weight if head in heads else 0.0) for head in HEADS)
    return Lesson(text, targets, weights, first.source, first.is_held_out)


def _own(chance: random.Random) -> Iterator[Lesson]:
    benign, attacked = dict.fromkeys(HEADS, 0.0), {Head.ABUSE: 1.0, Head.IDENTITY_ATTACK: 1.0, Head.THREAT: 0.0}
    insulted = {Head.ABUSE: 1.0, Head.INSULT: 1.0, Head.THREAT: 0.0}
    threatened = {Head.ABUSE: 1.0, Head.THREAT: 1.0}
    # Quoted abuse holds the words themselves, so only the deciding heads are told that it is benign.
    reported = {Head.ABUSE: 0.0, Head.INSULT: 0.0, Head.IDENTITY_ATTACK: 0.0, Head.THREAT: 0.0}
    for source, known, texts in (
        ("own_groups", benign, sentences.about_groups(chance, 5000)),
        ("own_attacks", attacked, sentences.against_groups(chance, 2000)),
        ("own_news", benign, sentences.hard_news(chance, 1500)),
        ("own_counter", reported, sentences.about_abuse(chance, 1800)),
        ("own_insults", insulted, sentences.insults(chance, 1200)),
        ("own_threats", threatened, sentences.threats(chance, 600)),
    ):
        for text in dict.fromkeys(texts):
            targets = tuple(known.get(head, math.nan) for head in HEADS)
            weights = tuple(OWN_WEIGHT * _head_weight(head) * (head in known) for head in HEADS)
            yield Lesson(normalise(text).text, targets, weights, source, chance.random() < 0.1)


def _head_weight(head: Head) -> float:
    return HEAD_WEIGHTS.get(head, OTHER_HEAD_WEIGHT)
