"""`python -m benchmarks.desk --folder DIR [--requests 200] [--json FILE]`: the desk with 100 and with 10,000 held.

It fills two databases of each kind in the folder (minutes, gigabytes; used again if they are there), opens every
kind of page in both sizes in turns, and fails when a page is more than 1.5 times as slow in the large one.
"""

import argparse
import contextlib
import json
import os
import platform
from collections.abc import Iterator
from pathlib import Path

from benchmarks.desk.fill import fill
from benchmarks.desk.measure import Desk, Times, compare
from benchmarks.desk.newsroom import HELD_SHARE, Newsroom
from tests.servers.postgres import running_postgres

SMALL, LARGE = 10_000, 1_000_000
# The large size's 95th percentile may be so many times the small one's.
BAR = 1.5


def main() -> None:
    """Fill, measure, write the figures down, and fail when a page misses the bar."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.desk", description=__doc__)
    parser.add_argument("--folder", type=Path, required=True, help="where the SQLite files are kept")
    parser.add_argument("--requests", type=int, default=200, help="of every kind of page, at both sizes")
    parser.add_argument("--large", type=int, default=LARGE, help="comments of the large newsroom")
    parser.add_argument("--only", default="", help="a part of the names of the pages to time")
    parser.add_argument("--database", choices=["sqlite", "postgresql", "both"], default="both")
    parser.add_argument("--json", type=Path, help="write every figure here")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    found: dict[str, object] = {}
    missed: list[str] = []
    for name in ("sqlite", "postgresql") if options.database == "both" else (options.database,):
        with _urls(name, options.folder) as (small, large):
            times = _measure(small, large, options)
        found[name] = {kind: _figures(*pair) for kind, pair in times.items()}
        missed += [f"{name}: {kind}" for kind, (one, other) in times.items() if other.p95 > BAR * one.p95]
    if options.json:
        content = {
            "comments": [SMALL, options.large],
            "held": [round(SMALL * HELD_SHARE), round(options.large * HELD_SHARE)],
            "requests": options.requests,
            "machine": f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}",
            "bar": BAR,
            "pages": found,
        }
        options.json.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    print(
        f"{len(missed)} pages miss the bar of {BAR}: {', '.join(missed)}" if missed else f"Every page is within {BAR}."
    )
    raise SystemExit(bool(missed))


@contextlib.contextmanager
def _urls(name: str, folder: Path) -> Iterator[tuple[str, str]]:
    if name == "sqlite":
        yield f"sqlite:///{folder}/small.sqlite3", f"sqlite:///{folder}/large.sqlite3"
        return
    with running_postgres() as server:
        yield server.url(server.create_empty()), server.url(server.create_empty())


def _measure(small: str, large: str, options: argparse.Namespace) -> dict[str, tuple[Times, Times]]:
    for url, comments in ((small, SMALL), (large, options.large)):
        fill(url, Newsroom(comments))
    desks = Desk(small, SMALL), Desk(large, options.large)
    try:
        return compare(*desks, requests=options.requests, only=options.only)
    finally:
        for desk in desks:
            desk.close()


def _figures(small: Times, large: Times) -> dict[str, float]:
    return {
        "small_p50_ms": small.p50,
        "small_p95_ms": small.p95,
        "large_p50_ms": large.p50,
        "large_p95_ms": large.p95,
        "ratio_p95": round(large.p95 / small.p95, 2),
    }


if __name__ == "__main__":
    main()
