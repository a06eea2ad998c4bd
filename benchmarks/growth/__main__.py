"""`python -m benchmarks.growth --folder DIR [--sizes 10000 100000 1000000] [--rounds 60] [--json FILE] [--chart FILE]`.

It fills a database of each size on SQLite and PostgreSQL (minutes, gigabytes; kept, and used again), has the sweeper
look after each until nothing is left to do, times everything in turns, and fails when the median of anything at a
million comments is more than 1.3 times that at the smallest size. What is larger is reported: ten million (--sizes
10000 100000 1000000 10000000) take an hour or more to fill; --databases sqlite does one alone, a filling goes on.
"""

import argparse
import contextlib
import gc
import json
import os
import platform
import statistics
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from redis import Redis

from benchmarks.growth.drawing import growth_svg
from benchmarks.growth.grown import Places, fill_place, look_after, places, tidy
from benchmarks.growth.installed import Installed
from benchmarks.growth.operations import Operations
from comments.migrations import upgrade
from comments.settings import SecondStageUse
from ops.logs import configure_logs
from tests.servers.valkey import running_valkey
from workers.reader import Models, load_models
from workers.second_opinion import SecondOpinion

KINDS = ("sqlite", "postgresql")
SIZES = (10_000, 100_000, 1_000_000)
BAR, BAR_UP_TO = 1.3, 1_000_000
WARM_UP = 5

# {operation: {size: milliseconds of every round}}
Times = dict[str, dict[int, list[float]]]


def main() -> None:
    """Fill, measure, write the figures down, draw them, and fail when something grows."""
    options = _options()
    configure_logs("error")
    models = load_models(SecondOpinion(SecondStageUse.OFF))
    every = _kept(options) | {kind: _measure(kind, options, models) for kind in options.databases}
    found = {kind: every[kind] for kind in KINDS if kind in every}
    missed = [
        f"{name} on {kind} ({each['ratio']:.2f})"
        for kind, told in found.items()
        for name, each in told["operations"].items()
        if each["ratio"] > BAR
    ]
    told = {
        "machine": f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}",
        "bar": BAR,
        "missed": missed,
        "databases": found,
    }
    if options.json:
        options.json.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    if options.chart:
        options.chart.write_text(growth_svg(told), encoding="utf-8")
    print(f"More than {BAR} times: {', '.join(missed)}" if missed else f"Everything is within {BAR} times.")
    raise SystemExit(bool(missed))


def _kept(options: argparse.Namespace) -> dict[str, Any]:
    """Return what a run before wrote to the same file of databases that this one does not measure."""
    if options.json is None or not options.json.is_file():
        return {}
    return json.loads(options.json.read_text(encoding="utf-8"))["databases"]  # type: ignore[no-any-return]


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.growth", description=__doc__)
    parser.add_argument("--folder", type=Path, required=True, help="where the databases are kept")
    parser.add_argument("--sizes", type=int, nargs="+", default=list(SIZES))
    parser.add_argument("--rounds", type=int, default=60, help="of every operation, at every size")
    parser.add_argument("--databases", nargs="+", choices=KINDS, default=list(KINDS))
    parser.add_argument("--only", default="", help="a part of the names of the operations to time")
    parser.add_argument("--fill-only", action="store_true", help="fill what is missing, and measure nothing")
    parser.add_argument("--json", type=Path, help="write every figure here")
    parser.add_argument("--chart", type=Path, help="draw the medians here (SVG)")
    return parser.parse_args()


