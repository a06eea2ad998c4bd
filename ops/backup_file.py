"""The file of a backup: a ZIP with a manifest and one copy of the database. Never the root key, never Redis."""

import errno
import hashlib
import json
import lzma
import os
import struct
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from comments.store.tallies import Tally
from ops.problems import Problem

FORMAT = 1
MANIFEST, COPY = "manifest.json", "database"
_PIECE_BYTES = 1 << 20
_OWNER_ONLY = 0o600
# What zipfile and its decompressors raise for bytes that are not those of the file. A flipped bit may also say that
# they are encrypted, of a newer version of ZIP, or compressed in another way.
_DAMAGED = (
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error),
    *(RuntimeError, LookupError, TypeError, ValueError, AttributeError, EOFError),
)
# A place that is not in the file; bz2 says no number at all. Any other is the disk's.
_DAMAGED_NUMBERS = (errno.EINVAL, None)


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup says of itself. `kid` names the root key that its hashes were made with; it is not the key.

    `tables` and `statuses` were counted in the database itself, at the moment of the copy.
    """

    made_at: str  # when it was begun
    kind: str
    revision: str
    kid: str
    sha256: str
    tables: dict[str, Tally]
    statuses: Mapping[str, int] = field(default_factory=dict)  # of comments; backups made before 1.0 say nothing


def write_file(file: Path, manifest: Manifest, copy: Path) -> None:
    """Write a backup, whole or not at all, readable by its owner alone. Raises Problem when the file is there."""
    new = copy.with_name("new.zip")
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWNER_ONLY), "wb") as target:
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(MANIFEST, json.dumps({"format": FORMAT, **asdict(manifest)}, indent=1))
            archive.write(copy, COPY)
        target.flush()
        os.fsync(target.fileno())
    try:
        os.link(new, file)
    except FileExistsError:
        raise Problem(f"{file} is there already; name another file") from None
    _sync(file.parent)


def read_file(file: Path, copy: Path) -> Manifest:
    """Take the copy of the database out of a backup and return what the backup says. Raises Problem."""
    try:
        with zipfile.ZipFile(file) as archive:
            manifest = _manifest(json.loads(archive.read(MANIFEST)))
            with archive.open(COPY) as source, copy.open("wb") as target:
                while piece := source.read(_PIECE_BYTES):
                    target.write(piece)
    except _DAMAGED:
        raise _damaged(file) from None
    except OSError as error:
        if error.errno not in _DAMAGED_NUMBERS:
            raise
        raise _damaged(file) from None
    if checksum(copy) != manifest.sha256:
        raise Problem(f"{file} is damaged: its database is not the one that was saved")
    return manifest


def _damaged(file: Path) -> Problem:
    return Problem(f"{file} is no backup of Replydesk, or it is damaged")


def _manifest(read: dict[str, object]) -> Manifest:
    if read.pop("format") != FORMAT:
        raise Problem("this backup was made by a newer Replydesk; install that version or a later one")
    tables = read.pop("tables")
    assert isinstance(tables, dict)  # noqa: S101 - anything else is a TypeError below
    return Manifest(**read, tables={name: Tally(**each) for name, each in tables.items()})  # type: ignore[arg-type]


def checksum(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _sync(directory: Path) -> None:
    number = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
