"""Spread connections over the web server's processes: who answers many more requests than the others lets some go.

All processes accept from one socket, and who wakes first takes all that wait there: of sixteen connections that came
together one process got every one (measured), and a core had nothing to do. A connection that is closed with its answer
is opened again by whoever needs it, and the process with less to do is the first to accept it.
"""

import mmap
import struct
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

LOOK_SECONDS = 0.05
# Fewer answers than FEWEST are gathered for so long at most.
GATHER_SECONDS = 1.0
# While letting go does not help, as when there is nobody else to accept, it is tried less and less often.
LONGEST_LOOK_SECONDS = 5.0
# How many times its share a process answers before it lets go, and from how many answers on that says anything.
TOO_MANY = 1.3
FEWEST = 20
_HELPED = 0.9
_COUNT = struct.Struct("=Q")


class Counts:
    """How many requests each process has answered, in memory that they share. Make it before they are forked."""

    def __init__(self, places: int) -> None:
        self.places = places
        self._shared = mmap.mmap(-1, places * _COUNT.size)

    def write(self, place: int, count: int) -> None:
        """Say how many one has answered."""
        _COUNT.pack_into(self._shared, place * _COUNT.size, count)

    def read(self) -> list[int]:
        """Return how many each has answered."""
        return [_COUNT.unpack_from(self._shared, place * _COUNT.size)[0] for place in range(self.places)]


@dataclass(frozen=True, slots=True)
class Place:
    """One process among the others."""

    counts: Counts
    number: int


class Balance:
    """What one process knows of its share. For its event loop alone: nothing here is locked."""

    def __init__(self, place: Place, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._place = place
        self._monotonic = monotonic
        self._before = place.counts.read()
        self._answered = self._before[place.number]
        self._clients: set[str] = set()
        self._to_let_go = 0
        self._share = 0.0
        self._look_seconds = LOOK_SECONDS
        self._looks_at = monotonic() + LOOK_SECONDS

    def lets_go(self, client: str) -> bool:
        """Count an answer to a client's connection ("address:port"), and say whether to close it."""
        self._answered += 1
        self._place.counts.write(self._place.number, self._answered)
        self._clients.add(client)
        now = self._monotonic()
        mine = self._answered - self._before[self._place.number]
        if now >= self._looks_at + (0.0 if mine >= FEWEST else GATHER_SECONDS):
            self._look()
            self._looks_at = now + self._look_seconds
        if self._to_let_go == 0:
            return False
        self._to_let_go -= 1
        return True

    def _look(self) -> None:
        """Compare what each has answered since the last look."""
        counts = self._place.counts.read()
        # One that was replaced begins where the other one was; for a moment two of them write.
        since = [max(0, count - before) for count, before in zip(counts, self._before, strict=True)]
        mine, fair = since[self._place.number], sum(since) / len(since)
        is_too_much = mine >= FEWEST and mine > fair * TOO_MANY
        self._set_pace(since, is_too_much=is_too_much)
        self._to_let_go = int(len(self._clients) * (1 - fair / mine)) if is_too_much else 0
        self._before = counts
        self._clients.clear()

    def _set_pace(self, since: Sequence[int], *, is_too_much: bool) -> None:
        share = since[self._place.number] / max(sum(since), 1)
        has_let_go = self._share > 0
        if is_too_much and has_let_go and share > self._share * _HELPED:
            self._look_seconds = min(self._look_seconds * 2, LONGEST_LOOK_SECONDS)
        else:
            self._look_seconds = LOOK_SECONDS
        self._share = share if is_too_much else 0.0
