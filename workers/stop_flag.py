"""A flag that SIGTERM and SIGINT raise."""

import signal
import time
from types import FrameType

_LOOK_SECONDS = 0.1


class StopFlag:
    """Whether this process was asked to stop. Only a flag: a lock taken in a signal handler can wait for itself."""

    def __init__(self) -> None:
        self.is_up = False
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._raise)

    def _raise(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002 - a signal handler's signature
        self.is_up = True

    def wait(self, seconds: float) -> bool:
        """Wait so long, or until asked to stop. Returns whether it was."""
        ends_at = time.monotonic() + seconds
        while not self.is_up and (left := ends_at - time.monotonic()) > 0:
            time.sleep(min(left, _LOOK_SECONDS))
        return self.is_up
