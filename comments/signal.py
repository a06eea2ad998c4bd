"""What a check says about one comment: signals with their evidence."""

from dataclasses import dataclass
from enum import StrEnum


class Category(StrEnum):
    """What a signal is about. A category is not a state."""

    SPAM = "spam"
    INSULT = "insult"
    PROFANITY = "profanity"
    THREAT = "threat"
    IDENTITY_ATTACK = "identity_attack"
    SEXUAL = "sexual"
    PERSONAL_DATA = "personal_data"
    STYLE = "style"
    OBFUSCATION = "obfuscation"
    ARRIVAL = "arrival"  # how it came in, which says nothing of its words
    ERROR = "error"


# These say nothing about the comment itself.
NOT_OF_THE_COMMENT = frozenset({Category.ARRIVAL, Category.ERROR})
ABUSE = frozenset({Category.INSULT, Category.PROFANITY, Category.THREAT, Category.IDENTITY_ATTACK, Category.SEXUAL})


class Weight(StrEnum):
    """How much a signal counts when the verdict is formed."""

    NOTE = "note"  # shown to moderators, never counted
    SOFT = "soft"  # counted together with the other soft signals of its category
    HOLD = "hold"  # enough by itself to ask a person
    REJECT = "reject"  # a hard rule: rejects by itself


class Field(StrEnum):
    """Which part of the submission a span points into."""

    NAME = "name"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of evidence in the field as it was typed: code points `start` (inclusive) to `end` (exclusive).

    `shown` is what the check read there once obfuscation was undone ("fr€€" → "free"); empty when the same.
    """

    start: int
    end: int
    field: Field = Field.TEXT
    shown: str = ""


@dataclass(frozen=True, slots=True)
class Signal:
    """One finding of one check.

    `score` is 0–1: how sure the check is that `category` applies. `detail` is half a sentence for a moderator
    ("two links, one through a shortener"); it never contains an address.
    """

    check: str
    version: str
    category: Category
    score: float
    weight: Weight
    detail: str
    spans: tuple[Span, ...] = ()
    microseconds: int = 0
    shadow: bool = False
