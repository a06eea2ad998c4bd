"""Callers that never try again: who is not answered the first time was dropped."""

import contextlib
import http.client
import threading
from collections.abc import Iterator
from urllib.parse import quote, urlsplit

from tests.faults.stage import Stage

CALLERS = 4
PAUSE_SECONDS = 0.005


class Callers:
    """Threads that ask for a page again and again, every other one on a connection that it keeps."""

    def __init__(self, stage: Stage, url: str) -> None:
        self._stage = stage
        self._place = urlsplit(url)
        self._is_over = threading.Event()
        self.answered = 0

    @contextlib.contextmanager
    def calling(self) -> Iterator[None]:
        """Call for the length of the block."""
        threads = [threading.Thread(target=self._call, args=(bool(number % 2),)) for number in range(CALLERS)]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self._is_over.set()
            for thread in threads:
                thread.join()

    def _call(self, keeps_alive: bool) -> None:
        connection = http.client.HTTPConnection(self._place.hostname or "", self._place.port, timeout=20)
        path = f"/api/v1/comments?site=demo&thread={quote(self._stage.article)}"
        while not self._is_over.wait(PAUSE_SECONDS):
            try:
                connection.request("GET", path, headers={} if keeps_alive else {"Connection": "close"})
                answer = connection.getresponse()
                answer.read()
                self.answered += 1
                if answer.status not in {200, 404}:
                    self._stage.journal.problem(f"answer {answer.status} while processes were replaced")
            except (OSError, http.client.HTTPException) as error:
                self._stage.journal.problem(f"a request was dropped: {error!r}, keep-alive: {keeps_alive}")
                connection.close()
        connection.close()
