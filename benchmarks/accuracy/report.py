"""Show the results: lines on a terminal, tables and a curve in docs/accuracy.md between their markers."""

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from benchmarks.accuracy.everything import WITH, WITHOUT, Results
from benchmarks.accuracy.measured import Measured

Figure = dict[str, Any]


def tell(figure: Measured) -> None:
    """Print a figure beside its bar."""
    bar = "" if figure.bar is None else f"{'≥' if figure.higher_is_better else '≤'} {figure.bar:g}"
    verdict = {True: "met", False: "MISSED", None: ""}[figure.is_met]
    print(f"{figure.name:66} {_shown(figure.value):>9}  {bar:8} {verdict:7} {figure.note}".rstrip(), flush=True)


def write_document(path: Path, results: Results) -> None:
    """Write the tables into the document, between the markers that name them."""
    path.write_text(with_tables(path.read_text(encoding="utf-8"), results), encoding="utf-8")


def with_tables(document: str, results: Results) -> str:
    """Return the document with every table made anew. Raises KeyError for a marker that names no table."""
    made = tables(results)

    def replaced(match: re.Match[str]) -> str:
        return f"{match['start']}\n{made[match['name']]}\n{match['end']}"

    return re.sub(
        r"(?P<start><!-- (?P<name>[\w-]+) -->)\n.*?(?P<end><!-- /(?P=name) -->)", replaced, document, flags=re.DOTALL
    )


def tables(results: Results) -> dict[str, str]:
    """Return every generated table by the name of its marker."""
    return {
        "measured": _measured_line(results),
        "bars": _bars(results),
        "told": _told(results),
        "slowest": _slowest(results["slowest_steps"]),
        "learning": _learning(results["curves"]),
        "peers": _peers(results["peers"]),
    }


def _measured_line(results: Results) -> str:
    versions, machine = results["versions"], results["machine"]
    second = versions["second_stage"] or "not measured"
    return (
        f"Measured {results['measured_at'][:10]} · first stage `{versions['first_stage']}` · second stage {second} · "
        f"{machine['processor']}, one core of {machine['cores']} · Python {machine['python']} · "
        f"numpy {machine['numpy']} · seed {results['seed']}"
    )


def _bars(results: Results) -> str:
    return _figures(results, has_bar=True)


def _told(results: Results) -> str:
    return _figures(results, has_bar=False)


def _figures(results: Results, *, has_bar: bool) -> str:
    groups, second = results["figures"], {figure["name"]: figure for figure in results["figures"].get(WITH, [])}
    rows = []
    for group in (WITHOUT, "spam", "learning", "costs"):
        for figure in (each for each in groups[group] if (each["bar"] is not None) is has_bar):
            also = second.get(figure["name"]) if group == WITHOUT else None
            rows.append(
                [figure["name"], _bar(figure), _value(figure), _value(also), f"{figure['n']:,}", figure["note"]]
            )
    heads = ["first stage", "with second stage"] if second else ["measured"]
    return _table(["metric", *(["bar"] if has_bar else []), *heads, "n", ""], rows)


def _value(figure: Figure | None) -> str:
    if figure is None:
        return ""
    return f"{_shown(figure['value'])}{' **missed**' if figure['is_met'] is False else ''}"


def _bar(figure: Figure) -> str:
    if figure["bar"] is None:
        return ""
    return f"{'≥' if figure['higher_is_better'] else '≤'} {figure['bar']:g}"


def _shown(value: float | None) -> str:
    if value is None:
        return "–"
    return f"{value:,.1f}" if abs(value) >= 10 else f"{value:.4f}"


def _slowest(steps: Sequence[dict[str, Any]]) -> str:
    rows = (
        [step["step"], f"{step['milliseconds']:.1f}", f"{step['times_slower_when_four_times_longer']:.1f}"]
        for step in steps
        if step["milliseconds"] >= 1
    )
    return _table(["step", "slowest text, CPU ms", "times slower than a quarter of that text"], rows)


def _learning(curves: dict[str, list[dict[str, Any]]]) -> str:
    ends = sorted({point["labels"] for points in curves.values() for point in points})
    rows = []
    for name, points in curves.items():
        by_end = {point["labels"]: point for point in points}
        rows.append([name, *(_point(by_end.get(end)) for end in ends)])
    return _table(["stream", *(f"to {end:,}" for end in ends)], rows)


def _point(point: dict[str, Any] | None) -> str:
    if point is None:
        return ""
    shipped = "" if point["shipped"] is None else f" ({point['shipped']:.3f})"
    return f"{point['auc']:.3f}{shipped}"


def _peers(peers: dict[str, Any]) -> str:
    rows = []
    for name, row in peers["rows"].items():
        for measure, value in row["peer"].items():
            rows.append([name, measure, _shown(value), _shown(row["product"][measure])])
        rows.append([name, "texts a second", _shown(row["per_second"]), ""])
    lines = [_table(["filter", "measure", "theirs", "ours, same rows"], rows)]
    lines += [f"Not measured: {name} ({why})." for name, why in peers["missing"].items()]
    return "\n".join(lines)


def _table(names: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [names, ["---"] * len(names), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
