"""Each process counts in a place of its own; places are taken over, so files and series stay few."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry
from prometheus_client.multiprocess import MultiProcessCollector

from comments import metrics
from comments.metrics import Limit, Post, Route, Way
from comments.status import Status

ROOT = Path(__file__).parents[2]
ACCEPTED = ("replydesk_comments_accepted_total", {"way": "json"})


@pytest.fixture(autouse=True)
def _closed() -> Iterator[None]:
    yield
    metrics.close_metrics()


def counted(data_dir: Path, name: str = ACCEPTED[0], labels: dict[str, str] = ACCEPTED[1]) -> float | None:
    registry = CollectorRegistry()
    MultiProcessCollector(registry, str(data_dir / metrics.DIRECTORY))
    return registry.get_sample_value(name, labels)


def count_elsewhere(data_dir: Path, *, then: str = "") -> subprocess.Popen[bytes]:
    """Start another process that counts one comment, says so and does what `then` says."""
    code = (
        "import sys; from pathlib import Path; from comments import metrics\n"
        f"assert metrics.open_metrics(Path({str(data_dir)!r}))\n"
        f"metrics.count_accepted(metrics.Way.JSON); print('counted', flush=True)\n{then}"
    )
    process = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline() == b"counted\n"
    return process


def end(process: subprocess.Popen[bytes], by: signal.Signals = signal.SIGKILL) -> None:
    process.send_signal(by)
    process.communicate()


def test_nothing_is_counted_before_it_is_opened(tmp_path: Path) -> None:
    metrics.count_accepted(Way.JSON)
    metrics.count_answer(Route.POST, 202, 0.1)

    assert list(tmp_path.iterdir()) == []


def test_processes_are_added_up_and_a_killed_one_is_counted_on(tmp_path: Path) -> None:
    assert metrics.open_metrics(tmp_path)
    metrics.count_accepted(Way.JSON)
    other = count_elsewhere(tmp_path, then="sys.stdin.read(); import time; time.sleep(60)")
    assert counted(tmp_path) == 2
    files = len(list((tmp_path / metrics.DIRECTORY).iterdir()))

    end(other)
    end(count_elsewhere(tmp_path), signal.SIGTERM)

    assert counted(tmp_path) == 3
    assert len(list((tmp_path / metrics.DIRECTORY).iterdir())) == files, "the place was not taken over"


def test_files_are_for_this_user_alone(tmp_path: Path) -> None:
    before = os.umask(0o000)
    metrics.open_metrics(tmp_path)
    os.umask(before)

    directory = tmp_path / metrics.DIRECTORY
    assert {path.stat().st_mode & 0o077 for path in (directory, *directory.iterdir())} == {0}


def test_all_that_will_be_written_has_room_from_the_start(tmp_path: Path) -> None:
    metrics.open_metrics(tmp_path)
    before = {path: path.stat().st_blocks for path in (tmp_path / metrics.DIRECTORY).glob("*.db")}
    assert all(blocks * 512 >= metrics.FILE_BYTES for blocks in before.values()), "else a full disk ends the process"

    for route in Route:
        metrics.count_answer(route, 500, 100.0)
    for limit in Limit:
        metrics.count_limited(limit)

    assert {path: path.stat().st_blocks for path in before} == before


def test_without_room_nothing_is_counted_and_nothing_breaks(tmp_path: Path) -> None:
    (tmp_path / metrics.DIRECTORY).write_text("a file where the directory should be")

    assert not metrics.open_metrics(tmp_path)
    metrics.count_accepted(Way.JSON)


def test_labels_are_closed(tmp_path: Path) -> None:
    metrics.open_metrics(tmp_path)

    metrics.count_answer(Route.READ, 99)
    metrics.count_answer(Route.READ, 700)
    metrics.count_decision(Status.APPROVED, "import")
    metrics.count_decision(Status.PENDING, "reader")
    metrics.count_given_up(Post.WEBHOOK, 4)

    assert counted(tmp_path, "replydesk_letters_given_up_total", {"kind": "webhook"}) == 4
    assert counted(tmp_path, "replydesk_decisions_total", {"status": "approved", "by": "policy"}) == 0
    assert counted(tmp_path, "replydesk_decisions_total", {"status": "approved", "by": "import"}) is None
