"""The log files of one `up`: the children write to them, here they are opened and cut."""

import os
import shutil
import time
from pathlib import Path
from typing import IO

import structlog

log = structlog.get_logger()

MAX_BYTES = 10 * 1024 * 1024
KEPT = 3
LOOK_SECONDS = 30.0


class LogFiles:
    """A directory of logs, one file for each child."""

    def __init__(self, data_dir: Path) -> None:
        self.directory = data_dir / "log"
        self.directory.mkdir(mode=0o700, exist_ok=True)
        self._look_at = 0.0
        self._has_told = False

    def open(self, name: str) -> IO[bytes]:
        """Return the file for a child, to append to."""
        return (self.directory / f"{name}.log").open("ab", buffering=0)

    def cut(self) -> None:
        """Set aside what has grown too long. Cheap enough to be called all the time.

        Never raises: a log that cannot be kept, on a full disk for one, is no reason to stop what it tells of.
        """
        if time.monotonic() < self._look_at:
            return
        self._look_at = time.monotonic() + LOOK_SECONDS
        for path in self.directory.glob("*.log"):
            try:
                if path.stat().st_size > MAX_BYTES:
                    set_aside(path)
            except OSError as error:
                self._tell_once(path, error)

    def _tell_once(self, path: Path, error: OSError) -> None:
        if not self._has_told:
            log.warning("log not kept", file=path.name, error=error.strerror)
        self._has_told = True


def set_aside(path: Path) -> None:
    """Move the older copies up by one, copy the file and empty it, since its writer goes on writing.

    A line written between the two is lost; the record that counts is in the database. Without room for a copy the file
    is emptied all the same: it would take what room there is. Raises OSError then.
    """
    for number in range(KEPT - 1, 0, -1):
        older = path.with_name(f"{path.name}.{number}")
        if older.exists():
            older.replace(path.with_name(f"{path.name}.{number + 1}"))
    copy = path.with_name(f"{path.name}.1")
    try:
        shutil.copy2(path, copy)
    except OSError:
        copy.unlink(missing_ok=True)  # half a copy would only be in the way
        raise
    finally:
        os.truncate(path, 0)