def _measure(kind: str, options: argparse.Namespace, models: Models) -> dict[str, Any]:
    print(f"{kind}", flush=True)
    with contextlib.ExitStack() as stack:
        place = stack.enter_context(places(kind, options.folder))
        rung = stack.enter_context(_rung())
        for size in options.sizes:
            if not place.is_there(size):
                _grow(place, size, Installed(fill_place(place, size), size, options.folder, models, rung))
        if options.fill_only:
            return {"operations": {}}
        installed = [Installed(place.url(size), size, options.folder, models, rung) for size in options.sizes]
        for each in installed:
            stack.callback(each.close)
            upgrade(each.store.database)
            look_after(each)
        place.read_through()
        every = {each.size: Operations(each) for each in installed}
        sizes = {str(each.size): float(_bytes(each)) for each in installed}
        times = _in_turns(every, options.rounds, options.only)
        return {
            "sizes": options.sizes,
            "rounds": options.rounds,
            "commit": _commit(),
            "operations": _figures(times),
            "chores": _chores(every),
            "bytes": {"database": sizes},
        }


def _grow(place: Places, size: int, installed: Installed) -> None:
    look_after(installed)
    installed.close()
    place.finish(size)


@contextlib.contextmanager
def _rung() -> Iterator[Redis]:
    with running_valkey() as valkey, contextlib.closing(Redis.from_url(valkey.url)) as client:
        yield client


def _in_turns(every: dict[int, Operations], rounds: int, only: str) -> Times:
    """Time every operation at every size in turns, so that the machine is as busy with others for all of them."""
    found: Times = {}
    names = [name for name in next(iter(every.values())).all if only in name]
    for name in names:
        for each in every.values():
            each.installed.log_in()  # the clock goes fast, and nobody stays logged in who does nothing
        for each in list(every.values()) * WARM_UP:
            each.all[name]()
        gc.collect()
        times = found[name] = {size: [] for size in every}
        for number in range(rounds):
            # Whoever comes first finds the processor's caches cold.
            for size in list(every) if number % 2 else reversed(list(every)):
                times[size].append(every[size].all[name]())
        print(_line(name, times), flush=True)
    return found


def _line(name: str, times: dict[int, list[float]]) -> str:
    medians = [statistics.median(each) for each in times.values()]
    return f"  {name:32}" + "".join(f"{each:9.2f}" for each in medians) + f"   x{medians[-1] / medians[0]:.2f}"


def _figures(times: Times) -> dict[str, dict[str, float]]:
    found = {}
    for name, by_size in times.items():
        told: dict[str, float] = {}
        for size, all_ms in by_size.items():
            told[f"p50_ms_{size}"] = round(statistics.median(all_ms), 3)
            told[f"p95_ms_{size}"] = round(statistics.quantiles(all_ms, n=20, method="inclusive")[-1], 3)
        # The bar is for these; what is larger is reported.
        held = [size for size in by_size if size <= BAR_UP_TO]
        told["ratio"] = round(told[f"p50_ms_{held[-1]}"] / told[f"p50_ms_{held[0]}"], 3)
        told["ratio_of_all"] = round(told[f"p50_ms_{max(by_size)}"] / told[f"p50_ms_{min(by_size)}"], 3)
        found[name] = told
    return found


def _chores(every: dict[int, Operations]) -> dict[str, dict[str, float]]:
    """Return the median of every chore by itself, when there is nothing to do: what looking alone costs."""
    taken = {size: [each.chores() for _ in range(5)] for size, each in every.items()}
    names = next(iter(taken.values()))[0]
    found = {
        name: {
            f"p50_ms_{size}": round(statistics.median(each[name] for each in rounds), 3)
            for size, rounds in taken.items()
        }
        for name in names
    }
    for name, told in found.items():
        print(f"  chore: {name:32}" + "".join(f"{each:9.2f}" for each in told.values()), flush=True)
    return found


def _bytes(installed: Installed) -> int:
    """Return how large the database is."""
    from sqlalchemy import text  # noqa: PLC0415 - beside its only use

    tidy(installed)
    asked = (
        "SELECT (SELECT * FROM pragma_page_count()) * (SELECT * FROM pragma_page_size())"
        if installed.store.database.is_sqlite
        else "SELECT pg_database_size(current_database())"
    )
    with installed.store.database.read() as connection:
        return int(connection.execute(text(asked)).scalar_one())


def _commit() -> str:
    done = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False)
    return done.stdout.strip()


if __name__ == "__main__":
    main()
