"""What `make privacy` prints and writes: the table sink × class, what is left of the erased, how long answers took."""

from collections.abc import Mapping
from typing import Any

from tests.privacy.controls import Caught
from tests.privacy.detector import Class
from tests.privacy.erasure import Left
from tests.privacy.timing import Timing
from tests.privacy.verdict import Verdict


def tell(database: str, verdict: Verdict, caught: Caught) -> None:
    """Print the table, and how many planted leaks were found."""
    print(f"\n{database}: {verdict.canaries} addresses, {verdict.needles:,} needles")
    print(f"{'sink':<20}{'bytes':>13}  " + "  ".join(f"{kind.value:>10}" for kind in Class))
    for sink, scanned in verdict.scanned.items():
        hits = "  ".join(f"{verdict.table[sink][kind.value]:>10}" for kind in Class)
        print(f"{sink:<20}{scanned:>13,}  {hits}")
    print(f"planted leaks found: {len(caught.found) - len(caught.missed)} of {len(caught.found)}")


def tell_erased(left: Mapping[str, Left]) -> None:
    """Print a line for each place where something erased could be left."""
    for place, each in left.items():
        found = ", ".join(f"{number} of the {kind}" for kind, number in each.found.items())
        print(f"erased, in {place}: {found}, in {each.scanned:,} bytes")


def not_erased(database: str, left: Mapping[str, Left]) -> list[str]:
    """Return a line for each place where something of it is left. A log that was emptied has nothing to look at."""
    return [f"{database}: erased, and still in {place}: {each.found}" for place, each in left.items() if each.is_any]


def problems_of(database: str, verdict: Verdict, caught: Caught) -> list[str]:
    """Return a line for each leak, each sink that held nothing, and each planted leak that nobody saw."""
    found = [
        f"{database}: {sink}, {piece}: {hit.door}: {hit.kind.value}, {hit.needle}"
        for (sink, piece), hits in verdict.leaks.items()
        for hit in hits
    ]
    found += [f"{database}: the sink {sink} was empty" for sink in verdict.empty]
    return found + [f"{database}: nobody saw the planted leak: {name}" for name in caught.missed]


def as_json(verdict: Verdict, caught: Caught) -> dict[str, Any]:
    """Return what is written down of one database."""
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


def left_as_json(left: Mapping[str, Left]) -> dict[str, Any]:
    """Return what is written down of what was erased."""
    return {place: {"bytes": each.scanned, "left": dict(each.found)} for place, each in left.items()}


def tell_timings(timings: Mapping[str, Timing]) -> None:
    """Print a line for each comparison."""
    for name, timing in timings.items():
        one, other = timing.median_milliseconds
        print(
            f"{name} or unknown: t = {timing.t:.2f} over 2 x {timing.asked:,}, of the quickest "
            f"{timing.t_of_quickest:.2f}; medians {one:.2f} and {other:.2f} ms"
        )
