"""The tables of the documentation are those of the recorded results, and the capacity model is what it says."""

from pathlib import Path
from typing import Any

import pytest

from benchmarks import tables


@pytest.mark.parametrize("path", tables.pages(), ids=lambda path: path.name)
def test_a_page_holds_what_was_recorded(path: Path) -> None:
    assert path.read_text(encoding="utf-8") == tables.pages()[path], "run: python -m benchmarks.tables"


def _scale(web_ms: float) -> dict[str, Any]:
    costs = {"cpu_ms_each": {"web": web_ms, "worker": 2.0, "postgresql": 1.0, "valkey": 0.0}}
    reads = {"a thread of 100": costs, "unchanged (304)": costs, "its count": costs}
    return {"accept": {"1": costs}, "drain": {"1": costs}, "read": reads}


GROWTH = {"databases": {"postgresql": {"sizes": [10, 1_000_000], "bytes": {"database": {"1000000": 1e9}}}}}


def test_a_thousand_sites_need_a_thousand_times_as_much() -> None:
    lines = [line for line in tables.site_lines(_scale(3.0), GROWTH) if line.startswith("| 1")]
    one, thousand = (
        [float(cell.replace(",", "")) for cell in line.strip("| ").split("|")] for line in (lines[0], lines[-1])
    )

    assert thousand[1] == 1_000 * one[1] == 500_000
    assert thousand[-1] == pytest.approx(500_000 * 365 * 1_000 / 1e9, abs=0.1)
    # 500,000 a day and ten times that at the peak; two web requests of 3 ms and 200 reads of 3 ms; half used.
    assert thousand[4] == pytest.approx(500_000 / 86_400 * 10 * (2 * 3 + 200 * 3) / 1000 / 0.5, rel=0.01)


def test_growth_beyond_the_bar_has_a_column_of_its_own() -> None:
    figures = {"p50_ms_10": 2.0, "p50_ms_1000000": 2.5, "p50_ms_10000000": 5.0, "ratio": 1.25, "ratio_of_all": 2.5}
    large = {"sizes": [10, 1_000_000, 10_000_000], "operations": {"accept a comment": figures}}
    small = {"sizes": [10, 1_000_000], "operations": {"accept a comment": figures}}
    rest = {"commit": "0", "rounds": 40, "bytes": {"database": {"1000000": 1e9, "10000000": 1e10}}}
    told = {"machine": "2 cores", "databases": {"sqlite": large | rest, "postgresql": small | rest}}

    head, rule, row, *_ = tables.growth_lines(told)

    assert head.count("|") == rule.count("|") == row.count("|")
    assert row == "| accept a comment | 2.0 → 2.5 → 5.0 | 1.25 | 2.50 | 2.0 → 2.5 | 1.25 |"
    assert "× to 10,000,000" in head.split("PostgreSQL")[0]
    assert "10,000,000" not in head.split("PostgreSQL")[1]
