"""Show the results: lines on a terminal, and tables with bars in docs/performance.md between their markers."""

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from benchmarks.speed.bars import Bar, Results, bars

_BAR_CHARS = 40
# Groups of figures that belong on one scale.
_SCALES = ("accept", "thread")


def tell(bar: Bar) -> None:
    """Print a figure beside its bar."""
    print(f"{bar.name:50} {bar.value:10,.1f}  {bar.said:16} {'met' if bar.is_met else 'MISSED'}", flush=True)


def write_document(path: Path, marker: str, results: Results) -> None:
    """Write the tables of these results into the document, between the marker's two ends."""
    path.write_text(with_tables(path.read_text(encoding="utf-8"), marker, results), encoding="utf-8")


def with_tables(document: str, marker: str, results: Results) -> str:
    """Return the document with the marker's tables made anew. Raises KeyError where there is no such marker."""
    made = f"<!-- {marker} -->\n{tables(results)}\n<!-- /{marker} -->"
    changed, count = re.subn(
        rf"<!-- {marker} -->\n.*?<!-- /{marker} -->", lambda _: made, document, count=1, flags=re.DOTALL
    )
    if not count:
        raise KeyError(marker)
    return changed


def tables(results: Results) -> str:
    """Return all that is shown of one run."""
    shown = [_measured_line(results), _rates(results["targets"])]
    found = bars(results)
    if found:
        shown.append(_bars(found))
    return "\n\n".join(shown)


def _measured_line(results: Results) -> str:
    machine = results["machine"]
    versions = ", ".join(f"{name} {version}" for name, version in results["versions"].items())
    return (
        f"Measured {results['measured_at'][:10]} · {machine['processor']}, {machine['cores']} cores, "
        f"Python {machine['python']} · {results['rounds']} rounds of {results['seconds']:g} s, "
        f"{results['connections']} connections · {versions}"
    )


def _rates(targets: dict[str, Any]) -> str:
    rows = []
    for scale in _SCALES:
        group = {name: figures for name, figures in targets.items() if scale in name}
        most = max((figures["per_second"] for figures in group.values()), default=1.0)
        rows += [_rate(name, figures, most) for name, figures in group.items()]
    return _table(["", "a second", "", "rounds, least to most", "p50 ms", "p99 ms", "bytes"], rows)


def _rate(name: str, figures: dict[str, Any], most: float) -> list[str]:
    length = max(1, round(_BAR_CHARS * figures["per_second"] / most))
    rounds = f"{min(figures['rounds']):,.0f} to {max(figures['rounds']):,.0f}"
    times = [f"{figures['p50_ms']:,.1f}", f"{figures['p99_ms']:,.1f}"]
    return [name, f"{figures['per_second']:,.0f}", "█" * length, rounds, *times, f"{figures['bytes']:,}"]


def _bars(found: Iterable[Bar]) -> str:
    rows = [[bar.name, bar.said, f"{bar.value:,.1f}", "" if bar.is_met else "**missed**"] for bar in found]
    return _table(["", "bar", "measured", ""], rows)


def _table(names: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [names, ["---"] * len(names), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
