"""What the real ones gave out was imported completely; `python -m tests.ops.imports` does it anew."""

import json
from pathlib import Path

import pytest

RECORDED = Path(__file__).parent / "recorded"


@pytest.mark.parametrize(("name", "at_least"), [("wordpress", 1_000), ("isso", 300)])
def test_everything_was_taken_over_and_twice_was_once(name: str, at_least: int) -> None:
    told = json.loads((RECORDED / f"{name}.json").read_text())
    reports = told["reports"]

    assert told[f"comments_in_{name}"] >= at_least
    assert (told["not_as_they_were"], told["faults"]) == ([], [])
    for report in reports.values():
        assert report["read"] == report["stored"] + report["already_there"] + sum(report["skipped"].values())
    assert reports["again"]["stored"] == 0
    assert reports["again"]["read"] == told[f"comments_in_{name}"]
