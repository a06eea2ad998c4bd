"""A service manager in small: processes in groups of their own that are started again when they end."""

import contextlib
import os
import signal
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psutil

LOOK_SECONDS = 0.05


@dataclass(eq=False)
class Service:
    """One process to keep running, with its children. `exits` are the codes of its ended lives, oldest first."""

    name: str
    command: Sequence[str | Path]
    environment: Mapping[str, str]
    log: Path
    user: str | None = None
    is_wanted: bool = False
    process: subprocess.Popen[bytes] | None = None
    exits: list[int] = field(default_factory=list)

    def start(self) -> None:
        """Start it now and whenever it ends."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [str(part) for part in self.command],
                env=dict(self.environment),
                user=self.user,
                cwd=self.log.parent if self.user else None,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.is_wanted = True

    def family(self) -> list[psutil.Process]:
        """Return its processes, the parent first."""
        if self.process is None or self.process.poll() is not None:
            return []
        with contextlib.suppress(psutil.NoSuchProcess):
            parent = psutil.Process(self.process.pid)
            return [parent, *parent.children(recursive=True)]
        return []

    def children(self) -> list[psutil.Process]:
        """Return the processes that do its work."""
        return [member for member in self.family()[1:] if "resource_tracker" not in command_of(member)]

    def kill(self) -> int:
        """Kill -9 all of it. Returns how many processes that were."""
        return kill_all(self.family())


class Keeper:
    """Starts again what ends. `hold` keeps some of it down for a while."""

    def __init__(self) -> None:
        self.services: list[Service] = []
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def add(self, service: Service) -> Service:
        """Start a service and keep it running."""
        service.start()
        self.services.append(service)
        return service

    @contextlib.contextmanager
    def hold(self, *services: Service) -> Iterator[None]:
        """Let what dies in this block stay dead until its end."""
        with self._lock:
            for service in services:
                service.is_wanted = False
        try:
            yield
        finally:
            with self._lock:
                for service in services:
                    service.is_wanted = True

    def close(self) -> None:
        """End everything, last started first, asking first."""
        self._stop.set()
        self._thread.join()
        for service in reversed(self.services):
            _end(service)

    def _watch(self) -> None:
        while not self._stop.wait(LOOK_SECONDS):
            with self._lock:
                for service in self.services:
                    if service.process is not None and service.process.poll() is not None:
                        service.exits.append(service.process.returncode)
                        service.process = None
                    if service.process is None and service.is_wanted:
                        service.start()


def kill_all(processes: Sequence[psutil.Process]) -> int:
    """Kill -9 these. Returns how many were alive."""
    killed = 0
    for process in processes:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
            killed += 1
    return killed


def command_of(process: psutil.Process) -> str:
    """Return the command line, nothing when it has ended."""
    try:
        return " ".join(process.cmdline())
    except psutil.Error:
        return ""


def _end(service: Service) -> None:
    family = service.family()
    if family:
        # SIGINT ends PostgreSQL without waiting for its clients.
        os.kill(family[0].pid, signal.SIGINT if service.user else signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            assert service.process is not None
            service.process.wait(20)
    kill_all(family)
    if service.process is not None:
        service.process.kill()
        service.process.wait()


def wait_for(what: str, is_so: object, *, seconds: float) -> None:
    """Wait until `is_so()` holds. Raises TimeoutError."""
    assert callable(is_so)
    ends_at = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > ends_at:
            raise TimeoutError(f"{what}: not within {seconds:g} s")
        time.sleep(0.05)
