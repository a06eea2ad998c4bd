"""Balance: who answers too many lets some connections go, and nobody does so for nothing."""

import contextlib
import http.client
from collections import Counter
from pathlib import Path

import psutil

from ops.balance import FEWEST, GATHER_SECONDS, LONGEST_LOOK_SECONDS, LOOK_SECONDS, Balance, Counts, Place
from tests.servers.replydesk import wait_until
from tests.servers.web import Web, running_web

CONNECTIONS = 16


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


class Two:
    """Two processes with connections, each of which asks as often as the others."""

    def __init__(self, *connections: int) -> None:
        self.clock, counts = Clock(), Counts(2)
        self.balances = [Balance(Place(counts, number), self.clock) for number in range(2)]
        self.connections = list(connections)
        self.closed = 0

    def ask(self, *, times: int = FEWEST, is_taken_by: int | None = 1) -> None:
        """Ask on every connection; who is let go comes back to that process, or to the same one."""
        for _ in range(times):
            for number, balance in enumerate(self.balances):
                for client in range(self.connections[number]):
                    if balance.lets_go(f"203.0.113.7:{number}{client:03}"):
                        self.closed += 1
                        if is_taken_by is not None:
                            self.connections[number] -= 1
                            self.connections[is_taken_by] += 1
        self.clock.seconds += LOOK_SECONDS


def test_who_has_all_lets_half_go() -> None:
    two = Two(16, 0)

    for _ in range(4):
        two.ask()

    assert two.connections == [8, 8]
    assert two.closed == 8


def test_equal_shares_are_left_alone() -> None:
    for shares in ((8, 8), (9, 7), (0, 1), (1, 0)):
        two = Two(*shares)
        for _ in range(10):
            two.ask()
        assert (two.closed, two.connections) == (0, list(shares))


def test_a_few_answers_say_nothing() -> None:
    two = Two(4, 0)

    for _ in range(10):
        two.ask(times=FEWEST // 4 - 1)
        two.clock.seconds += GATHER_SECONDS

    assert two.closed == 0


def test_a_few_answers_are_gathered() -> None:
    two = Two(4, 0)

    for _ in range(20):
        two.ask(times=1)

    assert two.connections == [2, 2]


def test_where_nobody_else_accepts_it_is_tried_less_and_less() -> None:
    two = Two(16, 0)
    looks = round(4 * LONGEST_LOOK_SECONDS / LOOK_SECONDS)

    for _ in range(looks):
        two.ask(times=2, is_taken_by=None)

    assert 0 < two.closed < looks, "half of all connections with every look would be eight times as many"


def test_two_that_write_in_one_place_for_a_moment_do_no_harm() -> None:
    counts, clock = Counts(2), Clock()
    leaving = Balance(Place(counts, 0), clock)
    for _ in range(1000):
        leaving.lets_go("203.0.113.7:1")
    coming = Balance(Place(counts, 0), clock)
    clock.seconds += LOOK_SECONDS

    assert not leaving.lets_go("203.0.113.7:1")
    assert not coming.lets_go("203.0.113.7:2")


def test_connections_that_come_together_are_shared_out(tmp_path: Path) -> None:
    with running_web(tmp_path, web_workers="2") as web, contextlib.ExitStack() as stack:
        # given connections that are opened at once, before anybody has accepted one
        connections = [http.client.HTTPConnection("127.0.0.1", web.port, timeout=10) for _ in range(CONNECTIONS)]
        for connection in connections:
            connection.connect()
            stack.callback(connection.close)

        # when all of them are used all the time
        def ask() -> bool:
            for connection in connections:
                connection.request("GET", "/healthz")  # who was let go connects anew
                connection.getresponse().read()
            return min(served(web).values()) >= CONNECTIONS // 4

        # then neither process has nearly all of them
        wait_until(ask, seconds=20)


def served(web: Web) -> Counter[int]:
    """Return how many connections each process has."""
    found = Counter({child.pid: 0 for child in psutil.Process(web.process.pid).children()})
    for child in psutil.Process(web.process.pid).children():
        found[child.pid] = sum(each.status == psutil.CONN_ESTABLISHED for each in child.net_connections("tcp"))
    return found
