"""SIGHUP replaces the web server's processes while readers talk to them: nobody notices."""

import contextlib
import http.client
import signal
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.servers.replydesk import wait_until
from tests.servers.web import Web, running_web

READERS = 6
ROUNDS = 2
SECONDS_FOR_ALL = 30


class Readers:
    """Threads that ask again and again, every other one on a connection that it keeps. Counts what they got."""

    def __init__(self, web: Web) -> None:
        self._port = web.port
        self._is_over = threading.Event()
        self.got: Counter[str] = Counter()
        self._threads = [threading.Thread(target=self._read, args=(bool(each % 2),)) for each in range(READERS)]

    @contextlib.contextmanager
    def reading(self) -> Iterator[None]:
        """Read for the length of the block."""
        for thread in self._threads:
            thread.start()
        try:
            yield
        finally:
            self._is_over.set()
            for thread in self._threads:
                thread.join()

    def _read(self, keeps_alive: bool) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=10)
        while not self._is_over.is_set():
            try:
                connection.request("GET", "/healthz", headers={} if keeps_alive else {"Connection": "close"})
                answer = connection.getresponse()
                answer.read()
                self.got[str(answer.status)] += 1
            except (OSError, http.client.HTTPException) as error:
                self.got[repr(error)] += 1
                connection.close()
        connection.close()


def pids(web: Web) -> set[int]:
    return {child.pid for child in psutil.Process(web.process.pid).children()}


@pytest.mark.slow
def test_nobody_is_cut_off_while_the_processes_are_replaced(tmp_path: Path) -> None:
    with running_web(tmp_path) as web:
        readers = Readers(web)
        with readers.reading():
            for _ in range(ROUNDS):
                before = pids(web)
                web.process.send_signal(signal.SIGHUP)
                wait_until(lambda: not before & pids(web), seconds=SECONDS_FOR_ALL)  # noqa: B023 - called at once

        assert set(readers.got) == {"200"}, readers.got
        assert readers.got["200"] > 100, "else this proves nothing"
        assert web.process.poll() is None


@pytest.mark.slow
def test_a_process_that_is_killed_is_replaced(tmp_path: Path) -> None:
    with running_web(tmp_path) as web:
        victim = min(pids(web))
        psutil.Process(victim).kill()

        wait_until(lambda: victim not in pids(web) and len(pids(web)) == 2, seconds=SECONDS_FOR_ALL)

        assert web.get("/healthz").startswith(b"HTTP/1.1 200 ")


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a process that its parent has died")
def test_processes_that_hang_do_not_outlive_their_parent(tmp_path: Path) -> None:
    with running_web(tmp_path) as web:
        orphans = psutil.Process(web.process.pid).children()
        assert orphans, "else this proves nothing"
        for each in orphans:
            each.suspend()  # as good as hung: it will not look at a signal

        web.process.kill()

        _, alive = psutil.wait_procs(orphans, timeout=SECONDS_FOR_ALL)
        assert not alive
