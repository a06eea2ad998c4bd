"""Measure in turns: every round asks each target for a few seconds, so that a slow minute of the machine meets all."""

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from benchmarks.speed.wrk import Counted, Load, send

WARM_UP_SECONDS = 1.0


class NotKept(Exception):  # noqa: N818 - named for what it says, as in STYLE.md
    """Raised when a service answered that it kept more comments than are in its database."""


@dataclass(frozen=True, slots=True)
class Target:
    """What is measured: `count` says how many comments are in the database, None where none are written.

    `quieten` waits until the service has nothing left to do, so that the next target has the machine to itself.
    """

    name: str
    load: Load
    count: Callable[[], int] | None = None
    quieten: Callable[[], None] = lambda: None


@dataclass(frozen=True, slots=True)
class Round:
    """One target in one round. `rows` are the comments that came into the database meanwhile."""

    counted: Counted
    rows: int


def measure(targets: Sequence[Target], *, rounds: int, seconds: float) -> dict[str, list[Round]]:
    """Ask every target once to warm it up, then in rounds. Raises NotKept."""
    seed = int(time.time())
    for number, target in enumerate(targets):
        _ask(target, WARM_UP_SECONDS, seed * 1000 + number)
    found: dict[str, list[Round]] = {target.name: [] for target in targets}
    for turn in range(1, rounds + 1):
        for number, target in enumerate(targets):
            asked = _ask(target, seconds, (seed + turn) * 1000 + number)
            found[target.name].append(asked)
            print(f"round {turn}: {target.name:24} {asked.counted.per_second:9.1f}/s", flush=True)
    return found


def _ask(target: Target, seconds: float, seed: int) -> Round:
    before = target.count() if target.count else 0
    counted = send(target.load, seconds=seconds, seed=seed)
    # What was on its way when wrk hung up is in the database too, but nobody counted it.
    rows = target.count() - before if target.count else 0
    target.quieten()
    if target.count and rows < counted.answers:
        raise NotKept(f"{target.name}: {counted.answers} answers, {rows} rows")
    return Round(counted, rows)


def summary(rounds: Sequence[Round]) -> dict[str, object]:
    """Return the medians of a target's rounds, with every round's figure beside them."""
    counted = [each.counted for each in rounds]
    answers = sum(each.answers for each in counted)
    return {
        "per_second": round(statistics.median(each.per_second for each in counted), 1),
        "rounds": [round(each.per_second, 1) for each in counted],
        "p50_ms": round(statistics.median(each.p50_ms for each in counted), 2),
        "p99_ms": round(statistics.median(each.p99_ms for each in counted), 2),
        "answers": answers,
        "rows": sum(each.rows for each in rounds),
        "refused": sum(each.refused for each in counted),
        "broken": sum(each.broken for each in counted),
        "bytes": round(sum(each.bytes for each in counted) / max(answers, 1)),
    }
