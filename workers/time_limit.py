"""A limit on how long one comment may be looked at."""

import contextlib
import signal
import threading
import time
from collections.abc import Iterator
from types import FrameType

AGAIN_SECONDS = 1.0


class TookTooLong(Exception):  # noqa: N818 - named for what it says, as in STYLE.md
    """Raised inside the block that took too long."""


@contextlib.contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Raise TookTooLong in the block after so long, and every second from then on: a check may catch the first.

    It works through SIGALRM, so only in the main thread, and not while a C extension holds on without looking up: then
    the worker's parent notices the missing heartbeat. RQ's own limit on the job uses the same alarm; it is put back.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    began = time.monotonic()
    handler = signal.signal(signal.SIGALRM, _give_up)
    outer_seconds, _ = signal.setitimer(signal.ITIMER_REAL, seconds, AGAIN_SECONDS)
    try:
        try:
            yield
        finally:  # twice, because the alarm may go off between the block's end and this line
            signal.setitimer(signal.ITIMER_REAL, 0)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, handler)
        if outer_seconds:
            left = outer_seconds - (time.monotonic() - began)
            signal.setitimer(signal.ITIMER_REAL, max(left, 0.001))


def _give_up(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 - a signal handler's signature
    raise TookTooLong
