"""What the checks made of a comment as a whole, for the desk's lists: kept with it, beside its signals."""

from collections.abc import Iterable
from dataclasses import dataclass

from comments.signal import Signal, Weight


@dataclass(frozen=True, slots=True)
class Findings:
    """What a comment is suspected of ("spam", "abuse" or nothing), how sure that is (0-1), and in which language it is.

    The language is a BCP 47 tag, empty when it could not be told.
    """

    suspected: str = ""
    risk: float = 0.0
    language: str = ""


NOTHING_FOUND = Findings()


def is_counted(signal: Signal) -> bool:
    """Say whether a signal counts when the verdict is formed."""
    return not signal.shadow and signal.weight is not Weight.NOTE


def found_words(signals: Iterable[Signal]) -> str:
    """Return the names of the checks and the #categories that counted, between blanks, for the desk's filters."""
    counted = [signal for signal in signals if is_counted(signal)]
    words = sorted({signal.check for signal in counted} | {f"#{signal.category.value}" for signal in counted})
    return f" {' '.join(words)} " if words else ""
