"""The table of a night: as JSON beside the other results, and between two markers in docs/reliability.md."""

import json
import os
import platform
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.faults.catalogue import FAULTS, Fault
from tests.faults.controls import Caught
from tests.faults.rig import Outcome

_ROOT = Path(__file__).parents[2]
RESULTS = _ROOT / "benchmarks" / "results" / "faults.json"
PAGE = _ROOT / "docs" / "reliability.md"
BEGIN, END = "<!-- faults: begin -->", "<!-- faults: end -->"
NAMES = {"sqlite": "SQLite, one web server and one worker", "postgresql": "PostgreSQL, two web servers and two workers"}
COUNTS = ("cycles", "kills", "accepted", "lost", "duplicated", "early_public", "stuck")
_HEAD = ("Fault", "Cycles", "Kills", "Accepted", "Lost", "Duplicated", "Early public", "Stuck")


@dataclass
class Report:
    """What a night has found so far."""

    seed: int
    began_at: str = field(default_factory=lambda: datetime.now(UTC).isoformat(timespec="seconds"))
    runs: list[dict[str, Any]] = field(default_factory=list)
    controls: list[dict[str, Any]] = field(default_factory=list)
    skips: list[dict[str, str]] = field(default_factory=list)


def note_run(report: Report, outcome: Outcome) -> None:
    """Add one run of the sound build."""
    found = outcome.findings
    report.runs.append(
        {
            "fault": outcome.plan.fault,
            "what": FAULTS[outcome.plan.fault].what,
            "database": outcome.plan.database,
            "replicas": outcome.plan.replicas,
            "seed": outcome.plan.seed,
            "cycles": outcome.cycles,
            "kills": outcome.kills,
            "accepted": found.accepted,
            "seen_public": outcome.seen_public,
            "lost": found.lost,
            "duplicated": found.duplicated,
            "early_public": found.early_public,
            "stuck": found.stuck,
            "problems": found.problems[:20],
            "answer_p99_milliseconds": outcome.answer_p99_milliseconds,
            "recovery_seconds": round(outcome.recovery_seconds, 1),
            "settled_seconds": round(outcome.settled_seconds, 1),
            "seconds": round(outcome.seconds),
        }
    )


def note_control(report: Report, caught: Caught) -> None:
    """Add one broken build."""
    findings = caught.outcome.findings
    report.controls.append(
        {
            "broken": caught.control.name,
            "what": caught.control.what,
            "fault": caught.control.fault,
            "caught": caught.is_caught,
            "sound_when_nothing_breaks": caught.is_sound_in_peace,
            "accepted_when_nothing_breaks": caught.quiet.findings.accepted,
            "cycles": caught.outcome.cycles,
            "lost": findings.lost,
            "duplicated": findings.duplicated,
            "early_public": findings.early_public,
        }
    )


def note_skip(report: Report, fault: Fault, why: str) -> None:
    """Add a fault that this machine cannot try."""
    report.skips.append({"fault": fault.number, "what": fault.what, "why": why})


def write(report: Report) -> None:
    """Write both files."""
    runs = sorted(report.runs, key=lambda row: (row["fault"], row["database"]))
    totals = {name: sum(row[name] for row in runs) for name in COUNTS}
    machine = f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}, Python {platform.python_version()}"
    made = {
        "seed": report.seed,
        "began_at": report.began_at,
        "machine": machine,
        "totals": totals,
        "runs": runs,
        "controls": report.controls,
        "skips": report.skips,
    }
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    RESULTS.write_text(json.dumps(made, indent=1, ensure_ascii=False) + "\n")
    before, _, rest = PAGE.read_text().partition(BEGIN)
    after = rest.partition(END)[2]
    PAGE.write_text(f"{before}{BEGIN}\n{table(made)}{END}{after}")


def table(made: dict[str, Any]) -> str:
    """Return the results as Markdown: one table for each database, one for the broken builds, and what was skipped."""
    totals = made["totals"]
    summary = (
        f"Seed {made['seed']}, begun {made['began_at']}, on {made['machine']}: {totals['kills']:,} kills,"
        f" {totals['accepted']:,} accepted, {totals['lost']} lost, {totals['duplicated']} duplicated,"
        f" {totals['early_public']} early public, {totals['stuck']} stuck.\n"
    )
    parts = [
        summary,
        *(_database_table(made["runs"], database) for database in NAMES),
        _controls_table(made["controls"]),
        *(f"{row['fault']} {row['what']}: skipped, {row['why']}.\n" for row in made["skips"]),
    ]
    return "\n".join(parts)


def _database_table(runs: list[dict[str, Any]], database: str) -> str:
    mine = [row for row in runs if row["database"] == database]
    rows: list[tuple[Any, ...]] = [(f"{row['fault']} {row['what']}", *(row[name] for name in COUNTS)) for row in mine]
    rows.append(("**All**", *(f"**{sum(row[name] for row in mine):,}**" for name in COUNTS)))
    return f"{NAMES[database]}:\n\n{_markdown(_HEAD, rows)}"


def _controls_table(controls: list[dict[str, Any]]) -> str:
    head = ("Broken build", "When nothing breaks", "Fault", "Caught after cycles", "Lost", "Early public")
    rows = [
        (
            row["what"],
            "sound" if row["sound_when_nothing_breaks"] else "**not sound**",
            row["fault"],
            row["cycles"] if row["caught"] else "**not caught**",
            row["lost"],
            row["early_public"],
        )
        for row in controls
    ]
    return _markdown(head, rows)


def _markdown(head: tuple[str, ...], rows: list[tuple[Any, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "".join(f"| {' | '.join(str(cell) for cell in line)} |\n" for line in lines)
