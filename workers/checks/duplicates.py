"""The same text again: twice in one thread, or all over the site."""

from comments.signal import Category, Signal, Weight
from workers.checks.evidence import count_of
from workers.checks.subject import Likeness, Subject

NAME, VERSION = "duplicates", "1"
# Everybody says "thank you for this"; below this length sameness between different authors means nothing.
MIN_SHARED_WORDS = 6
MANY_THREADS = 3


def check(subject: Subject) -> tuple[Signal, ...]:
    """Return at most one signal: the heaviest thing that can be said about this text's likenesses."""
    if not subject.likenesses:
        return ()
    if any(like.is_exact and like.same_author and like.same_thread for like in subject.likenesses):
        return _signal(0.6, Weight.HOLD, "the same author already wrote exactly this in this thread")
    if len(subject.normalised.words()) < MIN_SHARED_WORDS:
        return ()
    return _campaign(subject.likenesses)


def _campaign(likenesses: tuple[Likeness, ...]) -> tuple[Signal, ...]:
    rejected = sum(like.was_rejected for like in likenesses)
    elsewhere = sum(not like.same_thread for like in likenesses)
    exact = sum(like.is_exact for like in likenesses)
    said = "the same text as" if exact == len(likenesses) else "nearly the same text as"
    if rejected:
        return _signal(0.8, Weight.HOLD, f"{said} {count_of(rejected, 'comment')} that this site rejected")
    if elsewhere >= MANY_THREADS:
        return _signal(0.7, Weight.HOLD, f"{said} {count_of(elsewhere, 'comment')} in other threads")
    score = min(0.9, 0.3 * exact + 0.25 * (len(likenesses) - exact))
    return _signal(score, Weight.SOFT, f"{said} {count_of(len(likenesses), 'earlier comment')}")


def _signal(score: float, weight: Weight, detail: str) -> tuple[Signal, ...]:
    return (Signal(NAME, VERSION, Category.SPAM, score, weight, detail),)
