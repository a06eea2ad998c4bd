"""Ask one address as fast as it answers, with wrk (Debian's package): so many connections, each with one request."""

import json
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.peers.seed import WORDS

CONNECTIONS = 32
_SCRIPT = Path(__file__).with_name("load.lua")
# A request that takes longer is counted as broken.
_TIMEOUT_SECONDS = 10


class NoWrk(Exception):  # noqa: N818 - named for what it says, as in STYLE.md
    """Raised with one line that says what to install."""


@dataclass(frozen=True, slots=True)
class Load:
    """What is sent: GETs with headers, or comments in the words of one service, to that many articles."""

    url: str
    kind: str = "get"
    headers: tuple[str, ...] = ()
    articles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Counted:
    """What wrk saw in one round. `answers` are those below status 400."""

    seconds: float
    answers: int
    refused: int
    broken: int
    bytes: int
    p50_ms: float
    p99_ms: float

    @property
    def per_second(self) -> float:
        """Answers a second."""
        return self.answers / self.seconds


def send(load: Load, *, seconds: float, seed: int, connections: int = CONNECTIONS) -> Counted:
    """Send for so long. The seed makes the words of a round its own. Raises NoWrk."""
    if shutil.which("wrk") is None:
        raise NoWrk("wrk is not here; as root: apt-get install wrk")
    options = ["-t1", f"-c{connections}", f"-d{seconds:g}s", f"--timeout={_TIMEOUT_SECONDS}s", f"-s{_SCRIPT}"]
    headers = [part for header in load.headers for part in ("-H", header)]
    said = ["--", load.kind, str(seed), WORDS, *load.articles]
    command = ["wrk", *options, *headers, load.url, *said]
    output = subprocess.run(command, capture_output=True, text=True, check=True, timeout=seconds + 60).stdout
    return _read(output)


def _read(lines: str) -> Counted:
    told: Sequence[str] = [line[4:] for line in lines.splitlines() if line.startswith("JSON")]
    counted = json.loads(told[-1])
    return Counted(**{**counted, "answers": counted["answers"] - counted["refused"]})
