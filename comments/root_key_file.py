"""The file of the root key, mode 0600. It is replaced whole or not at all, and by one process at a time.

An installation's first file is 64 hexadecimal digits. After a rotation each key has a line:

    current <64 digits>
    next <64 digits>                           known already, not yet written under
    previous <until> <64 digits>               looked up under; the newest first
    retired <until> <kid> <purpose>=<64 digits> …
"""

import contextlib
import fcntl
import os
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import NamedTemporaryFile, mkstemp

from comments.root_key import ROOT_KEY_BYTES, KeyFileProblem, RetiredKey, RootKey


@dataclass(frozen=True, slots=True)
class KeyRing:
    """What a key file holds. `previous` and `retired` have the newest first."""

    current: RootKey
    coming: RootKey | None = None
    previous: tuple[RootKey, ...] = ()
    retired: tuple[RetiredKey, ...] = ()


def load_root_key(path: Path) -> RootKey:
    """Read the current root key, which knows the others. Raises KeyFileProblem with what to do."""
    ring = load_key_ring(path)
    coming = () if ring.coming is None else (ring.coming,)
    return RootKey(bytes.fromhex(ring.current.as_hex()), others=(*coming, *ring.previous), retired=ring.retired)


def load_key_ring(path: Path) -> KeyRing:
    """Read all that the file holds. Raises KeyFileProblem with what to do."""
    try:
        mode = path.stat().st_mode
        content = path.read_bytes()
    except OSError as error:
        raise KeyFileProblem(
            f"cannot read the root key {path}: {error.strerror}. Create it: replydesk migrate"
        ) from None
    if mode & 0o077:
        raise KeyFileProblem(f"the root key {path} can be read by others; run: chmod 600 {path}")
    try:
        return _ring(content.decode("ascii").strip())
    except (ValueError, LookupError):
        raise KeyFileProblem(
            f"{path} must hold 64 hexadecimal digits, or the lines that replydesk key writes"
        ) from None


def create_root_key(path: Path) -> RootKey:
    """Write a new key, mode 0600, unless the file is there already; then read it.

    The file appears whole or not at all, so two processes that start together agree on one key.
    """
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with NamedTemporaryFile("w", dir=path.parent, prefix=".root-key-") as file:  # made with mode 0600
            file.write(_new_key().as_hex() + "\n")
            file.flush()
            os.fsync(file.fileno())
            with contextlib.suppress(FileExistsError):
                os.link(file.name, path)
    return load_root_key(path)


def prepare_key(path: Path) -> RootKey:
    """Add the key that comes next, unless there is one, and return it. Raises KeyFileProblem."""
    with _changing(path) as real:
        ring = load_key_ring(real)
        coming = ring.coming or _new_key()
        _write(real, KeyRing(ring.current, coming, ring.previous, ring.retired))
    return coming


def rotate_key(path: Path, now: datetime) -> KeyRing:
    """Make the next key the current one, a new one if none was prepared. Raises KeyFileProblem.

    Killed at any moment it has happened or has not. Done twice, there are two previous keys, which does no harm.
    """
    with _changing(path) as real:
        ring = load_key_ring(real)
        previous = _again(ring.current, until=now)
        turned = KeyRing(ring.coming or _new_key(), None, (previous, *ring.previous), ring.retired)
        _write(real, turned)
    return turned


def retire_key(path: Path, kid: str) -> None:
    """Keep of a previous key only what makes no hash of an address. Safe to do twice. Raises KeyFileProblem."""
    with _changing(path) as real:
        ring = load_key_ring(real)
        left = tuple(each.left_behind(each.until) for each in ring.previous if each.kid == kid and each.until)
        previous = tuple(each for each in ring.previous if each.kid != kid)
        _write(real, KeyRing(ring.current, ring.coming, previous, (*left, *ring.retired)))


def _new_key() -> RootKey:
    return RootKey(secrets.token_bytes(ROOT_KEY_BYTES))


