"""`python -m benchmarks.accuracy.targets --data FOLDER`: from which score to hold, for each target there is to choose.

Thresholds are chosen on the held-out part of a set that shipped weights may come from, with and without the second
stage, the stricter of the two; what they hold of another set, used for evaluation alone, is told beside them.
"""

import argparse
import json
import math
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.accuracy.product import Answer, Judged, Product
from comments.calibration import Family
from comments.policy import Policy
from training.datasets import read
from training.measures import threshold_for
from workers.checks.models import FAINTEST_SCORE
from workers.model import load_model
from workers.second_stage import load_second_stage

SHARES = (0.005, 0.01, 0.02, 0.05)
SHIPPED_AT = Policy().hold_at
OUT_OF_REACH = 2.0  # no score reaches it: what is held then is held by rules that no threshold softens
NORMAL_95 = 1.959964
OUTPUT = Path(__file__).parents[2] / "comments" / "calibration.json"
CHOSEN_ON = "comments on Wikipedia talk pages that raters found clean (held-out part of jigsaw_subset)"
CHECKED_ON = "comments under news articles that raters found clean (SOCC)"


def main() -> int:
    """Measure, and write the table that the product reads."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.accuracy.targets", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="the folder that holds dev/")
    parser.add_argument("--output", type=Path, default=OUTPUT)
    options = parser.parse_args()
    table = measure(_clean(options.data, "jigsaw_subset"), _clean(options.data, "socc_news_comments"))
    options.output.write_text(json.dumps(table, indent=1) + "\n", encoding="utf-8")
    return 0


def measure(chosen_on: Sequence[str], checked_on: Sequence[str]) -> dict[str, Any]:
    """Return the table for these clean texts."""
    second = load_second_stage()
    products = (None, second)
    judged = [list(Product(stage, Policy(hold_at=OUT_OF_REACH)).judge_all(chosen_on)) for stage in products]

    def row(family: Family, share: float, hold_at: float) -> dict[str, float]:
        policy = Policy(hold_at=hold_at)
        held = max(_held(Product(stage, policy), chosen_on, family) for stage in products)
        checked = max(_held(Product(stage, policy), checked_on, family) for stage in products)
        low, high = wilson(held, len(chosen_on))
        return {
            "share": share,
            "hold_at": hold_at,
            "measured": round(held / len(chosen_on), 4),
            "low": round(low, 4),
            "high": round(high, 4),
            "checked": round(checked / len(checked_on), 4),
        }

    return {
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "models": {"first_stage": load_model().version, "second_stage": second.version},
        "source": {"name": CHOSEN_ON, "clean": len(chosen_on)},
        "check": {"name": CHECKED_ON, "clean": len(checked_on)},
        "targets": {
            family: [row(family, share, hold_at) for share, hold_at in _thresholds(judged, family)] for family in Family
        },
        "shipped": {family: row(family, 1.0, SHIPPED_AT) for family in Family},
    }


def wilson(found: int, of: int) -> tuple[float, float]:
    """Return the interval that holds the true share with a confidence of 95 % (Wilson 1927)."""
    share, z = found / of, NORMAL_95
    middle = (share + z * z / (2 * of)) / (1 + z * z / of)
    reach = z / (1 + z * z / of) * math.sqrt(share * (1 - share) / of + z * z / (4 * of * of))
    return max(middle - reach, 0.0), min(middle + reach, 1.0)


def _thresholds(judged: Sequence[Sequence[Judged]], family: Family) -> Iterator[tuple[float, float]]:
    """Yield each target that can be reached with the lowest score, in thousandths, that reaches it.

    The stricter of both sets of models counts. Below the faintest signal nothing is recorded, so nothing could be held.
    """
    scores = [[_score(_answer(each, family)) for each in every] for every in judged]
    used = set[float]()
    for share in SHARES:
        lowest = max(threshold_for(every, share) for every in scores)
        hold_at = max(math.ceil(lowest * 1000) / 1000, FAINTEST_SCORE)
        if hold_at < 1 and hold_at not in used:
            used.add(hold_at)
            yield share, hold_at


def _score(answer: Answer) -> float:
    return OUT_OF_REACH if answer.is_held else answer.score


def _held(product: Product, texts: Sequence[str], family: Family) -> int:
    return sum(_answer(each, family).is_held for each in product.judge_all(texts))


def _answer(judged: Judged, family: Family) -> Answer:
    return judged.abuse if family is Family.ABUSE else judged.spam


def _clean(folder: Path, name: str) -> list[str]:
    return [row.text for row in read(folder / "dev", name) if not row.is_positive]


if __name__ == "__main__":
    sys.exit(main())
