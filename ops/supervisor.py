"""Keep a list of processes running: start them in order, restart what dies, stop them in reverse.

It starts no thread, so a child can be made to die with it (see `workers/parent_death.py`).
"""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import IO

import structlog

from ops.problems import Problem
from workers.parent_death import die_with_parent

log = structlog.get_logger()

LOOK_SECONDS = 0.1
FIRST_BACKOFF_SECONDS = 0.5
# As short as a worker's (workers/crew.py): everybody waits for Valkey and the web server, and a start costs a second.
MAX_BACKOFF_SECONDS = 5.0
# Who lived this long did not die of its start.
SOUND_SECONDS = 10.0


@dataclass
class Child:
    """One process to keep running. One that `comes_first` must be ready before the next one starts."""

    name: str
    command: Sequence[str]
    is_ready: Callable[[], bool]
    stop_seconds: float
    environment: dict[str, str] = field(default_factory=dict)
    ready_seconds: float = 30.0
    output: IO[bytes] | None = None
    comes_first: bool = False
    process: subprocess.Popen[bytes] | None = None
    born_at: float = 0.0
    deaths: int = 0
    start_at: float = 0.0

    def start(self) -> None:
        """Start it, in a process group of its own: Ctrl+C in a terminal goes to the supervisor alone.

        A system that has no room for one more process lets none start: that is a death like any other.
        """
        self.born_at = time.monotonic()
        try:
            self.process = subprocess.Popen(
                self.command,
                env=os.environ | self.environment,
                stdin=subprocess.DEVNULL,
                stdout=self.output,
                stderr=self.output,
                process_group=0,
                preexec_fn=partial(die_with_parent, os.getpid()),  # noqa: PLW1509 - safe: this process has one thread
            )
        except (OSError, subprocess.SubprocessError) as error:
            self._note_death(why=getattr(error, "strerror", None) or type(error).__name__)
        else:
            log.info("started", child=self.name, pid=self.process.pid)

    def has_died(self) -> bool:
        """Say whether it ran and has ended, and when it may start again."""
        if self.process is None or self.process.poll() is None:
            return False
        self._note_death(code=self.process.returncode)
        self.process = None
        return True

    def _note_death(self, **how: object) -> None:
        lived_seconds = time.monotonic() - self.born_at
        self.deaths = 1 if lived_seconds >= SOUND_SECONDS else self.deaths + 1
        backoff_seconds = min(FIRST_BACKOFF_SECONDS * 2 ** (self.deaths - 1), MAX_BACKOFF_SECONDS)
        self.start_at = time.monotonic() + backoff_seconds
        log.error(
            "died",
            child=self.name,
            **how,
            lived_seconds=round(lived_seconds, 1),
            again_in_seconds=backoff_seconds,
        )

    def stop(self) -> None:
        """Ask it to end, wait, and end it."""
        if self.process is None:
            return
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(self.stop_seconds)
        except subprocess.TimeoutExpired:
            # Its children too: they are in its process group.
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            log.warning("killed", child=self.name, waited_seconds=self.stop_seconds)
        log.info("stopped", child=self.name, code=self.process.returncode)
        self.process = None


class Supervisor:
    """Runs children until told to stop. `should_stop(seconds)` waits so long and says whether to end."""

    def __init__(self, children: Sequence[Child], should_stop: Callable[[float], bool]) -> None:
        self._children = children
        self._should_stop = should_stop

    def start(self) -> bool:
        """Start everybody in order. Returns False when told to stop meanwhile. Raises Problem when one cannot start."""
        for child in self._children:
            child.start()
            if child.process is None:
                raise Problem(f"{child.name} does not start: the system starts no process for it; see the log")
            if child.comes_first and not self._wait_until_ready(child):
                return False
        return all(self._wait_until_ready(child) for child in self._children)

    def _wait_until_ready(self, child: Child) -> bool:
        gives_up_at = time.monotonic() + child.ready_seconds
        while not child.is_ready():
            if child.has_died() or time.monotonic() >= gives_up_at:
                raise Problem(f"{child.name} does not start{_last_words(child)}")
            if self._should_stop(LOOK_SECONDS):
                return False
        return True

    def watch(self, then: Callable[[], None] = lambda: None) -> None:
        """Restart what dies until told to stop; `then` is called at every look."""
        while not self._should_stop(LOOK_SECONDS):
            for child in self._children:
                child.has_died()
                if child.process is None and time.monotonic() >= child.start_at:
                    child.start()
            then()

    def stop(self) -> None:
        """Stop everybody, last started first."""
        for child in reversed(self._children):
            child.stop()


def _last_words(child: Child) -> str:
    """Return the end of what it wrote, if that went to a file."""
    if child.output is None:
        return ""
    with open(child.output.name, "rb") as written:  # noqa: PTH123 - the file that it has, by its own name
        lines = [line for line in written.read().decode(errors="replace").splitlines() if line.strip()]
    return f": {lines[-1][-300:]}" if lines else ""
