"""What the signals add up to, before it is applied."""

from dataclasses import dataclass

from comments.signal import Signal
from comments.status import Status


@dataclass(frozen=True, slots=True)
class Verdict:
    """The policy's outcome for one revision of a comment.

    `reasons` are whole sentences for moderators and, on the receipt, for the author; empty for a clean comment.
    """

    status: Status
    reasons: tuple[str, ...]
    signals: tuple[Signal, ...]
