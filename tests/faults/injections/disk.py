"""R-06: no room: for the database, for Valkey's file, for the logs; on a small disk of its own where root allows."""

import contextlib
import resource
import time
from collections.abc import Iterator
from pathlib import Path

import psutil

from tests.faults.stage import Stage

SMALL_FILE_BYTES = 32 * 1024


def fill_disk(stage: Stage) -> None:
    """R-06: for one to three seconds no process of one kind may write past the beginning of a file."""
    stage.pause(0.5)
    running = stage.installation
    kinds = [running.webs, running.workers, [running.valkey]]
    services = kinds[stage.cycle % len(kinds)]
    with no_room_for([process for service in services for process in service.family()]):
        stage.pause(2.0)
        time.sleep(1.0)


@contextlib.contextmanager
def no_room_for(processes: list[psutil.Process]) -> Iterator[None]:
    """Limit the size of what these processes may write; the hard limit stays, so that it can be taken back."""
    for process in processes:
        _limit(process.pid, SMALL_FILE_BYTES)
    try:
        yield
    finally:
        for process in processes:
            _limit(process.pid, resource.RLIM_INFINITY)


def _limit(pid: int, size: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        _, hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (size, hard))


def fill_small_disk(stage: Stage) -> None:
    """R-06b: the disk that database, Valkey's file and key share is full to the last byte."""
    stage.pause(1.0)
    ballast = stage.installation.data / "ballast"
    try:
        _fill(ballast)
        stage.pause(2.0)
        time.sleep(1.0)
    finally:
        ballast.unlink()


def keep_going(stage: Stage) -> None:
    """R-06c: the installation's logs go to a disk that is full from the start; all else goes on."""
    stage.pause(2.0)


def _fill(ballast: Path) -> None:
    with contextlib.suppress(OSError), ballast.open("wb", buffering=0) as file:
        while True:
            file.write(bytes(64 * 1024))
    with contextlib.suppress(OSError), ballast.open("ab", buffering=0) as file:
        while True:
            file.write(bytes(512))
