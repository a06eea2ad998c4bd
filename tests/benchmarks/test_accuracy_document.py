"""The document's tables are those of the recorded results, and the results hold figures only."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from benchmarks.accuracy.drawing import learning_svg
from benchmarks.accuracy.everything import keep_what_still_holds
from benchmarks.accuracy.measured import Measured
from benchmarks.accuracy.report import tables, tell, with_tables

REPOSITORY = Path(__file__).parents[2]
DOCUMENT = REPOSITORY / "docs" / "accuracy.md"


@pytest.fixture
def results() -> dict[str, Any]:
    content: dict[str, Any] = json.loads((REPOSITORY / "benchmarks/results/accuracy.json").read_text(encoding="utf-8"))
    return content


def test_document_says_what_was_measured(results: dict[str, Any]) -> None:
    document = DOCUMENT.read_text(encoding="utf-8")
    for name in tables(results):
        assert f"<!-- {name} -->" in document
    assert with_tables(document, results) == document, "write it with: make accuracy"


def test_drawing_shows_what_was_measured(results: dict[str, Any]) -> None:
    drawn = (REPOSITORY / "docs/images/learning.svg").read_text(encoding="utf-8")
    assert drawn == learning_svg(results["curves"])


def test_document_changes_with_the_figures(results: dict[str, Any]) -> None:
    document = DOCUMENT.read_text(encoding="utf-8")
    results["figures"]["without the second stage"][0]["value"] = 0.12345
    assert "0.1235" in with_tables(document, results)


def test_every_bar_is_told_as_met_missed_or_not_measured(results: dict[str, Any]) -> None:
    for figure in (figure for group in results["figures"].values() for figure in group):
        told = Measured(**{name: value for name, value in figure.items() if name != "is_met"})
        assert told.is_met is figure["is_met"]


def test_results_hold_no_texts(results: dict[str, Any]) -> None:
    for each in results["slowest_steps"]:
        each.pop("beginning")  # of a text made here
    strings = re.findall(r'"((?:[^"\\]|\\.)*)"', json.dumps(results))
    assert max(map(len, strings)) < 120


def test_missed_bar_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    tell(Measured("metric", 0.9, 10, 0.88, higher_is_better=True))
    tell(Measured("metric", 0.9, 10, 0.05))
    tell(Measured("metric", None, 0, 0.05, note="why"))
    met, missed, unknown = capsys.readouterr().out.splitlines()
    assert met.endswith("≥ 0.88   met")
    assert missed.endswith("≤ 0.05   MISSED")
    assert unknown.endswith("why")


def test_earlier_figures_are_kept_only_for_the_same_weights(results: dict[str, Any]) -> None:
    # given: a run that could not train
    fresh = json.loads(json.dumps(results))
    fresh["figures"]["spam"] = [{**figure, "value": None} for figure in fresh["figures"]["spam"]]
    other = json.loads(json.dumps(fresh))
    other["versions"]["first_stage"] = "another"

    # then
    assert keep_what_still_holds(fresh, results)["figures"]["spam"] == results["figures"]["spam"]
    assert keep_what_still_holds(other, results)["figures"]["spam"] != results["figures"]["spam"]
