"""`python -m benchmarks.speed --folder DIR [--peers] [--rounds 5]`: how fast we are, alone or beside peers.

With `--peers` an Isso and a WordPress run beside ours, and all are asked in turns. Every comment that counts is a row
in the database. Fails when a bar is missed.
"""

import argparse
import contextlib
import importlib.metadata
import json
import os
import platform
import re
import socket
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.peers.isso import running_isso
from benchmarks.peers.wordpress import running_peer
from benchmarks.speed import bars, rounds
from benchmarks.speed.drained import measure_drain
from benchmarks.speed.ours import Ours, running_ours
from benchmarks.speed.poster import ARTICLES
from benchmarks.speed.report import tell, write_document
from benchmarks.speed.rounds import NotKept, Target
from benchmarks.speed.verdicts import wait_for_verdicts
from benchmarks.speed.wrk import CONNECTIONS, Load, NoWrk
from tests.servers.wordpress import NoWordpress

# Numbers of articles to post to; for WordPress they are its own.
_PLACES = tuple(str(number) for number in range(1, ARTICLES + 1))
_VERDICT_SECONDS = 10.0
_WAITING = 3_000


def main() -> None:
    """Measure, write the figures down, and fail when a bar is missed."""
    options = _read_options()
    with contextlib.ExitStack() as stack:
        ours = stack.enter_context(running_ours(options.folder / "ours"))
        targets, versions = list(_ours(ours)), {"Replydesk": importlib.metadata.version("replydesk")}
        if options.peers:
            targets += stack.enter_context(_peers(options.folder, versions))
        wanted = [target for target in targets if options.only in target.name]
        measured = rounds.measure(wanted, rounds=options.rounds, seconds=options.seconds)
        found = {name: rounds.summary(each) for name, each in measured.items()}
        silent = [name for name, figures in found.items() if not figures["per_second"]]
        if silent:
            raise SystemExit(
                f"no answer in half of the rounds: {', '.join(silent)}; this machine is too busy to measure"
            )
        shown = {bars.THREAD: ours.shown_as_json(), bars.PAGE: ours.shown_on_page()}
        results = _describe(options, versions) | {"targets": found, "shown": shown}
        results["web_megabytes"] = ours.web_megabytes()
        _write(options, results)  # what comes after this says nothing about the peers
        if not options.only:
            rate = found[bars.POST]["per_second"] / 2
            results["verdicts"] = wait_for_verdicts(ours, rate=rate, seconds=_VERDICT_SECONDS)
    if not options.only:
        results["drain"] = measure_drain(options.folder / "drain", rounds=3, comments=_WAITING)
    _write(options, results)
    for bar in bars.bars(results):
        tell(bar)
    raise SystemExit(not all(bar.is_met for bar in bars.bars(results)))


def _read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.speed", description=__doc__)
    parser.add_argument("--folder", type=Path, required=True, help="where databases and the peers' programs are kept")
    parser.add_argument("--peers", action="store_true", help="measure Isso and WordPress in the same rounds")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=4.0, help="for each target in each round")
    parser.add_argument(
        "--only", default="", help="a part of the names of the targets to measure; nothing else is done"
    )
    parser.add_argument("--json", type=Path, help="write every figure here")
    parser.add_argument("--document", type=Path, help="write the tables into this document")
    return parser.parse_args()


def _ours(ours: Ours) -> Iterator[Target]:
    post = Load(ours.url, "replydesk", articles=_PLACES)
    yield Target(bars.POST, post, ours.count, ours.wait_for_workers)
    yield Target(bars.THREAD, Load(ours.json_url))
    yield Target(bars.PAGE, Load(ours.page_url, headers=("Accept: text/html",)))
    yield Target(bars.AGAIN, Load(ours.json_url, headers=(f"If-None-Match: {ours.etag()}",)))


@contextlib.contextmanager
def _peers(folder: Path, versions: dict[str, str]) -> Iterator[list[Target]]:
    with running_isso(folder / "isso", _free_port()) as isso, running_peer(ARTICLES) as wordpress:
        versions |= {"Isso": isso.version, "WordPress": wordpress.version}
        yield [
            Target(bars.ISSO_POST, Load(isso.url, "isso", articles=_PLACES), isso.count),
            Target(bars.ISSO_THREAD, Load(isso.thread_url)),
            Target(bars.WORDPRESS_POST, Load(wordpress.url, "wordpress", articles=wordpress.articles), wordpress.count),
            Target(bars.WORDPRESS_PAGE, Load(wordpress.page_url, headers=("Accept: text/html",))),
        ]


def _describe(options: argparse.Namespace, versions: dict[str, str]) -> bars.Results:
    wrk = subprocess.run(["wrk", "-v"], capture_output=True, text=True, check=False).stdout
    found = re.search(r"wrk \S+", wrk)
    return {
        "format": 1,
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": {
            "cores": os.cpu_count(),
            "processor": _processor(),
            "system": platform.platform(terse=True),
            "python": platform.python_version(),
        },
        "versions": versions | {"wrk": found[0].removeprefix("wrk ") if found else ""},
        "settings": {"rate_limits": False, "synchronous": "FULL", "web_workers": 2, "workers": 1},
        "rounds": options.rounds,
        "seconds": options.seconds,
        "connections": CONNECTIONS,
    }


def _processor() -> str:
    with contextlib.suppress(OSError):
        found = re.search(r"model name\s*: (.+)", Path("/proc/cpuinfo").read_text(encoding="utf-8"))
        if found:
            return found[1]
    return platform.machine()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _write(options: argparse.Namespace, results: bars.Results) -> None:
    if options.json:
        options.json.write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    if options.document:
        write_document(options.document, "peers" if options.peers else "speed", results)


if __name__ == "__main__":
    try:
        main()
    except (NoWordpress, NoWrk, NotKept) as problem:
        raise SystemExit(str(problem)) from None
