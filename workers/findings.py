"""What a verdict says about a comment as a whole: what it is suspected of, and how sure the checks are. Pure."""

from collections.abc import Iterable

from comments.findings import Findings, is_counted
from comments.policy import Policy
from comments.signal import ABUSE, NOT_OF_THE_COMMENT, Category, Signal, Weight
from comments.status import Status
from comments.verdict import Verdict
from workers.decide import holding, weighed
from workers.language import language_of

_OF_THE_COMMENT = frozenset(Category) - NOT_OF_THE_COMMENT


def findings_of(verdict: Verdict, policy: Policy, text: str) -> Findings:
    """Return the findings. Only what was enough to hold or reject makes a comment suspected of something."""
    counted = tuple(filter(is_counted, verdict.signals))
    enough = [signal for signal in counted if signal.weight is Weight.REJECT] or list(holding(counted, policy))
    suspected = "" if verdict.status is Status.APPROVED else _suspected(enough)
    return Findings(suspected, round(_surest(counted, _OF_THE_COMMENT), 4), language_of(text))


def _suspected(enough: Iterable[Signal]) -> str:
    signals = tuple(enough)
    spam, abuse = _surest(signals, {Category.SPAM}), _surest(signals, ABUSE)
    if not spam and not abuse:
        return ""
    return "spam" if spam >= abuse else "abuse"


def _surest(signals: Iterable[Signal], categories: Iterable[Category]) -> float:
    """Return how sure the signals make us of the category that they make us surest of."""
    found: dict[Category, list[Signal]] = {category: [] for category in categories}
    for signal in signals:
        if signal.category in found:
            found[signal.category].append(signal)
    return max(map(weighed, found.values()), default=0.0)
