"""The erasure journal: which comments were erased, written outside the database, so that no backup brings them back.

One JSON object a line: a comment's number and a keyed hash of its receipt's hash, which no other comment has. Nothing
of the author or of the words is in it, and without the root key the hash fits nothing. A worker's log holds the lines
too, between others, and is read just as well: where the data directory ends with its machine, the log is what stays.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from comments.identity import RootKey, load_root_key
from comments.lines_on_disk import append_lines
from comments.settings import Settings

FILE_NAME = "erasures.jsonl"
# The event under which an erased comment stands in the log.
LOGGED_AS = "erased"
_PURPOSE = "erasure-journal"


# {"comment": its number, "mark": hexadecimal, "kid": the root key's public name, "on": a day}
Entry = dict[str, int | str]


@dataclass(frozen=True, slots=True)
class Erased:
    """An erased comment, and the hash of its receipt as it is kept."""

    comment_id: int
    receipt_hash: bytes


class ErasureJournal:
    """The journal of one installation: its own file, and `kept_elsewhere` what is read beside it."""

    def __init__(self, path: Path, key: RootKey, kept_elsewhere: Sequence[Path] = ()) -> None:
        self._path = path
        self._key = key
        self._kept_elsewhere = kept_elsewhere

    def add(self, erased: Iterable[Erased], now: datetime) -> list[Entry]:
        """Write erased comments down and wait until they are on disk. One that is there twice does no harm.

        Returns what was written, for the log. Raises OSError.
        """
        day = f"{now:%Y-%m-%d}"  # the minute is in nobody's interest
        entries: list[Entry] = [
            {"comment": each.comment_id, "mark": self.mark(each), "kid": self._key.kid, "on": day} for each in erased
        ]
        append_lines(self._path, [json.dumps(each) for each in entries])
        return entries

    def marks(self) -> Mapping[int, frozenset[str]]:
        """Return the marks of what was erased by number. Raises OSError, but not when its own file is not there.

        A number can have several: after an older backup was put back, numbers are given again. What is no line of the
        journal, or a torn one, is passed over.
        """
        found: dict[int, frozenset[str]] = {}
        for path in (*((self._path,) if self._path.exists() else ()), *self._kept_elsewhere):
            for number, mark in _read(path):
                found[number] = found.get(number, frozenset()) | {mark}
        return found

    def mark(self, erased: Erased) -> str:
        """Return what names a comment in the journal."""
        return self._key.digest(_PURPOSE, _value(erased)).hex()

    def names(self, erased: Erased, marks: frozenset[str]) -> bool:
        """Say whether one of the marks names this comment, under whichever root key it was made."""
        return any(each.hex() in marks for each in self._key.digests(_PURPOSE, _value(erased)))


def _read(path: Path) -> Iterator[tuple[int, str]]:
    with path.open(encoding="utf-8", errors="replace") as lines:
        for line in lines:
            try:
                read = json.loads(line)
                yield int(read["comment"]), str(read["mark"])
            except (ValueError, TypeError, KeyError):
                continue


def _value(erased: Erased) -> bytes:
    return erased.comment_id.to_bytes(8, "big") + erased.receipt_hash


def load_journal(settings: Settings, kept_elsewhere: Sequence[Path] = ()) -> ErasureJournal:
    """Return the installation's journal, read together with the files that are given. Raises KeyFileProblem."""
    return ErasureJournal(settings.data_dir / FILE_NAME, load_root_key(settings.root_key_path), kept_elsewhere)
