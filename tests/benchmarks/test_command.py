"""The command prints one JSON document for a file, and says what it cannot use."""

import json
import subprocess
import sys
from pathlib import Path

from benchmarks.accuracy.peer_scores import within
from benchmarks.accuracy.spam_bars import measure_spam

REPOSITORY = Path(__file__).parents[2]


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "benchmarks.accuracy", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=REPOSITORY)


def test_file_gives_json_on_stdout_alone(tmp_path: Path) -> None:
    path = tmp_path / "any.csv"
    path.write_text("text,label\nyou stupid idiot,1\nfair enough,0\n,\n", encoding="utf-8")

    done = run("--abuse", str(path))

    found = json.loads(done.stdout)
    assert done.returncode == 0
    assert (found["n"], found["auc"], found["skipped"]) == (2, 1.0, 1)
    assert found["at_hold"] == {"precision": 1.0, "recall": 1.0, "fpr": 0.0}


def test_unusable_file_ends_in_one_line(tmp_path: Path) -> None:
    done = run("--spam", str(tmp_path / "none.csv"), "--second-stage", "off")
    assert (done.returncode, done.stdout) == (2, "")
    assert "cannot be read" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_spam_is_not_measured_where_nothing_can_train(tmp_path: Path) -> None:
    figures = measure_spam(tmp_path, str(tmp_path / "no-python"))
    assert [figure.value for figure in figures] == [None, None, None]
    assert all(figure.is_met is None and "training" in figure.note for figure in figures)


def test_slow_filter_is_asked_for_as_long_as_there_is_time() -> None:
    texts = ["text"] * 100
    assert within(lambda batch: [0.5] * len(batch), texts, 60.0)["scores"] == [0.5] * 100
    assert within(lambda batch: [0.5] * len(batch), texts, 0.0)["scores"] == []
