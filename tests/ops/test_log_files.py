"""Logs that grow are set aside while their writer goes on writing."""

from pathlib import Path

import pytest

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
