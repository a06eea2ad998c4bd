"""Prove that no address leaves: `python -m tests.privacy [--database …] [--json FILE]`, which is `make privacy`."""

import argparse
import json
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from tests.privacy.canaries import Aviary
from tests.privacy.controls import Caught, catch
from tests.privacy.detector import Class
from tests.privacy.interference import interference
from tests.privacy.routes import the_app, unlisted
from tests.privacy.scenario import live
from tests.privacy.timing import measure
from tests.privacy.verdict import Verdict, judge
from tests.privacy.world import watched

DATABASES = ("sqlite", "postgresql")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run all of it. Returns 1 when something leaked, a sink was empty, or a planted leak was missed."""
    given = _parser().parse_args(arguments)
    began = time.monotonic()
    problems = unlisted(the_app())
    result: dict[str, Any] = {"seed": given.seed, "databases": {}}
    for database in given.databases or DATABASES:
        verdict = _canaries(database, given.seed)
        caught = catch(database, given.seed)
        _tell(database, verdict, caught)
        problems += _problems(database, verdict, caught)
        result["databases"][database] = _as_json(verdict, caught)
    result["interference"], result["timing"] = _others(given.seed, problems)
    result["seconds"] = round(time.monotonic() - began)
    result["problems"] = problems
    if given.json:
        given.json.write_text(json.dumps(result, indent=2, ensure_ascii=False) + "\n")
    print("\n".join(problems) or f"no address leaves; every planted leak was found ({result['seconds']} s)")
    return 1 if problems else 0


def _others(seed: int, problems: list[str]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Compare sets of addresses (P-02), and known addresses with unknown ones (P-05)."""
    changed, timings = interference(), measure(seed)
    problems += [f"another set of addresses changed: {name}" for name in changed.with_others]
    problems += [f"one address for all changed what is public: {name}" for name in changed.with_one]
    problems += [
        f"known addresses can be told: {name}, {timing}" for name, timing in timings.items() if not timing.is_within
    ]
    print(f"\nother addresses: {changed.answers} answers, {changed.size:,} bytes, {len(changed.with_others)} differ")
    for name, timing in timings.items():
        known, unknown = timing.median_milliseconds
        print(
            f"known or unknown, {name}: t = {timing.t:.2f} over 2 x {timing.asked:,}; {known:.2f} and {unknown:.2f} ms"
        )
    return asdict(changed), {name: asdict(timing) for name, timing in timings.items()}


def _canaries(database: str, seed: int) -> Verdict:
    aviary = Aviary(seed)
    with watched(database) as world:
        live(world, aviary)
        return judge(world, aviary.canaries)


def _tell(database: str, verdict: Verdict, caught: Caught) -> None:
    print(f"\n{database}: {verdict.canaries} addresses, {verdict.needles:,} needles")
    print(f"{'sink':<20}{'bytes':>13}  " + "  ".join(f"{kind.value:>10}" for kind in Class))
    for sink, scanned in verdict.scanned.items():
        hits = "  ".join(f"{verdict.table[sink][kind.value]:>10}" for kind in Class)
        print(f"{sink:<20}{scanned:>13,}  {hits}")
    print(f"planted leaks found: {len(caught.found) - len(caught.missed)} of {len(caught.found)}")


def _problems(database: str, verdict: Verdict, caught: Caught) -> list[str]:
    found = [
        f"{database}: {sink}, {piece}: {hit.door}: {hit.kind.value}, {hit.needle}"
        for (sink, piece), hits in verdict.leaks.items()
        for hit in hits
    ]
    found += [f"{database}: the sink {sink} was empty" for sink in verdict.empty]
    return found + [f"{database}: nobody saw the planted leak: {name}" for name in caught.missed]


def _as_json(verdict: Verdict, caught: Caught) -> dict[str, Any]:
    sinks = {
        sink: {"bytes": scanned, "hits": {kind.value: verdict.table[sink][kind.value] for kind in Class}}
        for sink, scanned in verdict.scanned.items()
    }
    return {
        "addresses": verdict.canaries,
        "needles": verdict.needles,
        "answers": verdict.answers,
        "sinks": sinks,
        "planted": caught.found,
    }


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.privacy", description=__doc__)
    parser.add_argument("--database", dest="databases", action="append", choices=DATABASES)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--json", type=Path)
    return parser


if __name__ == "__main__":
    sys.exit(main())
