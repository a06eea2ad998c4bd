"""Do the same thing for several threads in one go: who comes first does it for all who came meanwhile.

No thread of its own: the caller whose turn it is works for its group, then hands the turn on. So nothing is lost in a
fork, and a caller that is alone waits for nobody. Who may do it has first to get ready (a lock that others hold):
whoever comes until then is still in the group.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import Generic, TypeVar

Wish = TypeVar("Wish")
Made = TypeVar("Made")


def _taken() -> Lock:
    lock = Lock()
    lock.acquire()
    return lock


@dataclass(slots=True, eq=False)
class _Waiting(Generic[Wish, Made]):
    """One caller. `called` is free when its wish is done or it is its turn to work."""

    wish: Wish
    called: Lock = field(default_factory=_taken)
    is_done: bool = False
    outcome: Made | Exception | None = None


Take = Callable[[], Sequence[Wish]]


class Turns(Generic[Wish, Made]):
    """`work` takes the wishes of a group and returns an outcome for each, in order; an exception is raised there.

    It takes them when it is ready to: who comes later is in the next group. Taken again they are the same.
    """

    def __init__(self, work: Callable[[Take[Wish]], Sequence[Made | Exception]], *, most: int) -> None:
        self._work = work
        self._most = most
        self._lock = Lock()
        self._waiting: list[_Waiting[Wish, Made]] = []
        self._is_at_work = False

    def ask(self, wish: Wish) -> Made:
        """Return what became of the wish. Raises what `work` said of it."""
        mine = _Waiting[Wish, Made](wish)
        with self._lock:
            self._waiting.append(mine)
            is_my_turn = not self._is_at_work
            self._is_at_work = True
        if not is_my_turn:
            mine.called.acquire()
        if not mine.is_done:
            self._work_for_all()
        if isinstance(mine.outcome, Exception):
            raise mine.outcome
        assert mine.outcome is not None  # noqa: S101 - for the type checker
        return mine.outcome

    def _work_for_all(self) -> None:
        """Do what the first ones wait for, the caller among them, and call the next one to work."""
        group: list[_Waiting[Wish, Made]] = []

        def take() -> Sequence[Wish]:
            if not group:
                with self._lock:
                    group.extend(self._waiting[: self._most])
                    del self._waiting[: self._most]
            return [each.wish for each in group]

        outcomes: Sequence[Made | Exception] = ()
        try:
            outcomes = self._work(take)
        finally:
            take()
            with self._lock:
                heir = self._waiting[0] if self._waiting else None
                self._is_at_work = heir is not None
            if heir is not None:
                heir.called.release()
            for number, each in enumerate(group):
                # Without an outcome the work itself was broken off, by a signal for instance: nobody waits for ever.
                each.outcome = outcomes[number] if number < len(outcomes) else RuntimeError("broken off")
                each.is_done = True
                each.called.release()
