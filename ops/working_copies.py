"""Directories for copies of the database: gone when a command ends, by SIGTERM too, and found when it was killed.

Such a copy is as good as the database to whoever reads it, and nobody looks for it.
"""

import contextlib
import fcntl
import os
import re
import shutil
import signal
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

from ops.clock import utc_now

# As tempfile names them: a directory that somebody else has named is not ours to remove.
_OURS = re.compile(r"\.replydesk-(backup|drill|restore)-[a-z0-9_]{8}")
_LOCK, _UNLOCKED = "in-use", "in-use.new"
# Earlier versions took no lock. No backup takes longer.
_OLD_SECONDS = 86_400.0
_ENDING = (signal.SIGTERM, signal.SIGHUP)


@contextlib.contextmanager
def working_directory(parent: Path, command: str) -> Iterator[Path]:
    """Make a directory for the length of the block, and remove those beside it that killed commands have left.

    SIGTERM and SIGHUP end the block as an error would. Raises OSError.
    """
    remove_left(parent)
    with (
        _tidied_by_signals(),
        tempfile.TemporaryDirectory(dir=parent, prefix=f".replydesk-{command}-") as made,
        _in_use(Path(made)),
    ):
        yield Path(made)


def remove_left(parent: Path) -> None:
    """Remove the copies that killed commands have left in a directory, as far as that can be done."""
    for path in left_copies(parent):
        shutil.rmtree(path, ignore_errors=True)


def left_copies(parent: Path) -> tuple[Path, ...]:
    """Return the directories of ours that no running command uses."""
    with contextlib.suppress(OSError):
        return tuple(each for each in sorted(parent.iterdir()) if _OURS.fullmatch(each.name) and _is_left(each))
    return ()


def _is_left(path: Path) -> bool:
    try:
        if path.lstat().st_uid != os.geteuid():
            return False
        lock = os.open(path / _LOCK, os.O_RDWR)
    except FileNotFoundError:
        return _is_old(path)
    except OSError:
        return False
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    finally:
        os.close(lock)
    return True


def _is_old(path: Path) -> bool:
    try:
        return path.lstat().st_mtime < utc_now().timestamp() - _OLD_SECONDS
    except OSError:  # it has gone meanwhile
        return False


@contextlib.contextmanager
def _in_use(directory: Path) -> Iterator[None]:
    """Hold the lock that goes with this process, however it ends. The file has its name only once it is locked."""
    with (directory / _UNLOCKED).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        (directory / _UNLOCKED).rename(directory / _LOCK)
        yield


@contextlib.contextmanager
def _tidied_by_signals() -> Iterator[None]:
    """Have the block unwound by a signal that would end the process at once; what is handled or ignored stays so."""
    if threading.current_thread() is not threading.main_thread():
        yield  # only the main thread hears of signals
        return
    taken = [number for number in _ENDING if signal.getsignal(number) is signal.SIG_DFL]
    for number in taken:
        signal.signal(number, _end)
    try:
        yield
    finally:
        for number in taken:
            signal.signal(number, signal.SIG_DFL)


@contextlib.contextmanager
def held_back() -> Iterator[None]:
    """Have a signal of those wait for the end of the block: a server goes on with what nobody waits for any more."""
    came: list[int] = []
    taken = [number for number in _ENDING if signal.getsignal(number) is _end]
    for number in taken:
        signal.signal(number, lambda number, _frame: came.append(number))
    try:
        yield
    finally:
        for number in taken:
            signal.signal(number, _end)
        for each in came[:1]:
            signal.raise_signal(each)


def _end(number: int, _frame: FrameType | None) -> None:
    signal.signal(number, signal.SIG_IGN)  # a second one must not cut the tidying off
    raise SystemExit(128 + number)
