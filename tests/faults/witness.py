"""The witness: a process of its own that sends comments, notes every 202 and looks at the public pages.

`python -m tests.faults.witness DIRECTORY SEED RATE URL...` sends until SIGTERM; then it finishes what it has begun, for
as long as that takes but not much longer, leaves the file EVERYTHING_SENT, and goes on watching until the next SIGTERM.
"""

import itertools
import random
import signal
import sys
import threading
import time
from pathlib import Path

from tests.faults.journal import Journal
from tests.faults.reader import Reader, comments_in
from tests.faults.texts import ARTICLE_COMMENTS, article_of, sample

SENDERS = 8
LOOKS_PER_SECOND = 10
# How many of the newest threads are looked at, in turn: a comment that had to wait appears in an older one.
ARTICLES_WATCHED = 4
# A few accepted comments are sent once more, as by a reader who presses the button twice.
TWICE_SHARE = 0.05
LAST_TRIES_SECONDS = 20.0
EVERYTHING_SENT = "everything-sent"


class Witness:
    """Senders and one watcher in threads; all they learn is in the journal."""

    def __init__(self, directory: Path, seed: int, rate: float, urls: list[str]) -> None:
        self._directory = directory
        self._journal = Journal(directory, "witness")
        self._seed, self._rate, self._urls = seed, rate, urls
        self._numbers = itertools.count()
        self._latest = 0
        self._began = time.monotonic()
        self._gives_up_at = float("inf")
        self.stop, self.leave = threading.Event(), threading.Event()

    def run(self) -> None:
        """Send until stopped, watch until told to leave."""
        senders = [threading.Thread(target=self._send, args=(number,)) for number in range(SENDERS)]
        watcher = threading.Thread(target=self._watch)
        for thread in (*senders, watcher):
            thread.start()
        self.stop.wait()
        self._gives_up_at = time.monotonic() + LAST_TRIES_SECONDS
        for thread in senders:
            thread.join()
        (self._directory / EVERYTHING_SENT).touch()
        watcher.join()
        self._journal.close()

    def hear(self, *_: object) -> None:
        """Take a signal: the first one ends the sending, the second one the watching."""
        (self.leave if self.stop.is_set() else self.stop).set()

    def _send(self, sender: int) -> None:
        chance = random.Random(f"{self._seed}/sender/{sender}")
        reader = Reader(self._urls, self._journal, chance)
        while not self.stop.is_set():
            number = next(self._numbers)
            if self.stop.wait(max(0.0, self._began + number / self._rate - time.monotonic())):
                return
            if self._began + number / self._rate < time.monotonic() - 1:
                self._began += 0.5 / self._rate  # behind after a fault: no burst to catch up with
            self._latest = max(self._latest, number)
            comment = sample(self._seed, number)
            found = reader.post_until_accepted(comment, self._is_over)
            if found and chance.random() < TWICE_SHARE:
                reader.post_until_accepted(comment, self._is_over)

    def _is_over(self) -> bool:
        return time.monotonic() > self._gives_up_at

    def _watch(self) -> None:
        reader = Reader(self._urls, self._journal, random.Random(f"{self._seed}/watcher"))
        seen: set[tuple[int, str]] = set()
        for look in itertools.count():
            if self.leave.wait(1 / LOOKS_PER_SECOND):
                return
            newest = max(0, self._latest - (look % ARTICLES_WATCHED) * ARTICLE_COMMENTS)
            page = reader.public(article_of(self._seed, newest))
            at = time.time()
            for found in set(comments_in(page or {"comments": ()})) - seen:
                self._journal.saw(*found, at)
                seen.add(found)


if __name__ == "__main__":
    witness = Witness(Path(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]), sys.argv[4:])
    signal.signal(signal.SIGTERM, witness.hear)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    witness.run()
