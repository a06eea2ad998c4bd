"""Anchors: the end of the audit chain, written outside the database now and then, so that cutting it off is seen.

One JSON object a line. A log of ours holds them too, between other lines, and is read just as well.
"""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from comments.lines_on_disk import append_lines

FILE_NAME = "audit-anchors.jsonl"
# The event under which an anchor stands in the log.
LOGGED_AS = "audit anchor"
_TAIL_BYTES = 4_096  # many times the length of a line


@dataclass(frozen=True, slots=True)
class Anchor:
    """The chain ended here, with this seal; `kid` is the public name of the root key."""

    position: int
    seal: bytes
    kid: str
    at: str  # ISO 8601

    def fields(self) -> dict[str, object]:
        """Return what is written of it."""
        return {"position": self.position, "seal": self.seal.hex(), "kid": self.kid}


def append_anchor(path: Path, anchor: Anchor) -> None:
    """Add an anchor to the file and wait until it is on disk. Raises OSError."""
    append_lines(path, [json.dumps({"at": anchor.at, **anchor.fields()})])


def read_anchors(path: Path) -> tuple[Anchor, ...]:
    """Return the anchors of a file or of a log, in its order; what is no anchor is passed over. Raises OSError."""
    with path.open(encoding="utf-8", errors="replace") as lines:
        return tuple(_anchors(lines))


def last_anchor(path: Path) -> Anchor | None:
    """Return the anchor that was added last, None when there is none. Raises OSError."""
    with path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - _TAIL_BYTES))
        found = tuple(_anchors(iter(file.read().decode(errors="replace").splitlines())))
    return found[-1] if found else None


def anchor_of(position: int, seal: bytes, kid: str, now: datetime) -> Anchor:
    """Return the anchor of a chain's end."""
    return Anchor(position, seal, kid, now.isoformat(timespec="seconds"))


def _anchors(lines: Iterator[str]) -> Iterator[Anchor]:
    for line in lines:
        try:
            read = json.loads(line)
            at = read.get("at") or read["timestamp"]
            yield Anchor(int(read["position"]), bytes.fromhex(read["seal"]), str(read["kid"]), str(at))
        except (ValueError, TypeError, KeyError, AttributeError):
            continue
