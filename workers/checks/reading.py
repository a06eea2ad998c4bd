"""What the models made of a text, as the checks see it: plain numbers with their evidence, no model."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from comments.signal import Category, Span


@dataclass(frozen=True, slots=True)
class Estimate:
    """One model's answer to one question.

    `probability` is 0–1. From `hold_at` on a person is asked; `sure_at` is where false alarms become rare.
    `source` names the model and its version. `words` looks up the evidence, strongest first, when it is needed.
    """

    probability: float
    hold_at: float
    sure_at: float
    source: str
    words: Callable[[], tuple[Span, ...]]


@dataclass(frozen=True, slots=True)
class Reading:
    """What the models say of one text. None is "no opinion", which is not "clean".

    `kinds` says what sort of abuse it would be. `language` is a code, "other" when unknown. `trouble` is half a
    sentence about a model that is missing or damaged: nothing may be approved then.
    """

    language: str = "other"
    spam: Estimate | None = None
    abuse: Estimate | None = None
    kinds: Mapping[Category, float] = field(default_factory=dict)
    trouble: str = ""
