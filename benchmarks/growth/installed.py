"""One installation as it is measured: the real application and the real sweeper on a real database, with its own clock.

Every request comes some seconds after the one before, so that nothing is answered from what was kept from the last.
"""

import io
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from flask.testing import FlaskClient
from redis import Redis

from benchmarks.desk.newsroom import BEGAN_AT, LASTS
from comments.erasure_journal import ErasureJournal
from comments.identity import RootKey
from comments.seal import seal_key
from comments.settings import Settings
from comments.store import Store, open_store
from comments.wakeup import Wakeup
from service.app import create_app
from service.parts import Parts
from workers.heartbeat import Heartbeat, Pulse
from workers.opinion import opinion_of_process
from workers.reader import Models
from workers.runtime import Runtime
from workers.sealing import Notary

KEY = RootKey(b"benchmarkbenchmarkbenchmarkbench")
COOKIE = "replydesk_session"
# Longer than the web keeps what it drew for a thread.
BETWEEN = timedelta(seconds=15)


@dataclass
class Clock:
    """The installation's time."""

    at: datetime = BEGAN_AT + LASTS

    def __call__(self) -> datetime:
        return self.at

    def go_on(self) -> None:
        """Let some time pass."""
        self.at += BETWEEN


@dataclass
class Installed:
    """A database of so many comments with everything that works on it. `redis` is only ever rung."""

    url: str
    size: int
    folder: Path
    models: Models
    redis: Redis
    clock: Clock = field(default_factory=Clock)
    store: Store = field(init=False)
    client: FlaskClient = field(init=False)
    here: Runtime = field(init=False)

    def __post_init__(self) -> None:
        self.store = open_store(self.url)
        settings = Settings.model_validate({"rate_limits": False, "log_level": "error", "data_dir": self.folder})
        app = create_app(Parts(settings, self.store, KEY, Wakeup(None), self.clock), log_to=io.StringIO())
        self.client = app.test_client()
        self.here = Runtime(
            store=self.store,
            redis=self.redis,
            opinion=opinion_of_process(self.models, self.store),
            lease_seconds=60,
            heartbeat=Heartbeat(self.store, f"sweeper/{self.size}", Pulse(), self.clock),
            now=self.clock,
            audit_seed=bytes(16),
            notary=Notary(seal_key(KEY), KEY.kid, self.beside("anchors")),
            journal=ErasureJournal(self.beside("erasures"), KEY),
        )

    def log_in(self) -> None:
        """Have a moderator at the desk."""
        ada = self.store.moderators.find("ada")
        if ada is None:
            raise SystemExit(f"{self.size:,} comments: this database was not filled by the benchmark")
        token = self.store.sessions.open(ada.id, lasts=timedelta(days=30), now=self.clock())
        self.client.set_cookie(COOKIE, token, path="/review")

    def beside(self, name: str) -> Path:
        """Return the file of this name that goes with the database."""
        return self.folder / f"{name}-{'sqlite' if self.store.database.is_sqlite else 'postgresql'}-{self.size}.jsonl"

    def close(self) -> None:
        """Give the connections back."""
        self.store.close()
