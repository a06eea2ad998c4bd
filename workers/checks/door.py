"""What the web process saw at the door: a filled trap field, a form sent faster than anybody types."""

from comments.signal import Category, Signal, Weight
from workers.checks.subject import Subject

NAME, VERSION = "door", "1"
TOO_FAST_SECONDS = 3


def check(subject: Subject) -> tuple[Signal, ...]:
    """Return a hold for a filled honeypot and a soft signal for haste."""
    signals = []
    if subject.door.honeypot_filled:
        detail = "it filled a field that people cannot see"
        signals.append(Signal(NAME, VERSION, Category.SPAM, 0.9, Weight.HOLD, detail))
    seconds = subject.door.seconds_to_submit
    if seconds is not None and seconds < TOO_FAST_SECONDS:
        detail = f"it was sent less than {TOO_FAST_SECONDS} seconds after the form was opened"
        signals.append(Signal(NAME, VERSION, Category.SPAM, 0.4, Weight.SOFT, detail))
    return tuple(signals)
