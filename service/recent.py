"""What was made lately, so that many readers of one hot thread cost little more than one."""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from datetime import datetime
from threading import Lock, RLock
from typing import Generic, TypeVar

MAX_KEPT = 256
# A thread can close, and a minute pass, without a new version: nothing is kept for longer.
KEEP_SECONDS = 10
# So many different things are made at a time, and so long is waited for whoever makes the same: then a slow database
# is asked by everybody for themselves again.
TURNS = 16
WAIT_SECONDS = 1.0

Made = TypeVar("Made")


class Recent(Generic[Made]):
    """Things by what was asked for. The key names the thread's version, so nothing in here is ever outdated."""

    def __init__(self, *, keep_seconds: int = KEEP_SECONDS, most: int = MAX_KEPT) -> None:
        self._keep_seconds = keep_seconds
        self._most = most
        self._made: OrderedDict[Hashable, tuple[float, Made]] = OrderedDict()
        self._lock = Lock()
        self._turns = tuple(RLock() for _ in range(TURNS))

    def find_or_make(self, asked: Hashable, now: datetime, make: Callable[[], tuple[Made, bool]]) -> Made:
        """Return what was made, or make it. Whoever asks for the same meanwhile waits for it.

        `make` returns it, and whether it is what was asked for, so that it may be kept. Raises what `make` raises.
        """
        made = self.get(asked, now)
        if made is not None:
            return made
        with self._turn(asked):
            made = self.get(asked, now)
            if made is None:
                made, is_kept = make()
                if is_kept:
                    self.put(asked, made, now)
        return made

    @contextmanager
    def _turn(self, asked: Hashable) -> Iterator[None]:
        turn = self._turns[hash(asked) % TURNS]
        is_mine = turn.acquire(timeout=WAIT_SECONDS)
        try:
            yield
        finally:
            if is_mine:
                turn.release()

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
