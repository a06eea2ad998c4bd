"""What the web process saw at the door: a filled trap field, haste, a missing proof of work, a crowd behind it."""

from comments.door_hold import DoorHold
from comments.signal import Category, Signal, Weight
from workers.checks.subject import Subject

NAME, VERSION = "door", "2"
TOO_FAST_SECONDS = 3
# Said to its author too, who may be without JavaScript or behind a mobile carrier's one address.
_HOLDS = {
    DoorHold.NO_PROOF: "it came without the computation that this site asks of browsers, as happens without JavaScript",
    DoorHold.CROWDED: "it came from a network that so much comes from at once that a person has to look",
}


def check(subject: Subject) -> tuple[Signal, ...]:
    """Return a hold for a filled honeypot or for how it came in, and a soft signal for haste."""
    signals = []
    if subject.door.honeypot_filled:
        detail = "it filled a field that people cannot see"
        signals.append(Signal(NAME, VERSION, Category.SPAM, 0.9, Weight.HOLD, detail))
    seconds = subject.door.seconds_to_submit
    if seconds is not None and seconds < TOO_FAST_SECONDS:
        detail = f"it was sent less than {TOO_FAST_SECONDS} seconds after the form was opened"
        signals.append(Signal(NAME, VERSION, Category.SPAM, 0.4, Weight.SOFT, detail))
    if said := _HOLDS.get(subject.door.hold):
        signals.append(Signal(NAME, VERSION, Category.ARRIVAL, 0.5, Weight.HOLD, said))
    return tuple(signals)
