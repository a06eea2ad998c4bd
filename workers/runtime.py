"""What one worker process works with. RQ calls the job without arguments, so the job finds it here.

Opened after the fork, never before: connections must not be shared between processes.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from secrets import token_bytes

from redis import Redis

from comments.clock import utc_now
from comments.erasure_journal import ErasureJournal, load_journal
from comments.metrics import open_metrics
from comments.settings import Settings
from comments.store import Store, open_store
from comments.wakeup import connect_quickly
from workers.bursts import Bursts
from workers.digests.digester import Digester, load_digester
from workers.external.panel import NOBODY, Panel
from workers.external.settings import load_panel
from workers.heartbeat import Heartbeat, Pulse
from workers.judge import Opinion
from workers.refusals import Refusals
from workers.sealing import Notary, load_notary
from workers.webhooks.couriers import Couriers, load_couriers

# Made after the fork, because what a site has taught is read from the store.
OpinionMaker = Callable[[Store], Opinion]


@dataclass(frozen=True, slots=True)
class Runtime:
    """The store, the client that rings, the checks, the sign of life and the clock of one process."""

    store: Store
    redis: Redis
    opinion: Opinion
    lease_seconds: int
    heartbeat: Heartbeat
    now: Callable[[], datetime]
    panel: Panel = NOBODY
    audit_seed: bytes = b""
    bursts: Bursts = field(default_factory=Bursts)
    notary: Notary | None = None
    couriers: Couriers | None = None
    digester: Digester | None = None
    journal: ErasureJournal | None = None
    refusals: Refusals = field(default_factory=Refusals)

    def beat(self) -> None:
        """Say that this process is alive, and what it refused to do."""
        self.heartbeat.beat()
        self.refusals.tell(self.store, self.now)

    def close(self) -> None:
        """Say that it ends, and give every connection back."""
        self.refusals.tell(self.store, self.now, at_once=True)
        self.heartbeat.stop()
        self.store.close()
        self.redis.close()


_current: Runtime | None = None


def open_runtime(settings: Settings, make_opinion: OpinionMaker, pulse: Pulse, *, lease: str) -> Runtime:
    """Open what this process works with; `lease` says that it is alive. It connects when it is first used."""
    open_metrics(settings.data_dir)
    store = open_store(settings.database)
    opened = Runtime(
        store=store,
        redis=connect_quickly(settings.redis or ""),
        opinion=make_opinion(store),
        lease_seconds=settings.lease_seconds,
        heartbeat=Heartbeat(store, lease, pulse, utc_now),
        now=utc_now,
        panel=load_panel(settings.checkers_file),
        audit_seed=token_bytes(16),  # nobody can tell beforehand which comment goes unseen
        notary=load_notary(settings),
        couriers=load_couriers(settings, store, utc_now),
        digester=load_digester(settings, store, utc_now),
        journal=load_journal(settings),
    )
    use(opened)
    return opened


def use(opened: Runtime | None) -> None:
    """Make it this process's runtime."""
    global _current  # noqa: PLW0603 - one per process, as the module says
    _current = opened


def current() -> Runtime:
    """Return this process's runtime."""
    if _current is None:
        raise RuntimeError("this process is no worker")
    return _current


def count_refusal() -> None:
    """Count a job that was refused. Does nothing where nobody works, as in a look at the queue."""
    if _current is not None:
        _current.refusals.count()
