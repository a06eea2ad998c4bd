"""A site's policy: what is held for a person and what is not."""

from dataclasses import dataclass
from enum import StrEnum


class Mode(StrEnum):
    """Which clean comments wait for a moderator."""

    HOLD_ALL = "hold_all"
    HOLD_FIRST = "hold_first"
    HOLD_DOUBTFUL = "hold_doubtful"


@dataclass(frozen=True, slots=True)
class Policy:
    """How one site decides. Thresholds are combined scores, 0–1, per category.

    `version` names this policy in every decision it makes.
    """

    mode: Mode = Mode.HOLD_DOUBTFUL
    hold_at: float = 0.5
    version: str = "1"
