"""Ask one external checker, and leave it alone for a while when it fails."""

import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from comments.signal import Signal, Weight
from workers.external.answer import failure, read_answer
from workers.external.post import post
from workers.external.question import CheckerFailed, Question
from workers.external.signature import HEADER, sign

TIMEOUT_SECONDS = 2.0
# So many failures in a row, and nobody asks for a while: a dead checker must not cost every comment two seconds.
FAILURES_IN_A_ROW = 3
BREAK_SECONDS = 30.0


class Asks(Protocol):
    """One way to ask: our protocol, or Akismet's."""

    @property
    def name(self) -> str:
        """What signals and operators call it."""

    def ask(self, question: Question, now: datetime) -> Signal | None:
        """Return what it found, None when it has no opinion. Raises CheckerFailed."""


@dataclass(frozen=True, slots=True)
class HttpChecker:
    """A checker that speaks our protocol."""

    name: str
    url: str
    secret: bytes
    timeout_seconds: float = TIMEOUT_SECONDS
    weight: Weight = Weight.SOFT
    sends_name: bool = False

    def ask(self, question: Question, now: datetime) -> Signal | None:
        """Return what it found, None for 204. Raises CheckerFailed."""
        body = body_of(question, sends_name=self.sends_name)
        headers = {
            "Content-Type": "application/json",
            "Accept": "application/json",
            "User-Agent": "Replydesk",
            HEADER: sign(self.secret, body, now),
        }
        answer = post(self.url, body, headers, timeout_seconds=self.timeout_seconds)
        if answer.status == 204:
            return None
        return read_answer(answer.body, question, self.name, self.weight)


def body_of(question: Question, *, sends_name: bool) -> bytes:
    """Return the JSON that is sent: these fields and no others."""
    sent: dict[str, object] = {
        "site": question.site,
        "comment_id": question.comment_id,
        "revision": question.revision,
        "text": question.text,
        "thread": {"title": question.thread_title, "url": question.thread_url},
    }
    if sends_name:
        sent["name"] = question.name
    return json.dumps(sent, ensure_ascii=False).encode()


@dataclass(slots=True)
class Guarded:
    """A checker with a breaker: it always gives signals, and a failing one is left alone for a while."""

    checker: Asks
    monotonic: Callable[[], float] = time.monotonic
    _failures: int = 0
    _asks_again_at: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def signals(self, question: Question, now: datetime) -> tuple[Signal, ...]:
        """Return what the checker found; a reason to hold when it gave no usable answer. Any thread may ask."""
        if self.monotonic() < self._asks_again_at:
            return (failure(self.checker.name, "it failed a moment ago"),)
        try:
            found = self.checker.ask(question, now)
        except CheckerFailed as problem:
            self._note_failure(problem)
            return (failure(self.checker.name, str(problem)),)
        except Exception as error:  # whatever went wrong in an adapter, a person decides
            self._note_failure(CheckerFailed(""))
            return (failure(self.checker.name, type(error).__name__),)
        with self._lock:
            self._failures = 0
        return () if found is None else (found,)

    def _note_failure(self, problem: CheckerFailed) -> None:
        with self._lock:
            self._failures += 1
            pause = BREAK_SECONDS if self._failures >= FAILURES_IN_A_ROW else problem.pause_seconds
            if pause:
                self._asks_again_at = max(self._asks_again_at, self.monotonic() + pause)
