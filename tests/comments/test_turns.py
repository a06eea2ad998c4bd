"""Turns: what several threads want at the same moment is done in one go, for each exactly once."""

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest

from comments.turns import Take, Turns

MANY = 40


class Worker:
    """Doubles numbers, in groups that it remembers. Its first group waits until so many others have come.

    With `is_ready_late` it takes its wishes only then.
    """

    def __init__(self, first_waits_for: int = 0, most: int = 16, *, is_ready_late: bool = False) -> None:
        self.groups: list[list[int]] = []
        self.first_waits_for = first_waits_for
        self.is_ready_late = is_ready_late
        self.turns = Turns[int, int](self.work, most=most)

    def work(self, take: Take[int]) -> list[int | Exception]:
        if not self.is_ready_late:
            take()
        if not self.groups:
            for _ in range(10_000):
                if len(self.turns._waiting) >= self.first_waits_for:
                    break
                threading.Event().wait(0.001)
        wishes = take()
        self.groups.append(list(wishes))
        return [ValueError(str(wish)) if wish < 0 else wish * 2 for wish in wishes]


def ask_all(worker: Worker, wishes: Sequence[int]) -> list[int | Exception]:
    def ask(wish: int) -> int | Exception:
        try:
            return worker.turns.ask(wish)
        except Exception as error:
            return error

    with ThreadPoolExecutor(len(wishes)) as pool:
        return list(pool.map(ask, wishes))


def test_who_is_alone_waits_for_nobody() -> None:
    worker = Worker()

    assert [worker.turns.ask(1), worker.turns.ask(2)] == [2, 4]
    assert worker.groups == [[1], [2]]


def test_what_comes_while_one_is_at_work_is_done_together() -> None:
    worker = Worker(first_waits_for=5)

    made = ask_all(worker, range(1, 7))

    assert made == [2, 4, 6, 8, 10, 12]
    assert sorted(map(len, worker.groups)) == [1, 5]


def test_what_comes_before_it_is_ready_is_done_together() -> None:
    worker = Worker(first_waits_for=6, is_ready_late=True)

    made = ask_all(worker, range(1, 7))

    assert made == [2, 4, 6, 8, 10, 12]
    assert [sorted(group) for group in worker.groups] == [[1, 2, 3, 4, 5, 6]]


def test_nobody_is_forgotten_and_nothing_is_done_twice() -> None:
    worker = Worker(first_waits_for=20, most=3)

    made = ask_all(worker, range(1, MANY + 1))

    assert made == [2 * wish for wish in range(1, MANY + 1)]
    assert sorted(wish for group in worker.groups for wish in group) == list(range(1, MANY + 1))
    assert max(map(len, worker.groups)) == 3, "else this proves nothing"


def test_an_error_is_for_the_one_who_made_it() -> None:
    worker = Worker(first_waits_for=3)

    first, broken, last, other = ask_all(worker, [1, -5, 3, 4])

    assert (first, last, other) == (2, 6, 8)
    assert isinstance(broken, ValueError)
    assert str(broken) == "-5"


def test_work_that_breaks_off_leaves_nobody_waiting() -> None:
    # given work that the first group ends for everybody in it
    calls: list[int] = []

    def work(take: Take[int]) -> list[int | Exception]:
        calls.append(1)
        if len(calls) == 1:
            raise KeyboardInterrupt  # before it has taken anything
        return [wish * 2 for wish in take()]

    turns = Turns[int, int](work, most=8)

    # when
    with pytest.raises(KeyboardInterrupt):
        turns.ask(1)

    # then the next one is served
    assert turns.ask(2) == 4
