"""The decision: what the signals of all checks add up to under a site's policy. Pure, and it says why.

Rules: only a hard rule rejects. A check that failed never leads to approval. Soft signals hold together, never reject.
Two checks that read the same words are one witness.
A `detail` is half a sentence: what the comment contains ("two links"), what it does ("reads
like spam") or a clause of its own ("the name …", "it …").
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from math import prod

from comments.policy import Mode, Policy
from comments.signal import Category, Signal, Weight
from comments.status import Status
from comments.verdict import Verdict

_CLAUSE_STARTS = ("it ", "its ", "the name ", "the text ", "the check ", "the same author ", "this site ")
_VERBS = ("reads ", "looks ", "sounds ", "has ", "is ")
# By name, because a signal remembers no more of its check.
_READ_THE_WORDS = frozenset({"models", "slurs", "templates", "threats"})
_FIRST_TIME_MODES = frozenset({Mode.HOLD_FIRST, Mode.HOLD_FIRST_DEVICE})
_FOR_EVERYBODY = "This site has every comment read before it is published."
FOR_A_BURST = "So many comments came to this story at once that each is read before it is published."
_FOR_FIRST_TIMERS = "This site has the first comment of every author read before it is published."


def decide(signals: Iterable[Signal], policy: Policy, *, is_first_time: bool, is_burst: bool = False) -> Verdict:
    """Return the verdict on a comment. An approved comment has no reasons.

    `is_burst`: the story gets so many comments at once that none is published unread.
    """
    found = tuple(signals)
    counted = tuple(signal for signal in found if not signal.shadow and signal.weight is not Weight.NOTE)
    rejecting = [signal for signal in counted if signal.weight is Weight.REJECT]
    if rejecting:
        return Verdict(Status.REJECTED, _sentences(rejecting), found)
    reasons = _sentences(holding(counted, policy)) or _waiting(policy, is_first_time=is_first_time, is_burst=is_burst)
    return Verdict(Status.HELD if reasons else Status.APPROVED, reasons, found)


def held_back(verdict: Verdict) -> Verdict:
    """Return the verdict on what a banned author wrote: held at least, and its author is told no reason but others."""
    return replace(verdict, status=Status.HELD) if verdict.status is Status.APPROVED else verdict


def weighed(signals: Iterable[Signal]) -> float:
    """Return how sure the signals of one category make us together, 0–1.

    Checks that read the same words are one witness: the surest of them speaks. What does not come from the words
    (links, repeats, the author's past) adds to it.
    """
    words, others = [0.0], list[float]()
    for signal in signals:
        (words if signal.check in _READ_THE_WORDS else others).append(signal.score)
    return combined([max(words), *others])


def combined(scores: Iterable[float]) -> float:
    """Return the chance that at least one of several independent scores is right (noisy-or)."""
    return 1.0 - prod(1.0 - min(max(score, 0.0), 1.0) for score in scores)


def holding(counted: tuple[Signal, ...], policy: Policy) -> Iterator[Signal]:
    """Yield the signals that hold: heavy ones, failures, and the soft ones of a category that reaches its threshold."""
    found: dict[Category, list[Signal]] = {}
    for signal in counted:
        found.setdefault(signal.category, []).append(signal)
    # The tiny allowance is for the rounding of products: .5 must reach .5.
    reached = {
        category for category, signals in found.items() if weighed(signals) >= policy.hold_at_for(category) - 1e-9
    }
    for signal in counted:
        if signal.weight is Weight.HOLD or signal.category is Category.ERROR or signal.category in reached:
            yield signal


def _waiting(policy: Policy, *, is_first_time: bool, is_burst: bool) -> tuple[str, ...]:
    if policy.mode is Mode.HOLD_ALL:
        return (_FOR_EVERYBODY,)
    if policy.mode in _FIRST_TIME_MODES and is_first_time:
        return (_FOR_FIRST_TIMERS,)
    return (FOR_A_BURST,) if is_burst else ()


def _sentences(signals: Iterable[Signal]) -> tuple[str, ...]:
    strongest_first = sorted(signals, key=lambda signal: signal.score, reverse=True)
    return tuple(dict.fromkeys(_sentence(signal.detail) for signal in strongest_first))


def _sentence(detail: str) -> str:
    detail = detail.strip().rstrip(".")
    if detail.startswith(_CLAUSE_STARTS):
        return f"{detail[0].upper()}{detail[1:]}."
    if detail.startswith(_VERBS):
        return f"It {detail}."
    return f"It contains {detail}."
