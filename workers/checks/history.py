"""How the author fared before: earlier rejections and haste lower trust, nothing raises it."""

from comments.signal import Category, Signal, Weight
from workers.checks.evidence import count_of
from workers.checks.subject import Subject

NAME, VERSION = "history", "1"
MANY_IN_TEN_MINUTES = 6
FLOOD_IN_TEN_MINUTES = 15


def check(subject: Subject) -> tuple[Signal, ...]:
    """Return signals about earlier rejections and about many comments in a short time."""
    signals = []
    rejected = subject.history.rejected
    if rejected:
        detail = f"this site rejected {count_of(rejected, 'earlier comment')} by the same author"
        score = min(0.2 + 0.1 * rejected, 0.45)  # anyone can type anyone's address: never enough alone
        signals.append(Signal(NAME, VERSION, Category.SPAM, score, Weight.SOFT, detail))
    recent = subject.history.last_ten_minutes
    if recent >= MANY_IN_TEN_MINUTES:
        detail = f"the same author sent {recent} comments within ten minutes"
        weight = Weight.HOLD if recent >= FLOOD_IN_TEN_MINUTES else Weight.SOFT
        signals.append(Signal(NAME, VERSION, Category.SPAM, 0.4, weight, detail))
    if subject.history.is_banned:
        # For moderators alone: an author who could read it could try out whose address is banned.
        signals.append(Signal(NAME, VERSION, Category.SPAM, 0.0, Weight.NOTE, "its author is banned from this site"))
    return tuple(signals)
