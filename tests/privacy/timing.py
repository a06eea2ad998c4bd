"""P-05: whoever posts cannot tell by the answer, its head, its length or its time whether an address is known.

Known and unknown addresses take turns, in an order drawn by lot, so that whatever else runs hits both alike.
"""

import http.client
import json
import math
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

from comments.identity import author_keys, load_root_key
from comments.opening import create_keys
from comments.store import open_store
from tests import factories
from tests.privacy.canaries import Aviary
from tests.privacy.doors import FORM, HTML, POST, body
from tests.servers.web import Web, running_web

REQUESTS = 2_000
KNOWN_BEFORE = 20
# Welch's t beyond this is a leak with one in 100,000 chance of being none.
LIMIT = 4.5
# A request that took this much longer than the others met another process; both kinds lose the same share.
_KEPT = 0.98


# Ask with a known address or with an unknown one; returns the shape of the answer.
Ask = Callable[[bool, int], tuple[object, ...]]


@dataclass
class Sample:
    """What was measured for one kind of address."""

    seconds: list[float] = field(default_factory=list)
    shapes: set[tuple[object, ...]] = field(default_factory=set)


@dataclass(frozen=True)
class Timing:
    """The comparison of two kinds."""

    asked: int
    t: float
    median_milliseconds: tuple[float, float]
    is_alike: bool

    @property
    def is_within(self) -> bool:
        """Whether nothing can be told."""
        return self.is_alike and abs(self.t) < LIMIT


def measure(seed: int, *, requests: int = REQUESTS) -> dict[str, Timing]:
    """Post with known and unknown addresses, and search as WordPress's clients do, on a web server of its own."""
    with tempfile.TemporaryDirectory(prefix="replydesk-timing-") as name, _server(Path(name)) as web:
        aviary, chance = Aviary(seed), random.Random(seed)
        known = aviary.hatch("known")
        connection = http.client.HTTPConnection("127.0.0.1", web.port, timeout=30)
        for number in range(KNOWN_BEFORE):
            _post(connection, known, f"Before number {number}.")
        _ban(Path(name), known)
        # Made before the clock runs; none is used twice, or it would be known.
        unknown = [aviary.hatch(f"unknown {number}") for number in range(6 * requests)]

        def post(is_known: bool, number: int) -> tuple[object, ...]:
            return _post(connection, known if is_known else unknown[number], f"It is number {number:06}.")

        def search(is_known: bool, number: int) -> tuple[object, ...]:
            return _search(connection, known if is_known else unknown[2 * requests + number])

        def request(is_known: bool, number: int) -> tuple[object, ...]:
            return _request(connection, known if is_known else unknown[4 * requests + number])

        found = {
            "post": _compare(post, chance, requests),
            "search by address": _compare(search, chance, requests),
            "privacy request": _compare(request, chance, requests),
        }
        connection.close()
    return found


@contextmanager
def _server(directory: Path) -> Iterator[Web]:
    create_keys(directory / "private.pem", directory / "public.pem")
    sealed = {
        "email_mode": "sealed",
        "public_url": "https://comments.example",
        "notice_public_key_file": str(directory / "public.pem"),
    }
    with running_web(directory, rate_limits="off", web_workers="1", **sealed) as web:
        store = open_store(_url(directory))
        factories.a_site(store)
        store.close()
        yield web


def _url(directory: Path) -> str:
    return f"sqlite:///{directory / 'data' / 'replydesk.sqlite3'}"


def _ban(directory: Path, address: str) -> None:
    """Ban the known address: that must not be seen either."""
    key = load_root_key(directory / "data" / "root.key")
    keys = author_keys(address, "demo", key)
    assert keys is not None
    store = open_store(_url(directory))
    store.bans.add(factories.a_site(store).id, keys, until=None, now=factories.NOW)
    store.close()


def _compare(ask: Ask, chance: random.Random, requests: int) -> Timing:
    samples = {True: Sample(), False: Sample()}
    order = [True, False] * requests
    chance.shuffle(order)
    for number, is_known in enumerate(order):
        began = time.perf_counter()
        shape = ask(is_known, number)
        samples[is_known].seconds.append(time.perf_counter() - began)
        samples[is_known].shapes.add(shape)
    known, unknown = samples[True], samples[False]
    return Timing(
        requests,
        welch(_usual(known.seconds), _usual(unknown.seconds)),
        (statistics.median(known.seconds) * 1000, statistics.median(unknown.seconds) * 1000),
        known.shapes == unknown.shapes,
    )


def _request(connection: http.client.HTTPConnection, address: str) -> tuple[object, ...]:
    sent = urlencode({"site": "demo", "email": address, "wish": "access"})
    connection.request("POST", "/privacy/request", sent, {"Content-Type": FORM, "Accept": HTML})
    answer = connection.getresponse()
    said = answer.read()
    assert answer.status == 202, said
    return answer.status, _heads(answer), said


def _usual(seconds: Sequence[float]) -> list[float]:
    return sorted(seconds)[: int(len(seconds) * _KEPT)]


def welch(one: Sequence[float], other: Sequence[float]) -> float:
    """Return Welch's t of two samples."""
    spread = statistics.variance(one) / len(one) + statistics.variance(other) / len(other)
    return (statistics.fmean(one) - statistics.fmean(other)) / math.sqrt(spread)


def _post(connection: http.client.HTTPConnection, address: str, text: str) -> tuple[object, ...]:
    sent = json.dumps(body(address, text=text)).encode()
    connection.request("POST", POST, sent, {"Content-Type": "application/json"})
    answer = connection.getresponse()
    said = json.loads(answer.read())
    assert answer.status == 202, said
    # The number of a comment grows by itself; its digits say nothing of the address.
    said["id"], length = 0, len(said["receipt_url"])
    return answer.status, _heads(answer), tuple(sorted(said)), said["status"], length


def _search(connection: http.client.HTTPConnection, address: str) -> tuple[object, ...]:
    connection.request("GET", f"/wp/v2/comments?site=demo&author_email={address}")
    answer = connection.getresponse()
    return answer.status, _heads(answer), len(answer.read())


def _heads(answer: http.client.HTTPResponse) -> tuple[str, ...]:
    return tuple(sorted(name.lower() for name in answer.headers))
