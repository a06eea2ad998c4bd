"""`python -m benchmarks.scale [--seconds 8] [--json FILE] [--chart FILE]`: 1, 2 and 4 replicas of web and worker.

Everything runs on this machine, the load generator too: with two cores, two busy processes are all there can be. So
what each part takes of the processors is measured beside the rates; that, per comment, does not depend on the cores,
and docs/capacity.md reckons with it.
"""

import argparse
import itertools
import json
import os
import platform
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.desk.newsroom import Newsroom
from benchmarks.load import Answers, for_seconds, send_for
from benchmarks.scale.drawing import scale_svg
from benchmarks.scale.replicas import IDLE, SITE, Stage, stage
from tests.servers.replydesk import wait_until

REPLICAS = (1, 2, 4)
CONNECTIONS = 16
# Enough that every replica is at work for some seconds.
DRAINED = 4_000
THREADS = 200
READ_COMMENTS = 100
LOOK_SECONDS = 0.05


def main() -> None:
    """Measure, print, write the figures down and draw them."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scale", description=__doc__)
    parser.add_argument("--seconds", type=float, default=8.0, help="how long each rate is measured")
    parser.add_argument("--replicas", type=int, nargs="+", default=list(REPLICAS))
    parser.add_argument("--json", type=Path, help="write every figure here")
    parser.add_argument("--chart", type=Path, help="draw the rates here (SVG)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="replydesk-scale-") as made, stage(Path(made)) as shared:
        told: dict[str, Any] = {
            "machine": f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}",
            "connections": CONNECTIONS,
            "accept": {str(number): _accept(shared, number, options.seconds) for number in options.replicas},
            "drain": {str(number): _drain(shared, number, options.seconds) for number in options.replicas},
            "read": _read(shared, options.seconds),
        }
    if options.json:
        options.json.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    if options.chart:
        options.chart.write_text(scale_svg(told), encoding="utf-8")


def _accept(shared: Stage, webs: int, seconds: float) -> dict[str, Any]:
    """Measure how many comments so many web replicas keep a second; nobody judges them meanwhile."""
    shared.empty()
    with shared.webs(webs) as ports:
        request = _submissions()
        send_for(ports, request, connections=CONNECTIONS, stopped=for_seconds(seconds / 4))
        before = shared.count()
        with _cpu_of(shared) as cpu:
            answers = send_for(ports, request, connections=CONNECTIONS, stopped=for_seconds(seconds))
        kept = shared.count() - before
        _require(set(answers.statuses) == {202} and kept == answers.statuses[202], f"{kept} kept: {answers.statuses}")
        return _told("accept", webs, kept, answers.seconds, cpu) | _latencies(answers) | _memory(shared, "web", webs)


def _drain(shared: Stage, workers: int, seconds: float) -> dict[str, Any]:
    """Measure how many comments so many worker replicas judge a second, from the first verdict to the last."""
    shared.empty()
    with shared.webs(1) as ports:
        left = iter(range(round(DRAINED * seconds / 8)))
        send_for(ports, _submissions(), connections=CONNECTIONS, stopped=lambda: next(left, None) is None)
    waiting = shared.count("pending")
    with shared.workers(workers):
        wait_until(lambda: shared.count("pending") < waiting, seconds=60)
        began_at, first = time.monotonic(), shared.count("pending")
        with _cpu_of(shared) as cpu:
            while shared.count("pending"):
                time.sleep(LOOK_SECONDS)
            took_seconds = time.monotonic() - began_at
        return _told("drain", workers, first, took_seconds, cpu) | _memory(shared, "worker", workers)


def _read(shared: Stage, seconds: float) -> dict[str, Any]:
    """Measure a thread of a hundred, whole and unchanged (304), and threads nobody has asked for lately."""
    shared.empty()
    with shared.webs(1) as ports, shared.workers(1):
        thread = itertools.repeat("hundred", READ_COMMENTS)
        send_for(ports, _submissions(thread), connections=1, stopped=_used_up(READ_COMMENTS))
        wait_until(lambda: not shared.count("pending"), seconds=60)
        _publish(shared)
    with shared.webs(1) as ports:
        address = f"/api/v1/comments?site={SITE}&thread=hundred"
        etag = _etag(ports[0], address)
        kinds = {
            "a thread of 100": (200, _get(address)),
            "unchanged (304)": (304, _get(address, f'If-None-Match: "{etag}"\r\n')),
            "its count": (200, _get(f"/api/v1/counts?site={SITE}&thread=hundred")),
        }
        return {name: _read_kind(shared, name, *kind, seconds / 2) for name, kind in kinds.items()}


def _read_kind(shared: Stage, name: str, status: int, request: bytes, seconds: float) -> dict[str, Any]:
    ports = shared.ports
    send_for(ports, lambda: request, connections=CONNECTIONS, stopped=for_seconds(seconds / 4))
    with _cpu_of(shared) as cpu:
        answers = send_for(ports, lambda: request, connections=CONNECTIONS, stopped=for_seconds(seconds))
    _require(set(answers.statuses) == {status}, f"{name}: {answers.statuses}")
    return _told(f"read: {name}", 1, answers.statuses[status], answers.seconds, cpu) | _latencies(answers)


@contextmanager
def _cpu_of(shared: Stage) -> Iterator[dict[str, float]]:
    """Give what each part takes of the processors within the block, filled in at its end."""
    before, taken = shared.cpu_seconds(), dict[str, float]()
    yield taken
    taken |= {name: seconds - before[name] for name, seconds in shared.cpu_seconds().items()}


def _told(what: str, replicas: int, number: int, seconds: float, cpu: dict[str, float]) -> dict[str, Any]:
    cores = {name: round(each / seconds, 2) for name, each in cpu.items()}
    idle = cores.pop(IDLE)
    each_ms = {name: round(cpu[name] / number * 1000, 3) for name in cores}
    said = ", ".join(f"{name} {each:.2f}" for name, each in cores.items() if each >= 0.005)
    print(f"{what:28} {replicas} replicas: {number / seconds:7.0f}/s   cores: {said}", flush=True)
    return {
        "a_second": round(number / seconds, 1),
        "number": number,
        "seconds": round(seconds, 2),
        "cores": cores,
        "cpu_ms_each": each_ms,
        "idle_cores": idle,
        "limit": _limit(cores, idle),
    }


def _limit(cores: dict[str, float], idle: float) -> str:
    """Say what there was too little of."""
    available = os.cpu_count() or 1
    most = max(cores, key=lambda name: cores[name])
    others = available - idle - sum(cores.values())
    said = f", of which others took {others:.2f}" if others > 0.2 else ""
    if idle < 0.1 * available:
        return f"the machine's {available} cores: {most} took most{said}"
    return f"{most}, at {cores[most]:.2f} cores; {idle:.2f} were idle{said}"


def _latencies(answers: Answers) -> dict[str, float]:
    quantiles = statistics.quantiles(answers.milliseconds, n=100, method="inclusive")
    return {"p50_ms": round(quantiles[49], 2), "p99_ms": round(quantiles[98], 2)}


def _memory(shared: Stage, kind: str, number: int) -> dict[str, float]:
    return {"memory_mb_each": round(shared.memory_bytes(kind) / number / 1e6, 1)}


def _submissions(threads: Iterator[str] | None = None) -> Callable[[], bytes]:
    """Return what gives one comment after the other, as a site's form sends them: all different."""
    chance, words, run = random.Random(3), Newsroom(10_000).words, time.time_ns()
    numbers = itertools.count()

    def next_one() -> bytes:
        number = next(numbers)
        thread = next(threads, "hundred") if threads else f"story-{number % THREADS}"
        body = json.dumps(
            {
                "site": SITE,
                "thread": {"key": thread, "url": f"https://news.example/{thread}", "title": "A story"},
                "name": "Ngozi Ade",
                "email": f"reader{number % 5_000}@example.org",
                "text": f"{' '.join(chance.choices(words[:4000], k=30))} {run} {number}",
            }
        ).encode()
        head = "POST /api/v1/comments HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body

    return next_one


