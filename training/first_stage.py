"""Train every head of the first stage on one corpus. The same seed gives the same weights on the same machine."""

import random
from dataclasses import dataclass
from pathlib import Path

from training import examples as sources
from training import kinds
from training.corpus import Corpus, build_corpus
from training.examples import Example, Examples
from training.fit import Linear, calibrate, fit_binary, fit_classes
from training.obfuscate import ATTACKS, hide
from workers.model.heads import Head

READERS: dict[str, Examples] = {
    "language": sources.language_examples,
    Head.SPAM: sources.spam_examples,
    Head.ABUSE: sources.abuse_examples,
    Head.INSULT: sources.insult_examples,
    Head.IDENTITY_ATTACK: sources.identity_attack_examples,
    Head.PROFANITY: kinds.profanity_examples,
    Head.SEXUAL: kinds.sexual_examples,
    Head.THREAT: kinds.threat_examples,
}
STRENGTHS = {
    "language": 20.0,
    Head.SPAM: 10.0,
    Head.ABUSE: 3.0,
    Head.INSULT: 5.0,
    Head.IDENTITY_ATTACK: 3.0,
    Head.PROFANITY: 5.0,
    Head.SEXUAL: 5.0,
    Head.THREAT: 5.0,
}
CALIBRATION_SOURCES = {
    Head.SPAM: frozenset({"youtube_spam", "kaggle_insults"}),
    Head.ABUSE: frozenset({"kaggle_insults"}),
    Head.INSULT: frozenset({"kaggle_insults"}),
    Head.IDENTITY_ATTACK: frozenset({"stormfront", "kaggle_insults", "own_identity_benign", "own_identity_abusive"}),
    Head.PROFANITY: frozenset({"kaggle_insults", "wiki_cat_large"}),
    Head.SEXUAL: frozenset({"kaggle_insults", "wiki_cat_large", "jigsaw_subset"}),
    Head.THREAT: frozenset({"kaggle_insults", "jigsaw_subset", "own_threats", "own_news"}),
}
MEASURED_SOURCES = frozenset({"naijasenti"})
"""There is no dev/ file of these tweets, so the held-out ones are what the models are measured on."""

INSULT_SHARE, GENERAL_SHARE = 0.7, 0.5
"""How much each of the two models counts in the other's head. More insults: better on news, worse elsewhere."""

HIDDEN_SHARE = 0.08
"""Of the abuse examples, this share is learnt a second time with its words hidden."""


@dataclass(frozen=True, slots=True)
class Trained:
    """Every column's model, by its name in the weight matrix, and what it was trained on."""

    corpus: Corpus
    examples: dict[str, list[Example]]
    languages: list[Linear]
    heads: dict[Head, Linear]


def train(folder: Path, seed: int) -> Trained:
    """Read the datasets and fit every head."""
    examples = {name: read_examples(name, folder, seed) for name in READERS}
    corpus = build_corpus(example.text for rows in examples.values() for example in rows)
    told = [example for example in examples["language"] if not example.is_held_out]
    languages = fit_classes(corpus, told, STRENGTHS["language"])
    return Trained(corpus, examples, languages, fit_heads(corpus, examples))


def read_examples(name: str, folder: Path, seed: int) -> list[Example]:
    """Return what one head learns from, abuse heads with some of it hidden as people hide it."""
    chance = random.Random(f"{seed} {name}")
    rows = list(READERS[name](folder, chance))
    if name in {Head.ABUSE, Head.INSULT}:
        rows += [_hidden(row, chance) for row in rows if not row.is_held_out and chance.random() < HIDDEN_SHARE]
    return rows


def fit_heads(corpus: Corpus, examples: dict[str, list[Example]]) -> dict[Head, Linear]:
    """Return every binary head, calibrated.

    Abuse is what all sets together teach plus what comments under news teach about insults: one matrix holds the sum,
    and it ranks news comments and other sets better than either part.
    """
    plain = {head: fit_binary(corpus, learnt(head, examples[head]), STRENGTHS[head]) for head in Head}
    general, insult = plain[Head.ABUSE], plain[Head.INSULT]
    plain[Head.ABUSE] = general.plus(insult, INSULT_SHARE)
    plain[Head.INSULT] = insult.plus(general, GENERAL_SHARE)
    return {head: calibrate(plain[head], corpus, examples[head], CALIBRATION_SOURCES[head]) for head in Head}


def learnt(head: Head, examples: list[Example]) -> list[Example]:
    """Return the examples a head may be fitted on: all but those kept for calibrating or measuring it."""
    kept_back = CALIBRATION_SOURCES[head] | MEASURED_SOURCES
    return [example for example in examples if not (example.is_held_out and example.source in kept_back)]


def _hidden(row: Example, chance: random.Random) -> Example:
    attack = chance.choice(list(ATTACKS.values()))
    return Example(hide(row.text, frozenset(), attack, chance), row.target, row.weight, row.source)
