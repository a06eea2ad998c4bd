"""How sure one may be of a share that was counted in a sample."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import sqrt

# For an interval that holds the truth 19 times of 20.
_Z = 1.959964


@dataclass(frozen=True, slots=True)
class Estimate:
    """A share (0-1) with its 95 % interval, and how many were looked at and found."""

    looked_at: int
    found: int
    share: float
    low: float
    high: float


def estimate(sample: Iterable[tuple[bool, float]]) -> Estimate | None:
    """Return the share of what was found, from (was it found, chance with which it was drawn); None without a sample.

    Each counts for those it was drawn out of. The interval is Wilson's, on as many as equal weights would be worth.
    """
    drawn = [(found, 1 / rate) for found, rate in sample]
    if not drawn:
        return None
    weight = sum(each for _, each in drawn)
    share = sum(each for found, each in drawn if found) / weight
    low, high = wilson(share, weight**2 / sum(each**2 for _, each in drawn))
    return Estimate(len(drawn), sum(found for found, _ in drawn), share, low, high)


def wilson(share: float, number: float) -> tuple[float, float]:
    """Return the ends of Wilson's 95 % interval for a share of `number` independent draws."""
    middle = (share + _Z**2 / (2 * number)) / (1 + _Z**2 / number)
    half = _Z / (1 + _Z**2 / number) * sqrt(share * (1 - share) / number + _Z**2 / (4 * number**2))
    return max(0.0, middle - half), min(1.0, middle + half)
