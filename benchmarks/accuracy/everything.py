"""Measure every bar, with and without the second stage, and make the JSON of it: figures only, no texts."""

import os
import platform
import sys
from collections.abc import Callable, Iterable
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from benchmarks.accuracy.abuse_bars import MEASUREMENTS, SEED
from benchmarks.accuracy.cost_bars import measure_sizes, measure_slowest, measure_speed
from benchmarks.accuracy.learning_bars import measure_learning
from benchmarks.accuracy.measured import Measured
from benchmarks.accuracy.peers import compare
from benchmarks.accuracy.product import Product
from benchmarks.accuracy.spam_bars import measure_spam
from workers.checks import CHECKS
from workers.model import load_model
from workers.second_stage import SecondStage

Results = dict[str, Any]
FORMAT = 1
WITHOUT, WITH = "without the second stage", "with the second stage"


def measure_everything(
    folder: Path, second: SecondStage | None, *, peers: str | None, trainer: str, tell: Callable[[Measured], None]
) -> Results:
    """Return everything measured; `tell` hears each figure as it comes."""
    product, bars = Product(), {}
    bars[WITHOUT] = _told(_through(product, folder), tell)
    bars["costs"] = _told(measure_sizes(), tell)
    slowest, steps = measure_slowest()
    bars["costs"] += _told([slowest], tell)
    bars["spam"] = _told(measure_spam(folder, trainer), tell)
    figures, curves = measure_learning(load_model(), folder)
    bars["learning"] = _told(figures, tell)
    if second is not None:
        bars[WITH] = _told(_through(Product(second), folder), tell)
    return {
        "format": FORMAT,
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": machine(),
        "versions": versions(second),
        "seed": SEED,
        "figures": bars,
        "curves": {name: [asdict(point) for point in points] for name, points in curves.items()},
        "slowest_steps": steps,
        "peers": compare(product, folder, peers),
    }


def keep_what_still_holds(results: Results, earlier: Results) -> Results:
    """Return the results with what an earlier run measured of the same weights and this one could not."""
    if earlier.get("versions", {}).get("first_stage") != results["versions"]["first_stage"]:
        return results
    for group in ("spam", WITH):
        old, new = earlier["figures"].get(group), results["figures"].get(group)
        if old and (not new or all(figure["value"] is None for figure in new)) and _is_same(group, results, earlier):
            results["figures"][group] = old
            results["versions"]["second_stage"] = (
                results["versions"]["second_stage"] or earlier["versions"]["second_stage"]
            )
    for name in list(results["peers"]["missing"]):
        if name in earlier["peers"]["rows"]:
            results["peers"]["rows"][name] = earlier["peers"]["rows"][name]
            del results["peers"]["missing"][name]
    return results


def _is_same(group: str, results: Results, earlier: Results) -> bool:
    return group != WITH or results["versions"]["second_stage"] in {None, earlier["versions"]["second_stage"]}


def _through(product: Product, folder: Path) -> Iterable[Measured]:
    for measure in (*MEASUREMENTS, measure_speed):
        yield from measure(product, folder)


def _told(figures: Iterable[Measured], tell: Callable[[Measured], None]) -> list[dict[str, Any]]:
    rows = []
    for figure in figures:
        tell(figure)
        rows.append({**asdict(figure), "is_met": figure.is_met})
    return rows


def machine() -> dict[str, Any]:
    """Return what the speeds depend on."""
    return {
        "system": f"{platform.system()} {platform.machine()}",
        "cores": os.cpu_count(),
        "processor": _processor(),
        "python": sys.version.split()[0],
        **{name: _installed(name) for name in ("numpy", "onnxruntime")},
    }


def versions(second: SecondStage | None) -> dict[str, Any]:
    """Return what was measured."""
    return {
        "first_stage": load_model().version,
        "second_stage": None if second is None else second.version,
        "checks": {check.name: check.version for check in CHECKS},
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.processor())


def _installed(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None