def _get(address: str, more: str = "") -> bytes:
    return f"GET {address} HTTP/1.1\r\nHost: localhost\r\n{more}\r\n".encode()


def _used_up(number: int) -> Callable[[], bool]:
    left = iter(range(number))
    return lambda: next(left, None) is None


def _etag(port: int, address: str) -> str:
    from http.client import HTTPConnection  # noqa: PLC0415 - beside its only use

    connection = HTTPConnection("127.0.0.1", port)
    connection.request("GET", address)
    answer = connection.getresponse()
    body = json.loads(answer.read())
    _require(body["total"] >= READ_COMMENTS - 1, f"the thread has {body['total']} comments")
    connection.close()
    return (answer.getheader("ETag") or "").strip('W/"')


def _publish(shared: Stage) -> None:
    """Approve what the workers held, as a moderator would: this measures reading."""
    from comments.clock import utc_now  # noqa: PLC0415 - beside its only use
    from comments.status import Status  # noqa: PLC0415 - as above
    from comments.store import open_store  # noqa: PLC0415 - as above
    from comments.store.moves import Move, apply_moves  # noqa: PLC0415 - as above

    store = open_store(shared.url)
    with store.database.write() as connection:
        rows = connection.exec_driver_sql("SELECT id, status FROM comments WHERE status IN ('held', 'rejected')").all()
        moves = [Move(row.id, Status(row.status), Status.APPROVED, "system") for row in rows]
        apply_moves(connection, moves, utc_now())
    store.close()


def _require(claim: bool, said: str) -> None:
    if not claim:
        raise SystemExit(said)


if __name__ == "__main__":
    main()
