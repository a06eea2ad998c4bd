"""Logs that grow are set aside while their writer goes on writing."""

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from ops import log_files
from ops.log_files import LogFiles


def test_a_log_that_grew_too_long_is_set_aside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_files, "MAX_BYTES", 10)
    monkeypatch.setattr(log_files, "LOOK_SECONDS", 0.0)
    logs = LogFiles(tmp_path)
    with logs.open("web") as file:
        for number in range(1, 6):
            file.write(f"this is line {number}\n".encode())
            logs.cut()
        file.write(b"short\n")

    kept = {path.name: path.read_text() for path in logs.directory.iterdir()}
    assert kept == {
        "web.log": "short\n",
        "web.log.1": "this is line 5\n",
        "web.log.2": "this is line 4\n",
        "web.log.3": "this is line 3\n",
    }


def test_a_short_log_is_left_alone(tmp_path: Path) -> None:
    logs = LogFiles(tmp_path)
    with logs.open("web") as file:
        file.write(b"short\n")
        logs.cut()

    assert [path.name for path in logs.directory.iterdir()] == ["web.log"]


@contextmanager
def no_room_beyond(most_bytes: int) -> Iterator[None]:
    """No file of this process grows beyond so many bytes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_log_that_there_is_no_room_to_keep_is_emptied_and_told_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given: two logs that grew too long, on a disk without room for a copy
    monkeypatch.setattr(log_files, "MAX_BYTES", 10)
    monkeypatch.setattr(log_files, "LOOK_SECONDS", 0.0)
    logs = LogFiles(tmp_path)
    for name in ("web", "worker"):
        with logs.open(name) as file:
            file.write(b"this is a line of a full disk\n" * 10)

    # when
    with no_room_beyond(20), capture_logs() as told:
        logs.cut()

    # then
    assert {path.name: path.read_bytes() for path in logs.directory.iterdir()} == {"web.log": b"", "worker.log": b""}
    assert [each["event"] for each in told] == ["log not kept"]
    with logs.open("web") as file:
        assert file.write(b"it goes on\n")
