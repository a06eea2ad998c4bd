"""Weak labels for kinds of abuse that no licence-clean set names: a word list and patterns stand in for raters.

Rule: what is learned here names what sort of abuse a comment holds; it never decides whether it is abusive.
"""

import random
import re
from collections.abc import Iterator
from pathlib import Path

from training.datasets import Row, read
from training.examples import Example
from training.own import identity, news, remarks, spam

ABUSE_SOURCES = ("kaggle_insults", "jigsaw_subset", "davidson", "surge_toxicity", "civil_toxic_spans")
BENIGN_SOURCES = ("kaggle_insults", "jigsaw_subset", "wiki_cat_large", "surge_toxicity")
PROFANE = "fuck,motherfucker,shit,ass,arse,bitch,cunt,piss,bollocks,twat,prick,bastard,wank,bugger"
SEXUAL = (
    "cock,dick,pussy,penis,anal,dildo,boobs,blowjob,jizz,cum,orgasm,masturbate,fellatio,vagina,clit,jerk off,"
    "jack off,sex,ejaculation,nutsack,whore,slut,doggy style,anus,breast,foreskin,suck,skank,muff"
)
THREAT = re.compile(
    r"\b(i('ll| will| am going to|'m going to|'m gonna| shall| go| wan)|we('ll| will| are going to| go)|gonna) "
    r"(\w+ )?(kill|murder|shoot|stab|burn|hang|beat|rape|slaughter|strangle|behead|hurt|destroy|punch) "
    r"(you|u|ur|your|him|her|them|una|their)\b"
    r"|\b(you|u|they|he|she) (should|must|deserve to|need to|will|gonna|ought to) (\w+ )?"
    r"(die|be killed|be shot|be hanged|get shot|be raped|burn in hell|be executed)\b"
    r"|\bkill (yourself|urself|ur self)\b|\bhope (you|u|they) (\w+ )?die\b"
)


def profanity_examples(folder: Path, chance: random.Random) -> Iterator[Example]:
    """Yield texts with and without a swear word of the list."""
    yield from _labelled(folder, _listed(folder, PROFANE), swearing_is_abuse=False)
    yield from _harmless(chance)


def sexual_examples(folder: Path, chance: random.Random) -> Iterator[Example]:
    """Yield abusive texts with and without a sexual word of the list, and benign ones without."""
    yield from _labelled(folder, _listed(folder, SEXUAL), swearing_is_abuse=True)
    yield from _harmless(chance)


def threat_examples(folder: Path, chance: random.Random) -> Iterator[Example]:
    """Yield abusive texts with a threat in them, threats in our own words, abuse without, and benign hard news."""
    yield from _labelled(folder, THREAT, swearing_is_abuse=True)
    for target, source, texts in (
        (1, "own_threats", news.threats(chance, 1200)),
        (0, "own_news", news.benign(chance, 2500)),
        (0, "own_identity_benign", identity.benign(chance, 1500)),
    ):
        for text in dict.fromkeys(texts):
            yield Example(text, target, 0.5, source, chance.random() < 0.1)


def _harmless(chance: random.Random) -> Iterator[Example]:
    """Yield words that only look like swearing to runs of letters, such as "bitcoin"."""
    for text in dict.fromkeys((*spam.spam(chance, 600), *remarks.remarks(chance, 1200))):
        yield Example(text, 0, 0.5, "own_remarks", chance.random() < 0.1)


def _labelled(folder: Path, pattern: re.Pattern[str], *, swearing_is_abuse: bool) -> Iterator[Example]:
    """Yield each text once. A benign text with a match is left out where the kind is one of abuse only."""
    for name in ABUSE_SOURCES:
        for row in read(folder / "train", name):
            if row.is_positive:
                yield _weak(row, name, int(bool(pattern.search(row.text.lower()))))
    for name in BENIGN_SOURCES:
        for row in read(folder / "train", name):
            matches = bool(pattern.search(row.text.lower()))
            if not row.is_positive and not (matches and swearing_is_abuse):
                yield _weak(row, name, int(matches))


def _weak(row: Row, source: str, target: int) -> Example:
    return Example(row.text, target, 1.0, source, row.is_held_out)


def _listed(folder: Path, listed: str) -> re.Pattern[str]:
    meant = frozenset(listed.split(","))
    words = {
        row.text.lower() for row in read(folder / "lists", "surge_profanity_words") if row.extra["canonical"] in meant
    }
    return re.compile(r"(?<!\w)(" + "|".join(re.escape(word) for word in sorted(words)) + r")(?!\w)")
