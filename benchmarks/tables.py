"""`python -m benchmarks.tables`: write the tables of docs/performance.md and docs/capacity.md from recorded results.

Each stands between two comments that name it. What has no result yet is left as it is.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
RESULTS, DOCS = ROOT / "benchmarks" / "results", ROOT / "docs"
NAMES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
GROWTH_BAR_UP_TO = 1_000_000

# The model of docs/capacity.md: change them there and here.
COMMENTS_A_DAY, READS_EACH, UNCHANGED_SHARE = 500, 200, 0.8
PEAK, BUSY = 10, 0.5
SITES = (1, 10, 100, 1_000)
_DAY_SECONDS = 86_400

Told = dict[str, Any]


def main() -> None:
    """Write every table whose results are there."""
    for path, text in pages().items():
        path.write_text(text, encoding="utf-8")


def pages() -> dict[Path, str]:
    """Return the pages as they are with the tables of the recorded results."""
    growth, scale, drill = (_read(name) for name in ("growth", "scale", "drill"))
    performance = {
        "growth": growth and growth_lines(growth),
        "scale": scale and scale_lines(scale),
        "drill": drill and drill_lines(drill),
    }
    capacity = {
        "costs": scale and growth and cost_lines(scale, growth),
        "sites": scale and growth and site_lines(scale, growth),
    }
    return dict(_page(name, tables) for name, tables in (("performance", performance), ("capacity", capacity)))


def growth_lines(told: Told) -> Iterator[str]:
    """Yield the medians at every size, and how many times as long a million and the largest size take."""
    databases = told["databases"]
    heads = [
        f" {NAMES[kind]}, ms: {' → '.join(f'{size:,}' for size in each['sizes'])} | × to {_held(each):,} |"
        + (f" × to {each['sizes'][-1]:,} |" if each["sizes"][-1] > _held(each) else "")
        for kind, each in databases.items()
    ]
    yield f"| |{''.join(heads)}"
    yield f"|---|{'---|' * ''.join(heads).count('|')}"
    for operation in next(iter(databases.values()))["operations"]:
        yield f"| {operation} |{''.join(_growth_cells(each, operation) for each in databases.values())}"
    for kind, each in databases.items():
        size = each["sizes"][-1]
        yield ""
        yield (
            f"{NAMES[kind]}: {each['bytes']['database'][str(size)] / size:,.0f} bytes for each of {size:,} comments "
            f"with all that belongs to it. Commit {each['commit']}, {each['rounds']} rounds."
        )
    yield ""
    yield f"{told['machine']}."


def _growth_cells(each: Told, operation: str) -> str:
    figures, sizes = each["operations"][operation], each["sizes"]
    medians = " → ".join(f"{figures[f'p50_ms_{size}']:.1f}" for size in sizes)
    ratios = [figures["ratio"]] + ([figures["ratio_of_all"]] if sizes[-1] > _held(each) else [])
    return f" {medians} |{''.join(f' {ratio:.2f} |' for ratio in ratios)}"


def _held(each: Told) -> int:
    """Return the largest size that the bar is for."""
    return max(int(size) for size in each["sizes"] if size <= GROWTH_BAR_UP_TO)


def scale_lines(told: Told) -> Iterator[str]:
    """Yield the rates by replicas, what took the processors, and what was the limit."""
    yield "| | replicas | a second | p50, p99 ms | cores: web, worker, PostgreSQL, Valkey, load | limit |"
    yield "|---|---|---|---|---|---|"
    for kind in ("accept", "drain"):
        for number, each in told[kind].items():
            yield _scale_line(kind, number, each)
    for name, each in told["read"].items():
        yield _scale_line(f"read: {name}", "1", each)
    yield ""
    web, worker = told["accept"]["1"]["memory_mb_each"], told["drain"]["1"]["memory_mb_each"]
    yield f"Memory: {web:.0f} MB for a web replica of one process, {worker:.0f} MB for a worker with its sweeper."
    yield f"{told['machine']}."


def _scale_line(name: str, replicas: str, each: Told) -> str:
    rate, latency, cores = f"{each['a_second']:,.0f}", _latency(each), _cores(each)
    return f"| {name} | {replicas} | {rate} | {latency} | {cores} | {each['limit']} |"


def _latency(each: Told) -> str:
    return f"{each['p50_ms']:.0f}, {each['p99_ms']:.0f}" if "p50_ms" in each else ""


def _cores(each: Told) -> str:
    names = ("web", "worker", "postgresql", "valkey", "load generator")
    return ", ".join(f"{each['cores'].get(name, 0):.2f}" for name in names)


def drill_lines(told: Told) -> Iterator[str]:
    """Yield what was saved and came back."""
    yield (
        "| | comments | rows of all tables | differences | accepted meanwhile | backup | restore "
        "| erased since, and again |"
    )
    yield "|---|---|---|---|---|---|---|---|"
    for kind, each in told["databases"].items():
        under = each["under_load"]
        comments = sum(status["back"] for status in under["statuses"].values())
        erased = each["after_erasures"]["erasures"]
        yield (
            f"| {NAMES[kind]} | {comments:,} | {each['rows']:,} | {len(each['faults'])}"
            f" | {each['accepted_meanwhile']:,} | {under['backup_seconds']:.0f} s | {under['restore_seconds']:.0f} s"
            f" | {erased['erased_again']} of {erased['in_journal']}, {erased['left']} left |"
        )


def costs(scale: Told, growth: Told) -> dict[str, dict[str, float]]:
    """Return what one of each thing costs, in milliseconds of one core, and in bytes."""
    accept, drain, read = scale["accept"]["1"], scale["drain"]["1"], scale["read"]
    database = growth["databases"]["postgresql"]["bytes"]["database"]
    size = str(growth["databases"]["postgresql"]["sizes"][-1])
    return {
        "a comment accepted": accept["cpu_ms_each"],
        "a comment judged": drain["cpu_ms_each"],
        "a thread of 100 read": read["a thread of 100"]["cpu_ms_each"],
        "a thread unchanged (304)": read["unchanged (304)"]["cpu_ms_each"],
        "a count": read["its count"]["cpu_ms_each"],
        "bytes": {"database": database[size] / int(size)},
    }


def cost_lines(scale: Told, growth: Told) -> Iterator[str]:
    """Yield what one of each thing costs."""
    yield "| | web, ms | worker, ms | PostgreSQL, ms | Valkey, ms | of these a core does, a second |"
    yield "|---|---|---|---|---|---|"
    for name, each in costs(scale, growth).items():
        if name != "bytes":
            parts = [each.get(part, 0.0) for part in ("web", "worker", "postgresql", "valkey")]
            yield f"| {name} | {' | '.join(f'{part:.2f}' for part in parts)} | {1000 / sum(parts):,.0f} |"
    yield ""
    size = costs(scale, growth)["bytes"]["database"]
    yield f"On PostgreSQL a comment takes {size:,.0f} bytes, with everything that belongs to it and its indexes."


def site_lines(scale: Told, growth: Told) -> Iterator[str]:
    """Yield the cores and the disk that so many sites take."""
    yield (
        "| sites | comments a day | comments a second at the peak | reads a second at the peak "
        "| cores: web | worker | PostgreSQL | GB a year |"
    )
    yield "|---|---|---|---|---|---|---|---|"
    each = costs(scale, growth)
    for sites in SITES:
        a_day = sites * COMMENTS_A_DAY
        peak = a_day / _DAY_SECONDS * PEAK
        reads = peak * READS_EACH
        needed = {part: _cores_needed(each, part, peak, reads) / BUSY for part in ("web", "worker", "postgresql")}
        disk = a_day * 365 * each["bytes"]["database"] / 1e9
        cells = " | ".join(f"{cores:.2f}" for cores in needed.values())
        yield f"| {sites:,} | {a_day:,} | {peak:.2f} | {reads:,.0f} | {cells} | {disk:,.1f} |"


def _cores_needed(each: dict[str, dict[str, float]], part: str, comments: float, reads: float) -> float:
    a_comment = each["a comment accepted"].get(part, 0.0) + each["a comment judged"].get(part, 0.0)
    whole, unchanged = each["a thread of 100 read"].get(part, 0.0), each["a thread unchanged (304)"].get(part, 0.0)
    a_read = whole * (1 - UNCHANGED_SHARE) + unchanged * UNCHANGED_SHARE
    return (comments * a_comment + reads * a_read) / 1000


def _read(name: str) -> Told | None:
    path = RESULTS / f"{name}.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else None


def _page(name: str, tables: dict[str, Iterator[str] | Told | None]) -> tuple[Path, str]:
    path = DOCS / f"{name}.md"
    text = path.read_text(encoding="utf-8")
    for table, lines in tables.items():
        if lines:
            between = re.compile(rf"(<!-- {table}: begin -->\n).*?(<!-- {table}: end -->)", re.DOTALL)
            content = "\n".join(lines)
            text = between.sub(lambda found, content=content: f"{found[1]}{content}\n{found[2]}", text)  # type: ignore[misc]  # bound now
    return path, text


if __name__ == "__main__":
    main()
