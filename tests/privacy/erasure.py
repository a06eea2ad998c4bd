"""Erased means gone: not a byte of the text, the name and the hashes is left in the database's files, in its log of
changes, or in the database that a backup from before was put back into.
"""

import contextlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Select, select

from comments import schema
from comments.status import Status
from tests.privacy.canaries import Aviary
from tests.privacy.databases import forget_old_log, log_files, put_back, table_files
from tests.privacy.doors import body, posted
from tests.privacy.world import World
from tests.servers.replydesk import wait_until

NAME = "Zanzibar Pelican-Ostrich"
TEXT = "An unforgettable sentence about pelicans, to be erased"
# A word of the text as search keeps it.
_WORDS = (b"unforgettable", b"pelicans")
_SETTLE_SECONDS = 60


class NotErased(AssertionError):  # noqa: N818 - named for what it says, as in STYLE.md
    """Raised when erasing did not happen at all: then an empty file would prove nothing."""


@dataclass(frozen=True)
class Written:
    """What somebody wrote, and everything that must be found nowhere any more."""

    numbers: tuple[int, ...]
    traces: Mapping[str, tuple[bytes, ...]]


@dataclass(frozen=True)
class Left:
    """What is left somewhere: the bytes looked at, and how often each kind of trace was in them."""

    scanned: int
    found: Mapping[str, int]

    @property
    def is_any(self) -> bool:
        """Whether a trace was found."""
        return any(self.found.values())


def erase(world: World, aviary: Aviary) -> dict[str, Left]:
    """Write as somebody, save a backup, erase all of theirs, put the backup back, and return what is left where."""
    address = aviary.hatch("to be erased")
    written = _write(world, address)
    before = _count(written, [*table_files(world, world.database_url), *log_files(world, world.database_url)])
    if not all(before.found.values()):
        raise NotErased(f"it was not there before: {before.found}")
    backup = world.directory / "made" / "before.replydesk"
    _run(world, "backup", str(backup))
    told = _run(world, "privacy", "erase", "--compact", given=f"{address}\n".encode())
    if f"Erased {len(written.numbers)} comments".encode() not in told:
        raise NotErased(f"the command said {told!r}")
    forget_old_log(world)
    left = {
        "its tables": _count(written, table_files(world, world.database_url)),
        "its log of changes": _count(written, log_files(world, world.database_url)),
    }
    restored = put_back(world, backup, "restored_after_erasing")
    forget_old_log(world)
    again = [*table_files(world, restored), *log_files(world, restored)]
    return left | {"a restored backup": _count(written, again)}


def _write(world: World, address: str) -> Written:
    """Post two comments and return what is kept of them."""
    statuses = [
        world.ask("to be erased", posted(body(address, name=NAME, text=f"{TEXT} {number}.")))[0] for number in "12"
    ]
    if statuses != [202, 202]:
        raise NotErased(f"what was to be erased was answered {statuses}")
    comments = schema.comments.c
    mine = select(comments.id).where(comments.name == NAME).order_by(comments.id)
    wait_until(lambda: not _rows(world, mine.where(comments.status == Status.PENDING.value)), seconds=_SETTLE_SECONDS)
    found = _rows(world, mine)
    numbers = tuple(int(row[0]) for row in found)
    kept = _rows(world, select(schema.identities).where(schema.identities.c.comment_id.in_(numbers)))
    # Not that of the receipt's token: by it the private link goes on to say what became of the comment.
    hashes = {bytes(cell) for row in kept for cell in row if isinstance(cell, bytes | memoryview)}
    return Written(numbers, {"text": (TEXT.encode(), *_WORDS), "name": (NAME.encode(),), "hashes": tuple(hashes)})


def _rows(world: World, statement: Select[Any]) -> list[tuple[Any, ...]]:
    with world.store.database.read() as connection:
        return [tuple(row) for row in connection.execute(statement)]


def _run(world: World, *words: str, given: bytes = b"") -> bytes:
    done = world.command(*words, given=given)
    if done.returncode:
        raise NotErased(f"{words[0]} ended with {done.returncode}: {done.stderr[-300:]!r}")
    return done.stdout


def _count(written: Written, files: Iterable[Path]) -> Left:
    """Count every trace in the files."""
    content = [_content(path) for path in files]
    return Left(
        sum(map(len, content)),
        {
            kind: sum(piece.count(value) for piece in content for value in values)
            for kind, values in written.traces.items()
        },
    )


def _content(path: Path) -> bytes:
    with contextlib.suppress(FileNotFoundError):  # PostgreSQL removes files of its own accord
        return path.read_bytes()
    return b""
