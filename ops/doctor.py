"""`replydesk doctor`: look at everything and say how to mend what is wrong."""

from rich.console import Console
from rich.table import Table
from rich.text import Text

from comments.settings import Settings, load_settings
from comments.store import open_store
from ops.examinations import LOOKS, Finding, State
from ops.exposure import EXPOSURE
from ops.left_behind import LEFT_BEHIND
from ops.opened import require_database

_SIGNS = {State.OK: ("✓", "green"), State.NOTE: ("·", "yellow"), State.PROBLEM: ("✗", "bold red")}
FILE_WIDTH_CHARS = 150  # a pipe has no width, and at rich's 80 the table would be all line breaks


def examine() -> bool:
    """Print what was found. Returns False when there is a problem. Raises Problem, BadSettings, BadDatabaseUrl."""
    settings = load_settings()
    require_database(settings)
    findings = look_at_everything(settings)
    console = Console()
    if not console.is_terminal:
        console = Console(width=FILE_WIDTH_CHARS)
    console.print(draw(findings))
    problems = sum(finding.state is State.PROBLEM for finding in findings.values())
    console.print(f"{problems} problem{'' if problems == 1 else 's'}." if problems else "All is well.")
    return not problems


def look_at_everything(settings: Settings) -> dict[str, Finding]:
    """Return a finding for each look."""
    store = open_store(settings.database)
    try:
        return {name: look(settings, store) for name, look in (*LOOKS, *EXPOSURE, *LEFT_BEHIND)}
    finally:
        store.close()


def draw(findings: dict[str, Finding]) -> Table:
    """One row for each look; the sign says what the colour says."""
    table = Table("", "What", "Found", "What to do", box=None, pad_edge=False)
    for name, finding in findings.items():
        sign, style = _SIGNS[finding.state]
        table.add_row(Text(sign, style=style), name, Text(finding.said), Text(finding.remedy))
    return table
