"""Checks in shadow: what they find is recorded and shown, and counts for nothing. To try a check on live comments."""

from collections.abc import Collection, Iterable
from dataclasses import replace

from comments.signal import Signal


def cast_shadows(signals: Iterable[Signal], shadow_checks: Collection[str]) -> tuple[Signal, ...]:
    """Return the signals, those of the named checks marked as not counted."""
    return tuple(replace(signal, shadow=True) if signal.check in shadow_checks else signal for signal in signals)
