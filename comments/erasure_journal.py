"""The erasure journal: which comments were erased, written outside the database, so that no backup brings them back.

One JSON object a line: a comment's number and a keyed hash of its receipt's hash, which no other comment has. Nothing
of the author or of the words is in it, and without the root key the hash fits nothing.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from comments.identity import RootKey, load_root_key
from comments.lines_on_disk import append_lines
from comments.settings import Settings

FILE_NAME = "erasures.jsonl"
_PURPOSE = "erasure-journal"


@dataclass(frozen=True, slots=True)
class Erased:
    """An erased comment, and the hash of its receipt as it is kept."""

    comment_id: int
    receipt_hash: bytes


class ErasureJournal:
    """The journal of one installation."""

    def __init__(self, path: Path, key: RootKey) -> None:
        self._path = path
        self._key = key

    def add(self, erased: Iterable[Erased], now: datetime) -> None:
        """Write erased comments down and wait until they are on disk. One that is there twice does no harm."""
        day = f"{now:%Y-%m-%d}"  # the minute is in nobody's interest
        append_lines(
            self._path,
            [
                json.dumps({"comment": each.comment_id, "mark": self.mark(each), "kid": self._key.kid, "on": day})
                for each in erased
            ],
        )

    def marks(self) -> Mapping[int, frozenset[str]]:
        """Return the marks of what was erased by number; a torn line is passed over. Raises OSError, but for no file.

        A number can have several: after an older backup was put back, numbers are given again.
        """
        found: dict[int, frozenset[str]] = {}
        if not self._path.exists():
            return found
        with self._path.open(encoding="utf-8", errors="replace") as lines:
            for line in lines:
                try:
                    read = json.loads(line)
                    number, mark = int(read["comment"]), str(read["mark"])
                except (ValueError, TypeError, KeyError):
                    continue
                found[number] = found.get(number, frozenset()) | {mark}
        return found

    def mark(self, erased: Erased) -> str:
        """Return what names a comment in the journal."""
        return self._key.digest(_PURPOSE, _value(erased)).hex()

    def names(self, erased: Erased, marks: frozenset[str]) -> bool:
        """Say whether one of the marks names this comment, under whichever root key it was made."""
        return any(each.hex() in marks for each in self._key.digests(_PURPOSE, _value(erased)))


def _value(erased: Erased) -> bytes:
    return erased.comment_id.to_bytes(8, "big") + erased.receipt_hash


def load_journal(settings: Settings) -> ErasureJournal:
    """Return the installation's journal. Raises KeyFileProblem."""
    return ErasureJournal(settings.data_dir / FILE_NAME, load_root_key(settings.root_key_path))
