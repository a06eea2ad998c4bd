"""The spam bar, which needs training: leave one video out, learn from the rest."""

import json
import subprocess
from pathlib import Path

from benchmarks.accuracy.measured import Measured

NAMES: dict[str, tuple[float | None, bool]] = {
    "spam, unseen video: recall at .5": (0.85, True),
    "spam, unseen video: false positives at .5": (None, False),
    "spam, unseen video: SOCC false positives at .5": (0.01, False),
}
HOW = "the recipe, trained without the video"
REPOSITORY = Path(__file__).parents[2]


def measure_spam(folder: Path, trainer: str) -> list[Measured]:
    """Return the spam figures, trained by the Python at `trainer`; without a value where it cannot train."""
    command = [trainer, "-m", "benchmarks.accuracy.spam_training", "--data", str(folder.resolve())]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=REPOSITORY)
    except (OSError, subprocess.CalledProcessError):
        return [_measured(name, None, 0) for name in NAMES]
    found = json.loads(done.stdout)
    return [_measured(name, found[name]["value"], found[name]["n"]) for name in NAMES]


def _measured(name: str, value: float | None, n: int) -> Measured:
    bar, higher_is_better = NAMES[name]
    note = HOW if value is not None else "not measured: no Python with training/requirements.txt (--trainer)"
    return Measured(name, value, n, bar, higher_is_better=higher_is_better, note=note)
