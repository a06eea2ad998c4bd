"""Replace the web server's processes one by one without cutting anybody off (SIGHUP, or one that has died).

Granian gives each process on Linux a listening socket of its own, and a process that ends hangs up on every client that
stands in its socket's queue or was not read yet: measured, three requests of 90,000 over sixteen replacements. Here
all share one socket, and who is to leave stops accepting a second before it ends and closes connections as it answers.
"""

import contextlib
import os
import signal
import socket
from pathlib import Path
from typing import Any

from granian.server.mp import MPServer

from ops.balance import Counts, Place

_LEAVE = signal.SIGUSR1
_OPEN_FILES = Path("/proc/self/fd")

# Of this process: the listening socket it was forked with, its place among the others where there are any, and whether
# it has been asked to leave.
_listening: socket.socket | None = None
_place: Place | None = None
_is_leaving = False


class HandoverServer(MPServer):
    """Granian with one listening socket for all its processes, which are told before they are ended."""

    def _init_shared_socket(self) -> None:
        global _listening  # noqa: PLW0603 - what a forked process finds there is its own
        signal.signal(_LEAVE, signal.SIG_IGN)  # for a process that is still starting
        super()._init_shared_socket()  # type: ignore[no-untyped-call]  # granian's
        own: Any = self  # granian declares what it has before it starts
        if own._ssp is not None:
            own._shd, own._ssp = own._ssp.build(), None
            own._sso = socket.socket(fileno=own._shd.get_fd())
            own._sso.set_inheritable(True)
            _listening = own._sso

    def _spawn_worker(self, idx: int, target: Any, callback_loader: Any) -> Any:  # type: ignore[override]  # granian's own
        global _place  # noqa: PLW0603 - as above; it is forked right after this
        if self.workers > 1:
            counts = Counts(self.workers) if _place is None else _place.counts
            _place = Place(counts, idx)
        return super()._spawn_worker(idx, target, callback_loader)

    def _respawn_workers(self, workers: Any, spawn_target: Any, target_loader: Any, delay: float = 0) -> None:
        for index in workers:
            leaving = self.wrks[index]
            if leaving.is_alive():
                os.kill(leaving.inner.pid, _LEAVE)
            super()._respawn_workers([index], spawn_target, target_loader, delay)


def leave_when_told() -> None:
    """Have this process stop accepting connections when its parent says that it is to go."""
    signal.signal(_LEAVE, _leave)


def own_place() -> Place | None:
    """Return this process's place among the others; None where it is alone."""
    return _place


def is_leaving() -> bool:
    """Say whether a connection that is kept alive would not be for long."""
    return _is_leaving


def _leave(*_: object) -> None:
    global _is_leaving  # noqa: PLW0603 - one per process, as above
    _is_leaving = True
    if _listening is None or not _OPEN_FILES.is_dir():
        return
    nobody = _socket_that_nobody_knows()
    for number in _all_of(_listening):
        os.dup2(nobody.fileno(), number)


def _socket_that_nobody_knows() -> socket.socket:
    """Return what can stand where a listening socket stood: asked for a connection, it has none."""
    nobody = socket.socket(socket.AF_UNIX)
    nobody.setblocking(False)
    nobody.bind("")
    nobody.listen()
    return nobody


def _all_of(listening: socket.socket) -> list[int]:
    """Return this process's descriptors of a socket: granian accepts on a copy."""
    wanted = os.fstat(listening.fileno()).st_ino
    found = []
    for entry in _OPEN_FILES.iterdir():
        with contextlib.suppress(OSError):
            if os.stat(int(entry.name)).st_ino == wanted:  # noqa: PTH116 - a descriptor, not a path
                found.append(int(entry.name))
    return found
