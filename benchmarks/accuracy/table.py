"""Read labelled texts from any CSV file, row by row, and count what cannot be used instead of stopping."""

import codecs
import csv
import gzip
import io
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from comments.submission import MAX_TEXT_CHARS

# A quote that is never closed turns the rest of a file into one cell; beyond this it is no cell but damage.
MAX_CELL_CHARS = 1 << 26
GZIP_START = b"\x1f\x8b"
UTF_16_STARTS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
LABELS = {"0": 0, "1": 1, "0.0": 0, "1.0": 1}


class UnusableTable(Exception):  # noqa: N818 - named for what it says, as in STYLE.md
    """The file is not there, is no CSV with a header, or lacks a column."""


class Table:
    """A CSV file's rows. `skipped` says, once they were read, how many could not be used, and why.

    `cut` counts the texts longer than the service takes: they are judged by their beginning. Undecodable bytes become
    replacement characters.
    """

    def __init__(self, path: Path, *, is_labelled: bool) -> None:
        self._path = path
        self._is_labelled = is_labelled
        self.skipped: Counter[str] = Counter()
        self.cut = 0

    def rows(self) -> Iterator[tuple[str, int]]:
        """Yield (text, label), label 0 where none is needed. Raises UnusableTable."""
        csv.field_size_limit(MAX_CELL_CHARS)
        try:
            with _opened(self._path) as lines:
                yield from self._usable(csv.reader(lines))
        except (OSError, EOFError, zlib.error) as error:
            raise UnusableTable(f"{self._path} cannot be read: {error}") from error

    def _usable(self, lines: Iterator[list[str]]) -> Iterator[tuple[str, int]]:
        header = [name.strip().lower() for name in next(lines, [])]
        wanted = ["text", "label"] if self._is_labelled else ["text"]
        missing = [name for name in wanted if name not in header]
        if missing:
            raise UnusableTable(f"{self._path} has no column {' and no column '.join(missing)} in its first line")
        places = [header.index(name) for name in wanted]
        for cells in self._readable(lines):
            row = self._row([cells[place].strip() if place < len(cells) else "" for place in places])
            if row is not None:
                yield row

    def _readable(self, lines: Iterator[list[str]]) -> Iterator[list[str]]:
        while True:
            try:
                cells = next(lines)
            except StopIteration:
                return
            except csv.Error:
                self.skipped["unreadable line"] += 1
            else:
                yield cells

    def _row(self, cells: list[str]) -> tuple[str, int] | None:
        text, label = cells[0], LABELS.get(cells[1]) if self._is_labelled else 0
        if not text:
            self.skipped["no text"] += 1
        elif label is None:
            self.skipped["label is neither 0 nor 1"] += 1
        else:
            self.cut += len(text) > MAX_TEXT_CHARS
            return text[: MAX_TEXT_CHARS + 1], label
        return None


@contextmanager
def _opened(path: Path) -> Iterator[io.TextIOWrapper]:
    with path.open("rb") as stored:
        is_compressed = stored.peek(2).startswith(GZIP_START)
        content = gzip.GzipFile(fileobj=stored) if is_compressed else stored
        encoding = "utf-16" if content.peek(2)[:2] in UTF_16_STARTS else "utf-8-sig"
        with io.TextIOWrapper(content, encoding=encoding, errors="replace", newline="") as lines:
            yield lines
