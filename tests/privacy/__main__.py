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
from tests.privacy.controls import catch
from tests.privacy.erasure import Left, erase
from tests.privacy.interference import interference
from tests.privacy.report import as_json, left_as_json, not_erased, problems_of, tell, tell_erased, tell_timings
from tests.privacy.routes import the_app, unlisted
from tests.privacy.scenario import live
from tests.privacy.timing import measure
from tests.privacy.verdict import Verdict, judge
from tests.privacy.world import watched
from tests.servers.chromium import NONE_HERE, find_chromium

DATABASES = ("sqlite", "postgresql")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run all of it. Returns 1 when something leaked, a sink was empty, or a planted leak was missed."""
    given = _parser().parse_args(arguments)
    began = time.monotonic()
    problems = unlisted(the_app()) + ([] if find_chromium() else [f"{NONE_HERE}: what it would show is unknown"])
    result: dict[str, Any] = {"seed": given.seed, "databases": {}}
    for database in given.databases or DATABASES:
        verdict, left = _canaries(database, given.seed)
        caught = catch(database, given.seed)
        tell(database, verdict, caught)
        tell_erased(left)
        problems += problems_of(database, verdict, caught) + not_erased(database, left)
        result["databases"][database] = as_json(verdict, caught) | {"erased": left_as_json(left)}
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
    tell_timings(timings)
    return asdict(changed), {name: asdict(timing) for name, timing in timings.items()}


def _canaries(database: str, seed: int) -> tuple[Verdict, dict[str, Left]]:
    aviary = Aviary(seed)
    with watched(database) as world:
        live(world, aviary)
        verdict = judge(world, aviary.canaries)
        return verdict, erase(world, aviary)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.privacy", description=__doc__)
    parser.add_argument("--database", dest="databases", action="append", choices=DATABASES)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--json", type=Path)
    return parser


if __name__ == "__main__":
    sys.exit(main())
