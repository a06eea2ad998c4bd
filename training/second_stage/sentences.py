"""Sentences in our own words for what the datasets teach wrongly: groups, hard news, counter-speech, quoted abuse.

Rule: shaped like readers' comments, never like the templates that identity bias is measured with.
"""

import random
from collections.abc import Iterator

from training.second_stage.phrases import (
    ABUSE,
    ATTACKS,
    BARE_REMARKS,
    COUNTER,
    CRITICISM,
    DEEDS,
    GROUPS,
    INSULTING,
    NAMES,
    PLACES,
    PRAISE,
    QUOTED,
    REMARKS,
    SHOWN_GROUPS,
    THREATS,
)

Fill = dict[str, str]


def about_groups(chance: random.Random, count: int) -> Iterator[str]:
    """Yield benign remarks that name a group. Each group turns up until its name weighs nothing."""
    for number in range(count):
        pattern = chance.choice(BARE_REMARKS if number % 3 == 0 else REMARKS)
        yield _filled(chance, pattern, SHOWN_GROUPS[number % len(SHOWN_GROUPS)])


def against_groups(chance: random.Random, count: int) -> Iterator[str]:
    """Yield attacks on a group or on somebody for belonging to it."""
    for number in range(count):
        yield _filled(chance, chance.choice(ATTACKS), GROUPS[number % len(GROUPS)])


def hard_news(chance: random.Random, count: int) -> Iterator[str]:
    """Yield remarks about war, crime and politics, and hard criticism of those in power, all fit to print."""
    for _ in range(count):
        news, criticism = _filled(chance, chance.choice(DEEDS), ""), _filled(chance, chance.choice(CRITICISM), "")
        yield chance.choice((news, criticism, f"{news}. {criticism}", f"{criticism}. {news}"))


def about_abuse(chance: random.Random, count: int) -> Iterator[str]:
    """Yield counter-speech and abuse that is quoted in order to report or condemn it."""
    for number in range(count):
        pattern = chance.choice(COUNTER if number % 2 else QUOTED)
        yield _filled(chance, pattern, GROUPS[number % len(GROUPS)])


def insults(chance: random.Random, count: int) -> Iterator[str]:
    """Yield plain insults, some of them around the same quotes and remarks as the benign sentences have."""
    for number in range(count):
        insult = _filled(chance, chance.choice(ABUSE), GROUPS[number % len(GROUPS)])
        remark = _filled(chance, chance.choice((*CRITICISM, *REMARKS)), chance.choice(GROUPS))
        yield chance.choice((insult, insult, f"{remark}. {insult}", f"{insult}. {remark}"))


def threats(chance: random.Random, count: int) -> Iterator[str]:
    """Yield threats against the reader or a group."""
    for number in range(count):
        threat = _filled(chance, chance.choice(THREATS), GROUPS[number % len(GROUPS)])
        remark = _filled(chance, chance.choice(CRITICISM), "")
        yield chance.choice((threat, threat, f"{remark}. {threat}"))


def _filled(chance: random.Random, pattern: str, group: str) -> str:
    return pattern.format(
        group=group,
        other=chance.choice(GROUPS),
        name=chance.choice(NAMES),
        praise=chance.choice(PRAISE),
        insult=chance.choice(INSULTING),
        place=chance.choice(PLACES),
    )
