"""`python -m benchmarks.desk_keys [--json FILE]`: from a key going down to the next card and the decision kept."""

import argparse
import json
import os
import platform
import statistics
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from playwright.sync_api import Page

from benchmarks.desk_keys.newsdesk import a_full_desk

WAITING = 100
BAR_MILLISECONDS = 100
STEPS = ("focused", "painted", "answered")
# The first as fast as the page lets one; the second reads each comment for so long, and each is claimed meanwhile.
PAUSES_MILLISECONDS = {"without a pause": 0, "reading for 0.6 s": 600}
_STOPWATCH = Path(__file__).with_name("stopwatch.js").read_text(encoding="utf-8")


def main() -> None:
    """Work a full queue off in both rhythms and print the table; write the JSON if asked to. Fails above the bar."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.desk_keys", description=__doc__)
    parser.add_argument("--json", type=Path, help="write every figure here")
    options = parser.parse_args()
    rhythms = {name: summary(work_off(pause)) for name, pause in PAUSES_MILLISECONDS.items()}
    for name, steps in rhythms.items():
        print(f"\n{WAITING} held comments, one key each, {name} (milliseconds from keydown):")
        for step, figures in steps.items():
            print(f"  {step:9} median {figures['median']:6.1f}   p95 {figures['p95']:6.1f}   max {figures['max']:6.1f}")
    if options.json:
        options.json.write_text(json.dumps(report(rhythms), indent=1) + "\n", encoding="utf-8")
    slowest = max(steps["answered"]["median"] for steps in rhythms.values())
    raise SystemExit(slowest > BAR_MILLISECONDS)


def work_off(pause_milliseconds: int) -> list[dict[str, float]]:
    """Decide on every comment by its key. Returns the times of each."""
    with a_full_desk(WAITING) as page:
        page.keyboard.press("j")
        measured = [decide(page, "as"[turn % 2], pause_milliseconds) for turn in range(WAITING)]
        page.get_by_text("Nothing waits").wait_for()
    return measured


def decide(page: Page, key: str, pause_milliseconds: int) -> dict[str, float]:
    """Press one key and wait until everything that follows from it is done."""
    page.wait_for_timeout(pause_milliseconds)
    page.evaluate(f"{_STOPWATCH}; stopwatch.start()")
    page.keyboard.press(key)
    times: dict[str, float] = page.evaluate("stopwatch.finished")
    return times


def summary(measured: Sequence[dict[str, float]]) -> dict[str, dict[str, float]]:
    """Return median, 95th percentile and maximum of each step; the last comment has no next card to focus."""
    found = {}
    for step in STEPS:
        times = sorted(each[step] for each in measured if step in each)
        p95 = statistics.quantiles(times, n=20)[-1]
        figures = {"median": statistics.median(times), "p95": p95, "max": times[-1]}
        found[step] = {name: round(value, 1) for name, value in figures.items()} | {"count": len(times)}
    return found


def report(rhythms: dict[str, dict[str, dict[str, float]]]) -> dict[str, object]:
    """Return what is written down: the figures, the bar, and where they were measured."""
    return {
        "format": 1,
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": {"system": f"{platform.system()} {platform.machine()}", "cores": os.cpu_count()},
        "held_comments": WAITING,
        "bar": {"step": "answered", "median_milliseconds": BAR_MILLISECONDS},
        "milliseconds_from_keydown": rhythms,
    }


if __name__ == "__main__":
    main()
