"""What a target false-positive rate means as a score: measured of the shipped checks, never guessed.

`calibration.json` beside this file is written by `python -m benchmarks.accuracy.targets` from comments that raters
found clean and that no shipped weight has seen. It names the models, the sets and their sizes. Calibration does not
carry over from site to site: an editor is shown the interval and the replay of the site's own comments beside it.
"""

import json
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

_FILE = Path(__file__).with_name("calibration.json")


class Family(StrEnum):
    """What a target is set for."""

    SPAM = "spam"
    ABUSE = "abuse"


@dataclass(frozen=True, slots=True)
class Source:
    """Where the figures come from."""

    name: str
    clean: int


@dataclass(frozen=True, slots=True)
class Target:
    """Hold at most `share` of clean comments wrongly: from `hold_at` on, which held `measured` of the source's.

    `low` and `high` bound the true share of comments like the source's with a confidence of 95 %. `checked` is what the
    same score held of another set, which played no part in choosing it.
    """

    share: float
    hold_at: float
    measured: float
    low: float
    high: float
    checked: float


@dataclass(frozen=True, slots=True)
class Calibration:
    """All targets an editor may choose from, strictest first, and what the shipped threshold of .5 does (`shipped`)."""

    first_stage: str
    second_stage: str
    source: Source
    check: Source
    targets: dict[Family, tuple[Target, ...]]
    shipped: dict[Family, Target]


@cache
def calibration() -> Calibration:
    """Return the measured table."""
    raw = json.loads(_FILE.read_text(encoding="utf-8"))
    return Calibration(
        first_stage=raw["models"]["first_stage"],
        second_stage=raw["models"]["second_stage"],
        source=Source(**raw["source"]),
        check=Source(**raw["check"]),
        targets={family: _targets(raw["targets"][family]) for family in Family},
        shipped={family: Target(**raw["shipped"][family]) for family in Family},
    )


def shares(family: Family) -> tuple[float, ...]:
    """Return the targets there are for a family, strictest first."""
    return tuple(target.share for target in calibration().targets[family])


@cache
def hold_at_of(family: Family, share: float) -> float:
    """Return the score from which to hold, so that at most `share` of clean comments are.

    Between two targets the stricter one counts; below the strictest there is none stricter.
    """
    targets = calibration().targets[family]
    allowed = [target for target in targets if target.share <= share]
    return (allowed[-1] if allowed else targets[0]).hold_at


def _targets(rows: list[dict[str, Any]]) -> tuple[Target, ...]:
    return tuple(sorted((Target(**row) for row in rows), key=lambda target: target.share))
