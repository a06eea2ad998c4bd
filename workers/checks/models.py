"""The models' opinion of the text as spam and as abuse: soft evidence, never a rejection by itself."""

from comments.signal import Category, Signal, Weight
from workers.checks.reading import Estimate
from workers.checks.subject import Subject

NAME = "models"
VERSION = "1"

# On the scale of a verdict, where half holds: what the model is to hold from stands at .5, where it is sure at .9.
HOLD_SCORE = 0.5
SURE_SCORE = 0.9
# A weaker opinion than this is said by nearly every comment and would only blur the others' evidence.
FAINTEST_SCORE = 0.25


def check(subject: Subject) -> tuple[Signal, ...]:
    """Return the models' opinions that are worth hearing, and what is wrong with the models."""
    reading = subject.reading
    if reading is None:
        return ()
    if reading.trouble:
        return (Signal(NAME, VERSION, Category.ERROR, 1.0, Weight.HOLD, reading.trouble),)
    found = []
    if reading.spam is not None:
        found.append(_signal(reading.spam, Category.SPAM, "it reads like spam"))
    if reading.abuse is not None:
        kind = max(reading.kinds, key=lambda each: reading.kinds[each], default=Category.INSULT)
        found.append(_signal(reading.abuse, kind, _WORDS.get(kind, "it reads like abuse")))
    return tuple(signal for signal in found if signal.score >= FAINTEST_SCORE)


_WORDS = {
    Category.INSULT: "it reads like an insult",
    Category.PROFANITY: "it reads like swearing",
    Category.THREAT: "it reads like a threat",
    Category.IDENTITY_ATTACK: "it reads like an attack on a group of people",
    Category.SEXUAL: "it reads like sexual talk",
}


def _signal(estimate: Estimate, category: Category, words: str) -> Signal:
    score = banded(estimate)
    detail = f"{words} ({estimate.probability:.2f})"
    evidence = estimate.words() if score >= HOLD_SCORE else ()
    return Signal(NAME, estimate.source, category, score, Weight.SOFT, detail, evidence)


def banded(estimate: Estimate) -> float:
    """Return the probability on the scale of a verdict: straight lines through `hold_at` and `sure_at`."""
    probability, hold_at = estimate.probability, estimate.hold_at
    sure_at = max(estimate.sure_at, hold_at)
    if probability < hold_at:
        return HOLD_SCORE * probability / hold_at
    if probability < sure_at:
        return HOLD_SCORE + (SURE_SCORE - HOLD_SCORE) * (probability - hold_at) / (sure_at - hold_at)
    return SURE_SCORE + (1 - SURE_SCORE) * (probability - sure_at) / max(1 - sure_at, 1e-9)
