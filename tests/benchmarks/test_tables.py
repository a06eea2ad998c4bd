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


GROWTH = {"sizes": [10, 1_000_000], "databases": {"postgresql": {"bytes": {"database": {"1000000": 1e9}}}}}


def test_a_thousand_sites_need_a_thousand_times_as_much() -> None:
    lines = [line for line in tables.site_lines(_scale(3.0), GROWTH) if line.startswith("| 1")]
    one, thousand = (
        [float(cell.replace(",", "")) for cell in line.strip("| ").split("|")] for line in (lines[0], lines[-1])
    )

    assert thousand[1] == 1_000 * one[1] == 500_000
    assert thousand[-1] == pytest.approx(500_000 * 365 * 1_000 / 1e9, abs=0.1)
    # 500,000 a day and ten times that at the peak; two web requests of 3 ms and 200 reads of 3 ms; half used.
    assert thousand[4] == pytest.approx(500_000 / 86_400 * 10 * (2 * 3 + 200 * 3) / 1000 / 0.5, rel=0.01)
