"""What `replydesk drill` prints: every table as it was saved and as it came back, for people or for programs."""

import json
from collections.abc import Iterator

from rich.console import Console
from rich.table import Table
from rich.text import Text

from comments.store.tallies import Tally
from ops.drill import Drill

_NOTHING = Tally(0, "")
_CHECKSUM_CHARS = 12


def show(drill: Drill, *, in_json: bool) -> bool:
    """Print what came of a drill. Returns False when anything is not as it must be."""
    if in_json:
        print(json.dumps(as_json(drill), indent=1))
    else:
        console = Console(soft_wrap=True, highlight=False)
        for piece in _drawn(drill):
            console.print(piece)
    return not drill.faults


def as_json(drill: Drill) -> dict[str, object]:
    """Return all that is known of a drill."""
    proof = drill.proof
    return {
        "is_sound": not drill.faults,
        "faults": list(drill.faults),
        "made_at": drill.manifest.made_at,
        "database": drill.manifest.kind,
        "revision": drill.manifest.revision,
        "backup_seconds": round(drill.backup_seconds, 2),
        "restore_seconds": round(drill.restore_seconds, 2),
        "statuses": {name: {"saved": saved, "back": back} for name, saved, back in _statuses(drill)},
        "audit_chain": None if proof is None else {"lines": proof.places, "anchors": proof.anchors},
        "erasures": {
            "in_journal": drill.erasures.in_journal,
            "erased_again": drill.erasures.erased_again,
            "left": drill.erasures.left,
        },
        "tables": {
            name: {"saved": [saved.rows, saved.sha256], "back": [back.rows, back.sha256]}
            for name, saved, back in _tables(drill)
        },
    }


def _drawn(drill: Drill) -> Iterator[Table | Text]:
    yield _drawn_tables(drill)
    yield Text()
    for name, saved, back in _statuses(drill):
        yield _line(saved == back, f"comments {name}: {saved:,} saved, {back:,} back")
    if drill.proof is None:
        yield Text("· no audit chain to prove: the backup has none, or its tables differ")
    else:
        yield _line(drill.proof.is_sound, f"audit chain: {drill.proof.places:,} lines, {drill.proof.anchors} anchors")
    erased = drill.erasures
    said = f"erasures: {erased.in_journal} in the journal, {erased.erased_again} erased again, {erased.left} left"
    yield _line(not erased.left, said)
    for fault in drill.faults:
        yield Text(f"✗ {fault}", style="bold red")
    yield _verdict(drill)


def _drawn_tables(drill: Drill) -> Table:
    table = Table("", "Table", box=None, pad_edge=False)
    for name in ("Rows saved", "Rows back"):
        table.add_column(name, justify="right")
    table.add_column("SHA-256 saved")
    table.add_column("SHA-256 back")
    for name, saved, back in _tables(drill):
        is_same = saved == back
        checksums = (each.sha256[:_CHECKSUM_CHARS] for each in (saved, back))
        table.add_row(_sign(is_same), name, f"{saved.rows:,}", f"{back.rows:,}", *checksums)
    return table


def _verdict(drill: Drill) -> Text:
    rows = sum(saved.rows for saved in drill.manifest.tables.values())
    took = f"backup {drill.backup_seconds:.1f} s, restore {drill.restore_seconds:.1f} s"
    if drill.faults:
        return Text(f"NOT as it was saved at {drill.manifest.made_at} ({took}).", style="bold red")
    many = f"{rows:,} rows of {len(drill.manifest.tables)} tables"
    return Text(f"{many} came back as they were saved at {drill.manifest.made_at} ({took}).", style="bold green")


def _tables(drill: Drill) -> Iterator[tuple[str, Tally, Tally]]:
    saved, found = drill.manifest.tables, drill.found.tables
    for name in sorted(saved.keys() | found.keys()):
        yield name, saved.get(name, _NOTHING), found.get(name, _NOTHING)


def _statuses(drill: Drill) -> Iterator[tuple[str, int, int]]:
    saved, found = drill.manifest.statuses, drill.found.statuses
    for name in sorted(saved.keys() | found.keys()):
        yield name, saved.get(name, 0), found.get(name, 0)


def _line(is_well: bool, said: str) -> Text:
    return _sign(is_well) + Text(f" {said}")


def _sign(is_well: bool) -> Text:
    return Text("✓", style="green") if is_well else Text("✗", style="bold red")
