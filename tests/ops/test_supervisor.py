"""The supervisor with real processes: started in order, restarted, stopped in reverse."""

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from ops import supervisor
from ops.problems import Problem
from ops.supervisor import Child, Supervisor

pytestmark = pytest.mark.faults

PATIENCE_SECONDS = 20.0
# Writes its name and what happens to it into the file that is its argument.
PROGRAM = """
import signal, sys, time
file, name, obeys = sys.argv[1:4]
def note(what):
    with open(file, "a") as f: f.write(f"{name} {what}\\n")
def stop(number, frame):
    note("stopped")
    sys.exit(0)
signal.signal(signal.SIGTERM, stop if obeys == "yes" else signal.SIG_IGN)
note("started")
while True: time.sleep(60)
"""


class Diary:
    """What the children wrote."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def lines(self) -> list[str]:
        return self.path.read_text().splitlines() if self.path.exists() else []


@pytest.fixture
def diary(tmp_path: Path) -> Diary:
    return Diary(tmp_path / "diary")


def a_child(diary: Diary, name: str, *, obeys: bool = True, stop_seconds: float = 10.0) -> Child:
    command = [sys.executable, "-c", PROGRAM, str(diary.path), name, "yes" if obeys else "no"]
    return Child(name, command, lambda: f"{name} started" in diary.lines(), stop_seconds, comes_first=True)


def never(seconds: float) -> bool:
    time.sleep(min(seconds, 0.02))
    return False


@contextmanager
def started(*children: Child) -> Iterator[Supervisor]:
    running = Supervisor(children, never)
    try:
        assert running.start()
        yield running
    finally:
        running.stop()


def watch_until(children: tuple[Child, ...], is_so: Callable[[], bool]) -> None:
    ends_at = time.monotonic() + PATIENCE_SECONDS

    def should_stop(seconds: float) -> bool:
        assert time.monotonic() < ends_at, "it never became so"
        return is_so() or never(seconds)

    Supervisor(children, should_stop).watch()


def test_children_start_in_order_and_stop_in_reverse(diary: Diary) -> None:
    with started(a_child(diary, "a"), a_child(diary, "b")):
        pass

    assert diary.lines() == ["a started", "b started", "b stopped", "a stopped"]


def test_a_child_that_dies_is_started_again(diary: Diary, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "FIRST_BACKOFF_SECONDS", 0.05)
    child, other = a_child(diary, "a"), a_child(diary, "b")
    with started(child, other):
        assert child.process is not None
        os.kill(child.process.pid, signal.SIGKILL)

        watch_until((child, other), lambda: diary.lines().count("a started") == 2)

        assert diary.lines().count("b started") == 1


def test_who_dies_again_and_again_waits_longer_each_time(diary: Diary, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "FIRST_BACKOFF_SECONDS", 0.1)
    monkeypatch.setattr(supervisor, "MAX_BACKOFF_SECONDS", 0.3)
    child = Child("a", [sys.executable, "-c", "pass"], lambda: True, 1.0)
    waits: list[float] = []

    def note_wait() -> bool:
        if child.process is None and child.deaths > len(waits):
            waits.append(round(child.start_at - time.monotonic(), 1))
        return len(waits) == 4

    with started(child):
        watch_until((child,), note_wait)

    assert waits == pytest.approx([0.1, 0.2, 0.3, 0.3], abs=0.1)
    assert waits == sorted(waits)


def test_who_died_twenty_times_is_back_within_seconds() -> None:
    # given: nobody can work while Valkey or the web server is away
    child = Child("a", [sys.executable, "-c", "pass"], lambda: True, 1.0, deaths=20)
    child.start()
    assert child.process is not None
    child.process.wait(PATIENCE_SECONDS)

    # when
    assert child.has_died()

    # then
    assert child.start_at - time.monotonic() <= 5.0


def test_a_child_that_the_system_does_not_start_is_tried_again(
    diary: Diary, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given: a child that runs, and beside it one whose program cannot be started for a while
    monkeypatch.setattr(supervisor, "FIRST_BACKOFF_SECONDS", 0.05)
    program = tmp_path / "program"
    program.symlink_to("/bin/sh")
    child, other = Child("a", [str(program), "-c", "sleep 60"], lambda: True, 5.0), a_child(diary, "b")
    with started(child, other):
        assert child.process is not None
        program.unlink()
        child.process.kill()

        # when
        watch_until((child, other), lambda: child.deaths >= 3)
        program.symlink_to("/bin/sh")
        watch_until((child, other), lambda: child.process is not None)

        # then
        assert other.process is not None
        assert other.process.poll() is None


def test_a_child_that_the_system_does_not_start_at_first_is_a_problem() -> None:
    with pytest.raises(Problem, match="it does not start"):
        Supervisor([Child("it", ["/nowhere/program"], lambda: True, 1.0)], never).start()


def test_a_child_that_does_not_stop_is_killed(diary: Diary) -> None:
    stubborn = a_child(diary, "a", obeys=False, stop_seconds=0.2)
    with started(stubborn):
        assert stubborn.process is not None
        process = psutil.Process(stubborn.process.pid)

    assert not process.is_running()


def test_a_child_that_cannot_start_is_a_problem_with_its_last_words(tmp_path: Path) -> None:
    with (tmp_path / "log").open("ab", buffering=0) as log:
        child = Child("it", [sys.executable, "-c", "import sys; sys.exit('no disk')"], lambda: False, 1.0, output=log)

        with pytest.raises(Problem, match="it does not start: no disk"):
            Supervisor([child], never).start()


def test_being_told_to_stop_while_starting_is_no_problem() -> None:
    child = Child("it", [sys.executable, "-c", "import time; time.sleep(60)"], lambda: False, 5.0)
    running = Supervisor([child], lambda _: True)

    assert running.start() is False
    running.stop()

    assert child.process is None
