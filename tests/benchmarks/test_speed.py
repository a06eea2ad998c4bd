"""The benchmark of speed: its document shows what was recorded, and nothing that was not kept counts."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from benchmarks.peers.seed import COMMENTS, read_words, seed_texts
from benchmarks.speed import bars, rounds
from benchmarks.speed.report import tables, with_tables
from benchmarks.speed.rounds import NotKept, Target, measure, summary
from benchmarks.speed.wrk import Counted, Load, _read

REPOSITORY = Path(__file__).parents[2]
DOCUMENT = REPOSITORY / "docs" / "performance.md"
RECORDED = {"peers": "peers.json", "speed": "speed.json"}
ROUND = Counted(seconds=2.0, answers=100, refused=0, broken=0, bytes=5000, p50_ms=1.0, p99_ms=9.0)


def recorded(marker: str) -> dict[str, Any]:
    path = REPOSITORY / "benchmarks/results" / RECORDED[marker]
    if not path.exists():
        pytest.skip(f"{path.name} has not been recorded yet")
    found: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return found


@pytest.fixture
def results() -> dict[str, Any]:
    """A run that reaches every bar exactly."""
    peers = {bars.ISSO_POST: 100.0, bars.ISSO_THREAD: 10.0, bars.WORDPRESS_POST: 30.0, bars.WORDPRESS_PAGE: 10.0}
    ours = {bars.POST: 500.0, bars.THREAD: 800.0, bars.PAGE: 800.0, bars.AGAIN: 1000.0}
    ours[bars.POST] = max(5 * peers[bars.ISSO_POST], 15 * peers[bars.WORDPRESS_POST])
    figures = {"rounds": [1.0, 2.0], "p50_ms": 1.0, "p99_ms": 2.0, "bytes": 100}
    return {
        "measured_at": "2026-05-04T12:00:00+00:00",
        "machine": {"cores": 2, "processor": "a processor", "python": "3.11"},
        "versions": {"wrk": "4.1.0"},
        "rounds": 5,
        "seconds": 4.0,
        "connections": 32,
        "targets": {name: figures | {"per_second": rate} for name, rate in (ours | peers).items()},
        "verdicts": {"p50_ms": 150.0, "p99_ms": 1000.0},
        "drain": {"per_second": 500.0},
        "web_megabytes": [119.0, 120.0],
    }


@pytest.mark.parametrize("marker", RECORDED)
def test_document_says_what_was_measured(marker: str) -> None:
    document = DOCUMENT.read_text(encoding="utf-8")

    assert with_tables(document, marker, recorded(marker)) == document, "write it with: make bench, make bench-peers"


@pytest.mark.parametrize("marker", RECORDED)
def test_document_has_a_place_for_the_figures(marker: str, results: dict[str, Any]) -> None:
    document = DOCUMENT.read_text(encoding="utf-8")
    results["targets"][bars.POST]["per_second"] = 123_456.0

    changed = with_tables(document, marker, results)

    assert "123,456" in changed
    assert with_tables(changed, marker, results) == changed
    with pytest.raises(KeyError):
        with_tables("nothing here", marker, results)


def test_every_bar_is_told(results: dict[str, Any]) -> None:
    found = bars.bars(results)

    assert [bar.name for bar in found[: len(bars.RATIOS)]] == [f"{ours} / {theirs}" for ours, theirs, _ in bars.RATIOS]
    assert len(found) == len(bars.RATIOS) + 4
    assert all(bar.is_met and bar.name in tables(results) for bar in found)
    assert "missed" not in tables(results)


def test_a_missed_bar_says_so(results: dict[str, Any]) -> None:
    results["targets"][bars.PAGE]["per_second"] = 799.0
    results["web_megabytes"] = [100.0, 120.1]

    assert [bar.name for bar in bars.bars(results) if not bar.is_met] == [
        f"{bars.PAGE} / {bars.WORDPRESS_PAGE}",
        "resident memory of a web process",
    ]
    assert tables(results).count("**missed**") == 2


def test_what_was_not_measured_has_no_bar(results: dict[str, Any]) -> None:
    alone = {name: results[name] for name in ("targets", "drain")}
    alone["targets"] = {name: results["targets"][name] for name in (bars.POST, bars.THREAD)}

    assert [bar.name for bar in bars.bars(alone)] == ["judged by one worker"]


def test_a_bar_is_met_or_missed() -> None:
    assert bars.Bar("a", 5.0, 5, at_least=True, unit=" ×").is_met
    assert not bars.Bar("a", 4.9, 5, at_least=True, unit=" ×").is_met
    assert bars.Bar("a", 150, 150, at_least=False, unit=" ms").is_met
    assert not bars.Bar("a", 151, 150, at_least=False, unit=" ms").is_met


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> Callable[[Counted], None]:
    """Say what wrk is to have counted."""
    return lambda counted: monkeypatch.setattr(rounds, "send", lambda *_, **__: counted)


def test_a_comment_that_is_in_no_database_does_not_count(sent: Callable[[Counted], None]) -> None:
    sent(ROUND)
    kept = iter([0, 100, 100, 199])  # before and after the warm-up, before and after the round

    with pytest.raises(NotKept, match="100 answers, 99 rows"):
        measure([Target("accept", Load("http://x"), lambda: next(kept))], rounds=1, seconds=2)


def test_each_target_has_its_turn_in_each_round(sent: Callable[[Counted], None]) -> None:
    sent(ROUND)
    quiet: list[str] = []
    targets = [Target(name, Load("http://x"), quieten=lambda name=name: quiet.append(name)) for name in "ab"]  # type: ignore[misc]  # bound at once

    found = measure(targets, rounds=2, seconds=2)

    assert "".join(quiet) == "ab" + "ab" * 2
    assert {name: len(each) for name, each in found.items()} == {"a": 2, "b": 2}
    assert summary(found["a"])["per_second"] == 50.0


def test_what_was_refused_is_no_answer() -> None:
    said = 'x\nJSON{"seconds":2.0,"answers":10,"refused":3,"broken":1,"bytes":5,"p50_ms":1.5,"p99_ms":2.5}\n'

    assert _read(said).answers == 7


def test_texts_are_a_hundred_different_ones() -> None:
    assert len(set(seed_texts())) == COMMENTS
    assert len(set(read_words())) == len(read_words())
