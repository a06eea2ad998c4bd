"""A site's policy: what is held for a person and what is not."""

from dataclasses import dataclass
from enum import StrEnum

from comments.calibration import Family, hold_at_of
from comments.signal import ABUSE, Category


class Mode(StrEnum):
    """Which clean comments wait for a moderator."""

    HOLD_ALL = "hold_all"
    HOLD_FIRST = "hold_first"  # known is also who types what somebody published has typed: anyone can
    HOLD_FIRST_DEVICE = "hold_first_device"  # known is only whose device has something published
    HOLD_DOUBTFUL = "hold_doubtful"


class BurstMode(StrEnum):
    """Whether a story that suddenly gets many comments is read before publication, by itself."""

    OFF = "off"
    AUTO = "auto"


class ProofMode(StrEnum):
    """When browsers are asked for a proof of work. A comment without one is held, never refused."""

    OFF = "off"
    BURSTS = "bursts"  # while a story is overrun
    ALWAYS = "always"


@dataclass(frozen=True, slots=True)
class Policy:
    """How one site decides. `hold_at` is a combined score, 0–1; `version` names this policy in its decisions.

    With a target, a family is held from where the shipped checks were measured to hold at most that share of clean
    comments (comments/calibration.py); without one, from `hold_at`.
    """

    mode: Mode = Mode.HOLD_DOUBTFUL
    hold_at: float = 0.5
    version: str = "1"
    spam_false_positives: float | None = None
    abuse_false_positives: float | None = None

    def holds_first_time(self, *, known_device: bool, known_typed: bool) -> bool:
        """Say whether a clean comment waits because nobody knows its author."""
        if self.mode is Mode.HOLD_FIRST:
            return not (known_device or known_typed)
        return self.mode is Mode.HOLD_FIRST_DEVICE and not known_device

    def hold_at_for(self, category: Category) -> float:
        """Return the combined score from which this category holds."""
        if category is Category.SPAM and self.spam_false_positives is not None:
            return hold_at_of(Family.SPAM, self.spam_false_positives)
        if category in ABUSE and self.abuse_false_positives is not None:
            return hold_at_of(Family.ABUSE, self.abuse_false_positives)
        return self.hold_at
