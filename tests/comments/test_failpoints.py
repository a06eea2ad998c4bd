"""Failpoints: obeyed once, by one process, and only where a rig has asked for them."""

import os
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from comments import failpoints
from comments.clock import utc_now
from comments.failpoints import VARIABLE, Point, clock_error, reach

REACH_TWICE = "from comments.failpoints import *; reach(Point.CLAIMED); reach(Point.CLAIMED); print('alive')"


def run(program: str, directory: Path) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {VARIABLE: str(directory)}
    return subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, text=True, timeout=30, check=False
    )


def test_order_to_kill_ends_the_process_that_gets_there(tmp_path: Path) -> None:
    # given
    (tmp_path / Point.CLAIMED).write_text("kill")

    # when
    done = run(REACH_TWICE, tmp_path)

    # then
    assert done.returncode == -signal.SIGKILL
    assert not list(tmp_path.iterdir()), "the order is used up"


def test_order_is_obeyed_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    # given
    waits: list[float] = []
    monkeypatch.setattr(failpoints, "_directory", str(tmp_path))
    monkeypatch.setattr("time.sleep", waits.append)
    (tmp_path / Point.JUDGED).write_text("wait 1.5")

    # when
    reach(Point.COMMITTED)
    reach(Point.JUDGED)
    reach(Point.JUDGED)

    # then
    assert waits == [1.5]


def test_nothing_is_looked_for_where_no_rig_is_at_work() -> None:
    # given: a file that would be an order, in the working directory of a process without the variable
    environment = {name: value for name, value in os.environ.items() if name != VARIABLE}

    # when
    done = subprocess.run(
        [sys.executable, "-c", "import pathlib, comments.failpoints as f; print(f._directory)"],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )

    # then
    assert done.stdout.strip() == "None"


def test_clock_is_wrong_by_what_was_ordered(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    order = tmp_path / "clock"
    assert clock_error() == timedelta(), "where no rig is at work it is right"
    monkeypatch.setattr(failpoints, "_clock", str(order))
    assert clock_error() == timedelta(), "nothing was ordered yet"
    monkeypatch.setattr(failpoints, "_clock", str(tmp_path))
    assert clock_error() == timedelta(), "what cannot be read orders nothing"
    monkeypatch.setattr(failpoints, "_clock", str(order))

    order.write_text("-3600.5")

    assert clock_error() == timedelta(seconds=-3600.5)
    assert abs(utc_now() - datetime.now(UTC) - clock_error()) < timedelta(seconds=5)
