"""Files that only grow, line by line, and whose lines are on disk when the call returns."""

import os
from collections.abc import Sequence
from pathlib import Path


def append_lines(path: Path, lines: Sequence[str]) -> None:
    """Add lines to a file that only its owner can read, and wait until they are on disk. Raises OSError."""
    if not lines:
        return
    added = "".join(f"{line}\n" for line in lines)
    fd = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        # A write that was cut short by a full disk or a crash must not swallow these lines too.
        size = os.fstat(fd).st_size
        is_torn = size > 0 and os.pread(fd, 1, size - 1) != b"\n"
        remaining = (f"\n{added}" if is_torn else added).encode()
        while remaining:
            remaining = remaining[os.write(fd, remaining) :]
        os.fsync(fd)
    finally:
        os.close(fd)
