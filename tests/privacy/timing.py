"""P-05: nobody can tell by the answer, its head, its length or its time whether an address or a login is known.

Known, unknown and banned ones take turns, in an order drawn by lot, so that whatever else runs hits all alike.
"""

import http.client
import math
import random
import statistics
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from comments.opening import create_keys
from tests.privacy.canaries import Aviary
from tests.privacy.questions import QUESTIONS, Asker, Question, Whom
from tests.privacy.routes import rules, the_app
from tests.privacy.strangers import Crowd, prepare
from tests.servers.web import Web, running_web

REQUESTS = 2_000
# Welch's t beyond this is a leak with one in 100,000 chance of being none.
LIMIT = 4.5
_MOST_MILLISECONDS = 1.0
# Beside all of them, the quickest 98 of 100 are compared: a request that met another process took so much longer that a
# few of those hide a small difference. So the second comparison is the sharper one.
_QUICKEST = 0.98


@dataclass
class Sample:
    """What was measured for one kind."""

    seconds: list[float] = field(default_factory=list)
    shapes: set[tuple[object, ...]] = field(default_factory=set)


@dataclass(frozen=True)
class Timing:
    """The comparison of one kind with unknown ones: `t` of all answers, and of the quickest alone."""

    asked: int
    t: float
    t_of_quickest: float
    median_milliseconds: tuple[float, float]
    is_alike: bool

    @property
    def is_within(self) -> bool:
        """Whether nothing can be told."""
        ours, theirs = self.median_milliseconds
        is_close = abs(ours - theirs) < _MOST_MILLISECONDS
        return self.is_alike and is_close and max(abs(self.t), abs(self.t_of_quickest)) < LIMIT


def measure(seed: int, *, requests: int = REQUESTS, only: Sequence[str] = ()) -> dict[str, Timing]:
    """Ask every question there is a route for, on a web server of its own. Returns a timing for each comparison."""
    chance, found = random.Random(seed), {}
    there = rules(the_app())
    for question in QUESTIONS:
        if question.rule in there and (not only or question.name in only):
            with _server() as (web, crowd):
                asker = Asker(http.client.HTTPConnection("127.0.0.1", web.port, timeout=30), question.path)
                samples = _ask(question, asker, crowd, chance, requests)
                asker.connection.close()
            found |= {
                f"{question.name}: {whom.value}": compare(samples[whom], samples[Whom.UNKNOWN])
                for whom in question.kinds
                if whom is not Whom.UNKNOWN
            }
    return found


@contextmanager
def _server() -> Iterator[tuple[Web, Crowd]]:
    with tempfile.TemporaryDirectory(prefix="replydesk-timing-") as name:
        directory = Path(name)
        create_keys(directory / "private.pem", directory / "public.pem")
        sealed = {
            "email_mode": "sealed",
            "public_url": "https://comments.example",
            "notice_public_key_file": str(directory / "public.pem"),
        }
        settings = {"rate_limits": "off", "web_workers": "1", "trusted_proxies": "127.0.0.1", **sealed}
        with running_web(directory, **settings) as web:
            yield web, prepare(directory / "data", Aviary(7))


def _ask(question: Question, asker: Asker, crowd: Crowd, chance: random.Random, requests: int) -> Mapping[Whom, Sample]:
    samples = {whom: Sample() for whom in question.kinds}
    order = list(question.kinds) * requests
    chance.shuffle(order)
    for number, whom in enumerate(order):
        request = question.make(asker, crowd.of(whom, number, is_login=question.is_login), number)
        began = time.perf_counter()
        answer, said = asker.send(request)
        samples[whom].seconds.append(time.perf_counter() - began)
        samples[whom].shapes.add(question.shape(answer, said))
    return samples


def compare(ours: Sample, theirs: Sample) -> Timing:
    """Compare two kinds."""
    return Timing(
        len(ours.seconds),
        welch(ours.seconds, theirs.seconds),
        welch(_quickest(ours.seconds), _quickest(theirs.seconds)),
        (statistics.median(ours.seconds) * 1000, statistics.median(theirs.seconds) * 1000),
        ours.shapes == theirs.shapes,
    )


def _quickest(seconds: Sequence[float]) -> list[float]:
    return sorted(seconds)[: int(len(seconds) * _QUICKEST)]


def welch(one: Sequence[float], other: Sequence[float]) -> float:
    """Return Welch's t of two samples."""
    spread = statistics.variance(one) / len(one) + statistics.variance(other) / len(other)
    return (statistics.fmean(one) - statistics.fmean(other)) / math.sqrt(spread)
