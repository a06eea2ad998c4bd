"""The audit trail as files: CSV for people with a spreadsheet, JSON Lines for programs.

A spreadsheet takes a cell that begins with = + - @ for a formula, and runs it. Such a cell gets an apostrophe before
it, and `restore_cell` takes exactly that away again. No line holds an address of a reader or anything made from one.
"""

import csv
import io
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from comments.masking import mask_addresses

# Tab and carriage return count too: some programs skip them and then see the sign. So do the wide forms.
_FORMULA_SIGNS = frozenset("=+-@\t\r\n＝＋－＠")
_DEFUSED_BY = "'"
# Without it Excel takes UTF-8 for the code page of its user.
_BYTE_ORDER_MARK = "\ufeff"


class Format(StrEnum):
    """The kinds of file."""

    CSV = "csv"
    JSON_LINES = "jsonl"


@dataclass(frozen=True, slots=True)
class TrailLine:
    """One line of the trail: a decision on a comment or an event. `place` and `seal` are None until it is sealed."""

    source: str  # decision or event
    id: int
    made_at: datetime
    site: str
    made_by: str  # reader, policy, moderator, system or import
    moderator: str
    kind: str  # of an event; "decision" otherwise
    comment_id: int | None = None
    revision: int | None = None
    old_status: str = ""
    new_status: str = ""
    reason: str = ""
    note: str = ""
    explanation: tuple[str, ...] = ()
    policy_version: str = ""
    undoes_id: int | None = None
    batch_id: int | None = None
    detail: str = ""  # JSON
    place: int | None = None
    seal: str = ""


COLUMNS = tuple(TrailLine.__dataclass_fields__)


def write(lines: Iterable[TrailLine], form: Format) -> Iterator[str]:
    """Return the file piece by piece, as it is sent; nothing is held back."""
    return _csv(lines) if form is Format.CSV else _json_lines(lines)


def defuse_cell(cell: str) -> str:
    """Return the cell so that no spreadsheet takes it for a formula."""
    return _DEFUSED_BY + cell if _looks_like_formula(cell.lstrip(_DEFUSED_BY)) else cell


def restore_cell(cell: str) -> str:
    """Return what `defuse_cell` was given."""
    is_defused = cell.startswith(_DEFUSED_BY) and _looks_like_formula(cell.lstrip(_DEFUSED_BY))
    return cell.removeprefix(_DEFUSED_BY) if is_defused else cell


def _looks_like_formula(cell: str) -> bool:
    return cell[:1] in _FORMULA_SIGNS


def _csv(lines: Iterable[TrailLine]) -> Iterator[str]:
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    buffer.write(_BYTE_ORDER_MARK)
    writer.writerow(COLUMNS)
    for line in lines:
        writer.writerow([defuse_cell(_cell(value)) for value in _values(line).values()])
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()
    yield buffer.getvalue()


def _json_lines(lines: Iterable[TrailLine]) -> Iterator[str]:
    for line in lines:
        told = {name: value for name, value in _values(line).items() if value not in (None, "", [], {})}
        yield json.dumps(told, ensure_ascii=False) + "\n"


def _values(line: TrailLine) -> dict[str, object]:
    """Return the columns. A moderator may have typed an address into a note, and a check may quote one."""
    values: dict[str, object] = {name: getattr(line, name) for name in COLUMNS}
    return values | {
        "made_at": line.made_at.isoformat(timespec="microseconds"),
        "note": mask_addresses(line.note),
        "explanation": [mask_addresses(sentence) for sentence in line.explanation],
        "detail": masked(json.loads(line.detail)) if line.detail else {},
    }


def masked(value: object) -> object:
    """Return what was read from JSON with every address in its strings taken out."""
    if isinstance(value, str):
        return mask_addresses(value)
    if isinstance(value, list):
        return [masked(each) for each in value]
    return {key: masked(each) for key, each in value.items()} if isinstance(value, dict) else value


def _cell(value: object) -> str:
    if isinstance(value, list):
        return "\n".join(value)
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False) if value else ""
    return "" if value is None else str(value)
