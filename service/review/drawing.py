"""Geometry of the overview's drawings: plain rectangles and lines in a box that may be stretched to any size.

No words are in a drawing, so that stretching makes none illegible; they stand around it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 600, 120
# Of a bar's place so much stays empty, so that neighbours can be told apart.
_GAP = 0.25


@dataclass(frozen=True, slots=True)
class Bar:
    """One upright rectangle."""

    x: float
    y: float
    width: float
    height: float


def stacked_bars(columns: Sequence[tuple[float, float]]) -> tuple[tuple[Bar, Bar], ...]:
    """Return a lower and an upper bar for each column; the highest column fills the box."""
    most = max((lower + upper for lower, upper in columns), default=0) or 1
    place = WIDTH / max(len(columns), 1)
    return tuple(
        (
            _bar(number * place, HEIGHT, lower / most, place),
            _bar(number * place, HEIGHT * (1 - lower / most), upper / most, place),
        )
        for number, (lower, upper) in enumerate(columns)
    )


def line(values: Sequence[float], most: float) -> str:
    """Return the points of a line through the box, for `points`; a single value becomes a level line."""
    drawn = list(values) * 2 if len(values) == 1 else list(values)
    step = WIDTH / max(len(drawn) - 1, 1)
    return " ".join(f"{number * step:.1f},{HEIGHT * (1 - value / most):.1f}" for number, value in enumerate(drawn))


def share_width(part: float, whole: float) -> float:
    """Return how wide a bar for a part is, of 100."""
    return round(100 * part / whole, 1) if whole else 0.0


def _bar(left: float, bottom: float, share: float, place: float) -> Bar:
    height = HEIGHT * share
    return Bar(
        round(left + place * _GAP / 2, 1), round(bottom - height, 1), round(place * (1 - _GAP), 1), round(height, 1)
    )
