"""What was made lately, so that many readers of one hot thread cost little more than one."""

from collections import OrderedDict
from collections.abc import Hashable
from datetime import datetime
from threading import Lock
from typing import Generic, TypeVar

MAX_KEPT = 256
# A thread can close, and a minute pass, without a new version: nothing is kept for longer.
KEEP_SECONDS = 10

Made = TypeVar("Made")


class Recent(Generic[Made]):
    """Things by what was asked for. The key names the thread's version, so nothing in here is ever outdated."""

    def __init__(self, *, keep_seconds: int = KEEP_SECONDS, most: int = MAX_KEPT) -> None:
        self._keep_seconds = keep_seconds
        self._most = most
        self._made: OrderedDict[Hashable, tuple[float, Made]] = OrderedDict()
        self._lock = Lock()

    def get(self, asked: Hashable, now: datetime) -> Made | None:
        """Return what was made, or None when it has to be made."""
        with self._lock:
            until_at_seconds, made = self._made.get(asked, (0.0, None))
            if made is None or until_at_seconds <= now.timestamp():
                return None
            self._made.move_to_end(asked)
            return made

    def put(self, asked: Hashable, made: Made, now: datetime) -> None:
        """Keep it, and forget what was asked for longest ago when there is too much."""
        with self._lock:
            self._made[asked] = (now.timestamp() + self._keep_seconds, made)
            if len(self._made) > self._most:
                self._made.popitem(last=False)
