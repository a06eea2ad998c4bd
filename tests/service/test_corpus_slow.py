"""A thousand clients that send slowly or nothing against the bundled server alone: honest readers notice nothing."""

import contextlib
import resource
import socket
import statistics
import time
from collections.abc import Callable, Iterator, Sequence

import psutil
import pytest

from comments.store import open_store
from tests import factories
from tests.servers.web import Web, running_web

CLIENTS = 1_000
HONEST_READS = 100
READ = "/api/v1/comments?site=demo&thread=border-strikes"
# Below this nobody could tell, and a busy machine's noise would be measured.
UNNOTICED_SECONDS = 0.1
CUT_OFF_SECONDS = 30.0
QUIET_FILES = 200
POST_HEAD = b"POST /api/v1/comments HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
# What each sends at once, and what it sends one byte of whenever it has its turn.
ATTACKS = {
    "slow heads": (b"GET / HTTP/1.1\r\nHost: localhost\r\n", b"X"),
    "slow bodies": (POST_HEAD + b'Content-Length: 60000\r\n\r\n{"text":"', b"a"),
    "slow chunks": (POST_HEAD + b"Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n", b"0"),
    "idle connections": (b"", b""),
    "deaf to the answer": (b"GET /docs HTTP/1.1\r\nHost: localhost\r\n\r\n", b""),
}


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    """A server as it is configured without any setting, with something to read."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < CLIENTS + 200:
        pytest.skip(f"this process may open {hard} files only")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, CLIENTS + 200), hard))
    with running_web(tmp_path_factory.mktemp("slow")) as running:
        store = open_store(f"sqlite:///{running.log.parent / 'data' / 'replydesk.sqlite3'}")
        factories.an_approved_comment(store)
        store.close()
        yield running
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_thousand_slow_clients_slow_nobody_down(web: Web, attack: str) -> None:
    at_once, later = ATTACKS[attack]
    wait_until_quiet(web)
    quiet_seconds = p95(web, lambda: None)

    with slow_clients(web, at_once) as clients:
        trickle = trickling(clients, later)
        busy_seconds = p95(web, lambda: next(trickle))

    assert busy_seconds <= max(3 * quiet_seconds, UNNOTICED_SECONDS), f"{busy_seconds:.4f} s, {quiet_seconds:.4f} s"
    assert web.process.poll() is None


def wait_until_quiet(web: Web) -> None:
    """Wait until what others broke off when they hung up is dealt with, and their connections are given back."""
    until = time.monotonic() + CUT_OFF_SECONDS
    while not web.get(READ).startswith(b"HTTP/1.1 200 ") or most_files(web) > QUIET_FILES:
        assert time.monotonic() < until, "it never becomes quiet"


def most_files(web: Web) -> int:
    """Return how many files and connections the fullest of the server's processes holds."""
    family = [psutil.Process(web.process.pid), *psutil.Process(web.process.pid).children(recursive=True)]
    return max(process.num_fds() for process in family)


def p95(web: Web, between: Callable[[], None]) -> float:
    """Return how long 95 of 100 honest reads take at most, in seconds."""
    took_seconds = []
    for _ in range(HONEST_READS):
        between()
        began_at_seconds = time.perf_counter()
        answer = web.get(READ)
        took_seconds.append(time.perf_counter() - began_at_seconds)
        assert answer.startswith(b"HTTP/1.1 200 "), answer[:200]
    return statistics.quantiles(took_seconds, n=20)[-1]


@contextlib.contextmanager
def slow_clients(web: Web, at_once: bytes) -> Iterator[Sequence[socket.socket]]:
    """Open all connections, send what each sends at once, and hang up in the end."""
    with contextlib.ExitStack() as stack:
        clients = [stack.enter_context(web.connect()) for _ in range(CLIENTS)]
        for client in clients:
            client.sendall(at_once)
            if at_once.endswith(b"\r\n\r\n"):
                client.recv(1, socket.MSG_PEEK)  # or it would be a flood of requests, which is another thing
        yield clients


def trickling(clients: Sequence[socket.socket], later: bytes) -> Iterator[None]:
    """Let fifty clients send one byte more, then the next fifty, and so on; those that were cut off send nothing."""
    while True:
        for place in range(0, len(clients), 50):
            for client in clients[place : place + 50]:
                with contextlib.suppress(OSError):
                    client.send(later)
            yield None


def test_who_never_ends_is_cut_off(web: Web) -> None:
    with contextlib.ExitStack() as stack:
        clients = [stack.enter_context(web.connect()) for _ in range(3)]
        for client, attack in zip(clients, ("slow heads", "slow bodies", "idle connections"), strict=True):
            client.sendall(ATTACKS[attack][0])

        for client in clients:
            client.settimeout(CUT_OFF_SECONDS)
            received = client.recv(65_536)

            assert not received or b" 408 " in received[:20]
