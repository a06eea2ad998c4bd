"""Find every canary in bytes: the needles of `tests.contracts.leaks` in one automaton, and inside what is packed."""

import base64
import binascii
import re
import sqlite3
import tempfile
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from io import BytesIO
from pathlib import Path

from ahocorasick_rs import BytesAhoCorasick

from tests.contracts.leaks import Needles, needles_of_address, needles_of_hashes
from tests.privacy.canaries import Canary

_DEEP = 4
# What one packed piece may become; ours are smaller.
_MAX_UNPACKED = 64 * 1024 * 1024
_LEAST = 16
_ZLIB = re.compile(rb"\x78[\x01\x5e\x9c\xda]")
_GZIP = re.compile(rb"\x1f\x8b\x08")
_BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{24,}={0,2}")
_SQLITE, _ZIP = b"SQLite format 3\x00", b"PK\x03\x04"
_TO_PLAIN = bytes.maketrans(b"-_", b"+/")


class Class(StrEnum):
    """How much of an address was found."""

    SPELLED = "spelled"
    ENCODED = "encoded"
    DIGEST = "digest"
    MASKED = "masked"
    KEYED = "keyed hash"
    NETWORK = "network"
    SECRET = "secret"
    STAFF = "moderator"


@dataclass(frozen=True)
class Hit:
    """One needle in one haystack. `door` is the canary's."""

    door: str
    kind: Class
    needle: str


@dataclass
class Found:
    """What a sink held: how much was looked at, and each hit with its number."""

    scanned: int = 0
    hits: Counter[Hit] = field(default_factory=Counter)

    def __iadd__(self, other: "Found") -> "Found":
        self.scanned += other.scanned
        self.hits += other.hits
        return self


class Detector:
    """Looks for all canaries at once. `plain` are words of other kinds: networks, secrets."""

    def __init__(
        self,
        canaries: Iterable[Canary],
        keyed: Mapping[str, Mapping[str, bytes]] | None = None,
        plain: Mapping[bytes, Hit] | None = None,
    ) -> None:
        exact: dict[bytes, Hit] = {}
        folded: dict[bytes, Hit] = {}
        self._patterns: dict[re.Pattern[bytes], Hit] = {}
        for canary in canaries:
            for address in {canary.address, _as_ascii(canary.address)}:
                needles = needles_of_address(address)
                _add(needles, canary.door, exact, folded)
                self._patterns |= {
                    pattern: Hit("any", Class.MASKED, name)
                    for name, pattern in needles.patterns.items()
                    if pattern not in self._patterns
                }
        for door, hashes in (keyed or {}).items():
            _add(needles_of_hashes(hashes), door, exact, folded, kind=Class.KEYED)
        exact |= plain or {}
        self.needles = len(exact) + len(folded)
        self._exact, self._folded = _Automaton(exact), _Automaton(folded)

    def look(self, data: bytes, *, is_text: bool = False) -> Found:
        """Return what is in there. In text, masked addresses count too: among random bytes some look like one."""
        found = Found()
        for piece in unpacked(data):
            found.scanned += len(piece)
            found.hits.update(self._exact.find(piece))
            found.hits.update(self._folded.find(piece.lower()))
        if is_text:  # what was unpacked may be any bytes
            lower = data.lower()
            found.hits.update(hit for pattern, hit in self._patterns.items() if pattern.search(lower))
        return found


class _Automaton:
    def __init__(self, needles: Mapping[bytes, Hit]) -> None:
        self._hits = list(needles.values())
        self._automaton = BytesAhoCorasick(list(needles)) if needles else None

    def find(self, data: bytes) -> Iterator[Hit]:
        if self._automaton is not None and data:
            for index, _, _ in self._automaton.find_matches_as_indexes(data, overlapping=True):
                yield self._hits[index]


def _add(
    needles: Needles, door: str, exact: dict[bytes, Hit], folded: dict[bytes, Hit], *, kind: Class | None = None
) -> None:
    for into, found in ((exact, needles.exact), (folded, needles.folded)):
        for needle, name in found.items():
            into.setdefault(needle, Hit(door, kind or _class_of(name), name))


def _class_of(name: str) -> Class:
    if not name.startswith(("address", "local part", "domain")):
        return Class.DIGEST
    return Class.SPELLED if name.endswith("as it is") else Class.ENCODED


def _as_ascii(address: str) -> str:
    local, _, domain = address.partition("@")
    return f"{local}@{domain.encode('idna').decode()}" if not domain.isascii() else address


def unpacked(data: bytes, depth: int = _DEEP) -> Iterator[bytes]:
    """Yield the bytes themselves, and what they become when gzip, zlib, zip, base64 and SQLite are opened."""
    yield data
    if depth == 0 or not data:
        return
    for piece in (*_inflated(data), *_unzipped(data), *_decoded(data), *_cells(data)):
        if len(piece) >= _LEAST:
            yield from unpacked(piece, depth - 1)


def _inflated(data: bytes) -> Iterator[bytes]:
    for pattern, bits in ((_GZIP, 31), (_ZLIB, 15)):
        ends_at = 0
        for match in pattern.finditer(data):
            if match.start() < ends_at:  # inside what was unpacked just now
                continue
            unpacker = zlib.decompressobj(bits)
            try:
                piece = unpacker.decompress(memoryview(data)[match.start() :], _MAX_UNPACKED)
            except zlib.error:
                continue
            ends_at = len(data) - len(unpacker.unused_data) - len(unpacker.unconsumed_tail)
            yield piece


def _unzipped(data: bytes) -> Iterator[bytes]:
    if _ZIP not in data:
        return
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            for name in archive.namelist():
                yield name.encode() + b"\n" + archive.read(name)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, zlib.error):
        return


def _decoded(data: bytes) -> Iterator[bytes]:
    """Yield all runs of base64 decoded, one after the other: each may hide another layer."""
    pieces = []
    for match in _BASE64.finditer(data):
        run = match[0].rstrip(b"=").translate(_TO_PLAIN)
        run = run[: len(run) - (len(run) % 4 == 1)]
        try:
            pieces.append(base64.b64decode(run + b"=" * (-len(run) % 4)))
        except binascii.Error:
            continue
    if pieces:
        yield b"\n".join(pieces)


def _cells(data: bytes) -> Iterator[bytes]:
    """Yield what a SQLite file says: a long value lies in pieces on its pages."""
    if not data.startswith(_SQLITE):
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "copy")
        path.write_bytes(data)
        connection = sqlite3.connect(path)
        try:
            names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            for name in names:
                rows = connection.execute(f'SELECT * FROM "{name}"')  # noqa: S608 - the names are the file's own
                yield b"\n".join(_as_bytes(cell) for row in rows for cell in row)
        except sqlite3.Error:
            return
        finally:
            connection.close()


def _as_bytes(cell: object) -> bytes:
    return cell if isinstance(cell, bytes) else str(cell).encode("utf-8", "surrogatepass")
