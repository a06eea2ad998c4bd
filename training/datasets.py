"""Read the datasets that the models are trained and judged on. No row of them ever leaves the developer's machine."""

import csv
import gzip
import html
import zlib
from dataclasses import dataclass, field
from pathlib import Path

HELD_OUT_PERCENT = 10
MAX_FIELD_CHARS = 1 << 24


@dataclass(frozen=True, slots=True)
class Row:
    """One labelled text. `extra` holds the dataset's other columns by name."""

    text: str
    label: str
    extra: dict[str, str] = field(default_factory=dict)

    @property
    def is_positive(self) -> bool:
        """Say whether the dataset calls this text what it was collected for."""
        return self.label == "1"

    @property
    def is_held_out(self) -> bool:
        """Say whether this row of a train file is kept for calibration: by its text, so the same in every run."""
        return zlib.crc32(self.text.encode()) % 100 < HELD_OUT_PERCENT


def read(folder: Path, name: str) -> list[Row]:
    """Return the rows of `folder/name.csv.gz` that hold any text. Raises FileNotFoundError when it is not there."""
    csv.field_size_limit(MAX_FIELD_CHARS)
    with gzip.open(folder / f"{name}.csv.gz", "rt", encoding="utf-8", newline="") as lines:
        rows = [_row(columns) for columns in csv.DictReader(lines)]
    return [row for row in rows if row.text]


def _row(columns: dict[str, str]) -> Row:
    extra = {name: value for name, value in columns.items() if name not in {"text", "label"}}
    return Row(html.unescape(columns["text"]).strip(), columns.get("label", ""), extra)
