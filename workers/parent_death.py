"""Let a process end when its parent does, however that one died."""

import contextlib
import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1


def die_with_parent(parent_pid: int, *, by: signal.Signals = signal.SIGTERM) -> None:
    """Have the kernel send a signal to this process when its parent dies, even by kill -9.

    Only Linux can do that. Elsewhere an orphan lives on until it is stopped by hand; it does no harm: leases keep two
    workers apart, and a second web server cannot take the port.
    """
    if sys.platform != "linux":
        return
    with contextlib.suppress(OSError, AttributeError):  # a C library without prctl
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, by, 0, 0, 0)
    if os.getppid() != parent_pid:  # it died before we asked
        os.kill(os.getpid(), by)
