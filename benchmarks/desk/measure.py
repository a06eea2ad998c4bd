"""Time pages through the real application on a real database: one moderator's requests, one after the other."""

import io
import statistics
import time
from dataclasses import dataclass
from datetime import timedelta

from flask.testing import FlaskClient

from benchmarks.desk.newsroom import BEGAN_AT, LASTS, Newsroom
from benchmarks.desk.pages import Kind, kinds
from comments.identity import RootKey
from comments.settings import Settings
from comments.store import Store, open_store
from comments.wakeup import Wakeup
from service.app import create_app
from service.parts import Parts

COOKIE = "replydesk_session"
# The moderator looks at the desk at the end of the invented time.
NOW = BEGAN_AT + LASTS
# Opened before anything is timed: templates are compiled, statements prepared, caches warm, as after a minute's work.
WARM_UP = 5


@dataclass(frozen=True, slots=True)
class Times:
    """How long requests took."""

    milliseconds: tuple[float, ...]

    @property
    def p50(self) -> float:
        """Half of the requests were quicker."""
        return round(statistics.median(self.milliseconds), 2)

    @property
    def p95(self) -> float:
        """Nineteen of twenty were quicker."""
        return round(statistics.quantiles(self.milliseconds, n=20, method="inclusive")[-1], 2)


class Desk:
    """The desk on one database, with a moderator logged in."""

    def __init__(self, url: str, comments: int, seed: int = 1) -> None:
        self.store: Store = open_store(url)
        settings = Settings.model_validate({"rate_limits": False, "log_level": "error"})
        parts = Parts(settings, self.store, RootKey(b"benchmarkbenchmarkbenchmarkbench"), Wakeup(None), lambda: NOW)
        app = create_app(parts, log_to=io.StringIO())
        ada = self.store.moderators.find("ada")
        if ada is None:
            raise SystemExit("this database was not filled by the benchmark")
        token = self.store.sessions.open(ada.id, lasts=timedelta(hours=12), now=NOW)
        self.client: FlaskClient = app.test_client()
        self.client.set_cookie(COOKIE, token, path="/review")
        self.kinds: tuple[Kind, ...] = kinds(self.store, Newsroom(comments).words, seed)

    def open(self, kind: Kind) -> float:
        """Open a page. Returns how many milliseconds it took."""
        address = kind.address()
        began = time.perf_counter()
        answer = self.client.get(address)
        took = time.perf_counter() - began
        if answer.status_code != 200:
            raise SystemExit(f"{address} answered {answer.status}")
        return took * 1000

    def close(self) -> None:
        """Give the connections back."""
        self.store.close()


def compare(small: Desk, large: Desk, *, requests: int, only: str = "") -> dict[str, tuple[Times, Times]]:
    """Return {kind: times at both sizes}, taken in turns, so that the machine is as busy with others for both."""
    found = {}
    for little, much in zip(small.kinds, large.kinds, strict=True):
        if only not in little.name:
            continue
        for desk, kind in ((small, little), (large, much)) * WARM_UP:
            desk.open(kind)
        pairs = [(small.open(little), large.open(much)) for _ in range(requests)]
        found[little.name] = (Times(tuple(one for one, _ in pairs)), Times(tuple(other for _, other in pairs)))
        print(line(little.name, *found[little.name]), flush=True)
    return found


def line(name: str, small: Times, large: Times) -> str:
    """Return what was found about one kind of page, for people."""
    ratio = large.p95 / small.p95
    return f"{name:45} {small.p50:7.1f} {small.p95:7.1f}  {large.p50:7.1f} {large.p95:7.1f}  x{ratio:.2f}"
