"""Web servers, workers, PostgreSQL and Valkey as real processes, and how much processor time each has taken."""

import contextlib
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from benchmarks.cluster import running_cluster
from comments.clock import utc_now
from comments.store import open_store
from tests.servers.postgres import Postgres
from tests.servers.replydesk import wait_until
from tests.servers.valkey import Valkey, running_valkey

SITE = "wazobia"
STOP_SECONDS = 60
# What nobody has taken, of all the machine's cores.
IDLE = "idle"
_OPS = (sys.executable, "-m", "ops")


@dataclass
class Stage:
    """What replicas share: a database, a Valkey, the root key. `processes` are the replicas by what they do."""

    directory: Path
    cluster: Postgres
    valkey: Valkey
    url: str
    ports: list[int] = field(default_factory=list)
    processes: dict[str, list[subprocess.Popen[bytes]]] = field(default_factory=lambda: {"web": [], "worker": []})

    @property
    def environment(self) -> dict[str, str]:
        """The settings of every replica."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("REPLYDESK_")}
        return kept | {
            "REPLYDESK_DATA_DIR": str(self.directory / "data"),
            "REPLYDESK_DATABASE_URL": self.url,
            "REPLYDESK_REDIS_URL": self.valkey.url,
            "REPLYDESK_RATE_LIMITS": "off",
            "REPLYDESK_LOG_LEVEL": "error",
            "REPLYDESK_WEB_WORKERS": "1",
            "REPLYDESK_WORKERS": "1",
        }

    @contextlib.contextmanager
    def webs(self, number: int) -> Iterator[list[int]]:
        """Run so many web replicas of one process each; gives their ports."""
        self.ports = [_free_port() for _ in range(number)]
        with self._running("web", [[*_OPS, "web", "--port", str(port)] for port in self.ports]):
            for port in self.ports:
                wait_until(lambda port=port: _answers(port), seconds=60)  # type: ignore[misc]  # bound now
            yield self.ports

    @contextlib.contextmanager
    def workers(self, number: int) -> Iterator[None]:
        """Run so many worker replicas of one worker (and a sweeper that waits) each."""
        with self._running("worker", [[*_OPS, "worker"]] * number):
            yield

    @contextlib.contextmanager
    def _running(self, kind: str, commands: list[list[str]]) -> Iterator[None]:
        running = self.processes[kind]
        with (self.directory / f"{kind}.log").open("ab") as log:
            running += [
                subprocess.Popen(command, env=self.environment, stdout=log, stderr=log, cwd=self.directory)
                for command in commands
            ]
        try:
            yield
        finally:
            for each in running:
                each.terminate()
            for each in running:
                each.wait(STOP_SECONDS)
            running.clear()

    def cpu_seconds(self) -> dict[str, float]:
        """Return the processor time each part has taken so far, and how much nobody has."""
        postmaster = int((self.directory / "postgres" / "data" / "postmaster.pid").read_text().split()[0])
        roots = {name: [each.pid for each in running] for name, running in self.processes.items()}
        roots |= {"postgresql": [postmaster], "valkey": [self.valkey.process.pid]}
        taken = {name: sum(map(_cpu_seconds, pids)) for name, pids in roots.items()}
        return taken | {"load generator": _own_seconds(), IDLE: psutil.cpu_times().idle}

    def memory_bytes(self, kind: str) -> int:
        """Return the memory of all replicas of a kind, shared pages counted once for each process (PSS)."""
        return sum(_memory_bytes(each.pid) for each in self.processes[kind])

    def count(self, status: str | None = None) -> int:
        """Count comments in the database."""
        asked, values = "SELECT count(*) FROM comments", []
        if status is not None:
            asked, values = f"{asked} WHERE status = %s", [status]
        with contextlib.closing(self.cluster.connect("service")) as connection:
            [number] = connection.execute(asked, values).fetchone() or (0,)
            return int(number)

    def empty(self) -> None:
        """Forget all comments, so that every run begins alike."""
        with contextlib.closing(self.cluster.connect("service")) as connection:
            connection.execute("TRUNCATE comments, threads, decisions, audit_chain, count_changes CASCADE")
            connection.execute("VACUUM ANALYZE")


@contextlib.contextmanager
def stage(directory: Path) -> Iterator[Stage]:
    """Run what replicas share for the length of the block."""
    (directory / "data").mkdir(mode=0o700)
    directory.chmod(0o755)  # PostgreSQL's user has to get through
    with running_cluster(directory / "postgres") as cluster, running_valkey() as valkey:
        cluster.create("service")
        made = Stage(directory, cluster, valkey, cluster.url("service"))
        subprocess.run([*_OPS, "migrate"], env=made.environment, check=True, capture_output=True)
        store = open_store(made.url)
        store.sites.add(SITE, "Wazobia News", now=utc_now())
        store.close()
        yield made


def _cpu_seconds(pid: int) -> float:
    found = 0.0
    with contextlib.suppress(psutil.NoSuchProcess):
        root = psutil.Process(pid)
        for each in (root, *root.children(recursive=True)):
            with contextlib.suppress(psutil.NoSuchProcess):
                taken = each.cpu_times()
                found += taken.user + taken.system
    return found


def _own_seconds() -> float:
    taken = psutil.Process().cpu_times()
    return taken.user + taken.system


def _memory_bytes(pid: int) -> int:
    root = psutil.Process(pid)
    return sum(each.memory_full_info().pss for each in (root, *root.children(recursive=True)))


def _answers(port: int) -> bool:
    with socket.create_connection(("127.0.0.1", port), timeout=2) as connection:
        connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        return b" 200 " in connection.recv(100)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