def _again(key: RootKey, *, until: datetime | None) -> RootKey:
    return RootKey(bytes.fromhex(key.as_hex()), until=until)


def _ring(content: str) -> KeyRing:
    """Raises ValueError or LookupError for what is none."""
    if len(content.split()) == 1:
        return KeyRing(_key(content))
    found: dict[str, list[list[str]]] = {"current": [], "next": [], "previous": [], "retired": []}
    for line in content.splitlines():
        kind, *rest = line.split()
        found[kind].append(rest)
    [[current]] = found["current"]
    coming = [_key(written) for [written] in found["next"]]
    previous = tuple(_again(_key(written), until=_moment(until)) for until, written in found["previous"])
    ring = KeyRing(_key(current), coming[0] if coming else None, previous, tuple(map(_retired, found["retired"])))
    kids = [each.kid for each in (ring.current, *coming, *previous)] + [each.kid for each in ring.retired]
    if len(coming) > 1 or len(kids) != len(set(kids)):
        raise ValueError("a key stands there twice")
    return ring


def _retired(words: list[str]) -> RetiredKey:
    until, kid, *subkeys = words
    pairs = [each.split("=") for each in subkeys]
    kept = {purpose: bytes.fromhex(written) for purpose, written in pairs}
    if any(len(subkey) != ROOT_KEY_BYTES for subkey in kept.values()):
        raise ValueError("a subkey is too short or too long")
    return RetiredKey(kid, _moment(until), kept)


def _key(written: str) -> RootKey:
    content = bytes.fromhex(written)
    if len(content) != ROOT_KEY_BYTES:
        raise ValueError("the length is wrong")
    return RootKey(content)


def _moment(written: str) -> datetime:
    moment = datetime.fromisoformat(written)
    if moment.tzinfo is None:
        raise ValueError("a moment without a time zone")
    return moment


def _lines(ring: KeyRing) -> Iterator[str]:
    yield f"current {ring.current.as_hex()}"
    if ring.coming is not None:
        yield f"next {ring.coming.as_hex()}"
    for each in ring.previous:
        assert each.until is not None  # noqa: S101 - every previous key was followed by another
        yield f"previous {each.until.isoformat()} {each.as_hex()}"
    for gone in ring.retired:
        subkeys = " ".join(f"{purpose}={subkey.hex()}" for purpose, subkey in gone.subkeys.items())
        yield f"retired {gone.until.isoformat()} {gone.kid} {subkeys}"


@contextlib.contextmanager
def _changing(path: Path) -> Iterator[Path]:
    """Be the only one who changes the file. Gives the file itself, where `path` is a link to it."""
    try:
        real = path.resolve(strict=True)
        directory = os.open(real.parent, os.O_RDONLY)
    except OSError as error:
        raise KeyFileProblem(f"cannot read the root key {path}: {error.strerror}") from None
    try:
        fcntl.flock(directory, fcntl.LOCK_EX)
        yield real
    except OSError as error:
        raise KeyFileProblem(
            f"cannot replace {path}: {error.strerror}. Is it mounted read-only? Then change a copy and put that back"
        ) from None
    finally:
        os.close(directory)


def _write(path: Path, ring: KeyRing) -> None:
    """Replace the file: whole, on disk, for the same owner. Raises OSError."""
    owner = path.stat()
    number, name = mkstemp(dir=path.parent, prefix=".root-key-")  # made with mode 0600
    try:
        with os.fdopen(number, "w") as file:
            file.write("".join(f"{line}\n" for line in _lines(ring)))
            file.flush()
            # Whoever runs the command may be root, and the service is not.
            if (owner.st_uid, owner.st_gid) != (os.geteuid(), os.getegid()):
                os.fchown(number, owner.st_uid, owner.st_gid)
            os.fsync(number)
        Path(name).replace(path)
    finally:
        Path(name).unlink(missing_ok=True)
    directory = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)
