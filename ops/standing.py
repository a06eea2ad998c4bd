"""How the installation stands now: every part's health and the numbers an operator wants, from one look.

For the operator alone, on the loopback listener and at the terminal: the public port says less (service/health.py).
"""

import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from http.client import HTTPConnection, HTTPException
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TypeVar

from redis import Redis

from comments.settings import EmailMode, Settings
from comments.store import StoreUnavailable
from comments.store.floods import HOUR, Flooding, hour_of
from comments.store.gauges import Reading
from comments.store.leases import NOTIFIER, WORKER
from service.parts import Parts
from service.readiness import Check, Health, Readiness, worst

SWEEPER = "sweeper/"
try:
    VERSION = version("replydesk")
except PackageNotFoundError:  # a checkout that runs without being installed, as `make run` starts it
    VERSION = "unknown"
WEB_SECONDS = 2.0
_T = TypeVar("_T")
# SQLite needs room for its log beside the file, and so does Valkey for a new copy of its own.
LEAST_FREE_BYTES = 200_000_000
# A pod's data directory is a file system of 64 MiB in memory, which never has so much: there a share counts.
LEAST_FREE_SHARE = 0.25


@dataclass(frozen=True, slots=True)
class Standing:
    """One look. `reading` is None while the database cannot be asked.

    `turned_away` is of this hour and the last.
    """

    checks: dict[str, Check]
    reading: Reading | None
    alive: dict[str, int]
    free_bytes: int | None
    now: datetime
    turned_away: Flooding = field(default_factory=Flooding)
    disk_bytes: int | None = None

    @property
    def health(self) -> Health:
        """The health of the whole."""
        return worst(self.checks)

    def age_seconds(self, since: datetime | None) -> float:
        """Return how long ago that was; 0 for nothing, and for what is to come."""
        return 0.0 if since is None else max(0.0, (self.now - since).total_seconds())


class Observer:
    """Looks when it is asked. `asks_web`: the web server of this machine is a part too."""

    def __init__(self, parts: Parts, redis: Redis | None, *, asks_web: bool) -> None:
        self._parts = parts
        self._readiness = Readiness(parts, redis)
        self._asks_web = asks_web

    def look(self) -> Standing:
        """Return how everything stands. Never raises for a part that is away."""
        settings, store = self._parts.settings, self._parts.store
        checks = self._readiness.check()
        room = room_of(settings.data_dir)
        checks = {**checks, "disk": judge_room(room)}
        if self._asks_web:
            checks["web"] = _web(settings)
        # Without the tables of this version there is nothing to ask; the look at the migrations says so.
        can_ask = checks["database"].status is Health.OK and checks["migrations"].status is not Health.UNAVAILABLE
        reading = _asked(store.gauges.read) if can_ask else None
        alive = _asked(lambda: _alive(self._parts)) if can_ask else None
        now = self._parts.now()
        turned_away = _asked(lambda: store.floods.since(hour_of(now) - HOUR)) if can_ask else None
        free_bytes, disk_bytes = room or (None, None)
        return Standing(checks, reading, alive or {}, free_bytes, now, turned_away or Flooding(), disk_bytes)


def room_of(directory: Path) -> tuple[int, int] | None:
    """Return how many bytes are free and how many there are, None when nobody can tell."""
    try:
        usage = shutil.disk_usage(directory)
    except OSError:
        return None
    return usage.free, usage.total


def judge_disk(directory: Path) -> Check:
    """Warn before the disk is full: then no comment can be kept."""
    return judge_room(room_of(directory))


def judge_room(room: tuple[int, int] | None) -> Check:
    """Judge the free bytes and all that there are, as `room_of` returns them."""
    if room is None:
        return Check(Health.UNAVAILABLE, "the data directory cannot be read")
    if is_nearly_full(*room):
        return Check(Health.DEGRADED, f"the disk is nearly full: {room[0] // 1_000_000} MB are free")
    return Check(Health.OK)


def is_nearly_full(free_bytes: int, disk_bytes: int) -> bool:
    """Say whether too little is free: as a number, and as a share of what is there."""
    return free_bytes < LEAST_FREE_BYTES and free_bytes < LEAST_FREE_SHARE * disk_bytes


def _web(settings: Settings) -> Check:
    connection = HTTPConnection(reachable(settings.host), settings.port, timeout=WEB_SECONDS)
    try:
        connection.request("GET", "/healthz")
        if connection.getresponse().status == 200:
            return Check(Health.OK)
    except (OSError, HTTPException):
        pass
    finally:
        connection.close()
    return Check(Health.UNAVAILABLE, "the web server does not answer: it is being stopped, or has not started")


def reachable(host: str) -> str:
    """Return where this machine reaches a server that listens on `host`."""
    return {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}.get(host, host)  # noqa: S104 - compared, not bound


def _alive(parts: Parts) -> dict[str, int]:
    leases, now = parts.store.leases, parts.now()
    alive = {"worker": leases.count_alive(WORKER, now), "sweeper": leases.count_alive(SWEEPER, now)}
    if parts.settings.email_mode is EmailMode.SEALED:
        alive["notifier"] = leases.count_alive(NOTIFIER, now)
    return alive


def _asked(ask: Callable[[], _T]) -> _T | None:
    try:
        return ask()
    except StoreUnavailable:
        return None


def as_json(standing: Standing) -> dict[str, object]:
    """Return everything for programs. Numbers and fixed words alone."""
    reading = standing.reading
    numbers: dict[str, object] = {"alive": standing.alive, "disk_free_bytes": standing.free_bytes}
    if reading is not None:
        numbers |= {
            "pending": reading.pending.number,
            "pending_oldest_seconds": round(standing.age_seconds(reading.pending.since), 1),
            "held": reading.held.number,
            "held_oldest_seconds": round(standing.age_seconds(reading.held.since), 1),
            "letters_waiting": {kind: each.number for kind, each in reading.letters.items()},
            "webhooks": reading.webhooks,
            "turned_away": {"posts": standing.turned_away.posts, "floods": standing.turned_away.floods},
        }
    return {
        "status": standing.health.value,
        "version": VERSION,
        "checks": {
            name: {"status": each.status.value, "reason": each.reason} for name, each in standing.checks.items()
        },
        "numbers": numbers,
    }
