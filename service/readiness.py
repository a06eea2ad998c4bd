"""Whether comments can be kept and published: every part is asked once and has a fixed sentence for what is wrong."""

import os
import socket
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as TooSlow
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from threading import Lock

from redis import Redis
from redis.exceptions import RedisError

from comments.identity import KeyFileProblem, load_root_key
from comments.migrations import NewerDatabase, OutdatedDatabase, require_current
from comments.settings import EmailMode
from comments.store import StoreUnavailable
from comments.store.alarms import JOBS_REFUSED
from comments.store.database import RightMissing
from comments.store.leases import BLIND_WORKER, NOTIFIER, PROBE, WORKER
from service.parts import Parts

# A probe that waits longer has its answer: an orchestrator's own timeout is a few seconds.
ANSWER_SECONDS = 2.5
# So long after the last forged job readiness says so; the doctor remembers it for a day.
_ALARM_LASTS = timedelta(hours=1)


class Health(StrEnum):
    """How a part, or the whole, is. Degraded: comments are kept, but something is late."""

    OK = "ok"
    DEGRADED = "degraded"
    UNAVAILABLE = "unavailable"


@dataclass(frozen=True, slots=True)
class Check:
    """One part's health and, when it is not ok, why."""

    status: Health
    reason: str = ""


_OK = Check(Health.OK)
# Migrations only add, so this code serves on. Unready, every old replica would leave as soon as a deploy migrates.
_NEWER = Check(Health.DEGRADED, "the database belongs to a newer version; finish the deploy")
_UNKNOWN = Check(Health.DEGRADED, "not known while the database is away")
_REFUSED = Check(Health.UNAVAILABLE, "the database refuses its user a right; ask the doctor")
_ROTATED = Check(Health.DEGRADED, "the root key was rotated; restart this process")
SLOW = {"database": Check(Health.UNAVAILABLE, "the database does not answer in time")}


class Readiness:
    """Asks the parts in a thread of its own, so that a hanging database cannot hang the probe."""

    def __init__(self, parts: Parts, redis: Redis | None) -> None:
        self._parts = parts
        self._redis = redis
        self._lock = Lock()
        self._running: Future[dict[str, Check]] | None = None
        self._executor: ThreadPoolExecutor | None = None

    def check(self) -> dict[str, Check]:
        """Return the health of every part within ANSWER_SECONDS. Probes that come together share one answer."""
        try:
            return self._ask().result(timeout=ANSWER_SECONDS)
        except TooSlow:
            return SLOW

    def _ask(self) -> "Future[dict[str, Check]]":
        with self._lock:
            if self._executor is None:  # not before the first probe: a thread does not survive a server's fork
                self._executor = ThreadPoolExecutor(1, thread_name_prefix="readiness")
            if self._running is None or self._running.done():
                self._running = self._executor.submit(check_all, self._parts, self._redis)
            return self._running


def worst(checks: dict[str, Check]) -> Health:
    """Return the health of the whole."""
    found = {check.status for check in checks.values()}
    return next(health for health in (Health.UNAVAILABLE, Health.DEGRADED, Health.OK) if health in found)


def check_all(parts: Parts, redis: Redis | None) -> dict[str, Check]:
    """Return the health of every part."""
    migrations = _migrations(parts)
    is_usable = migrations in {_OK, _NEWER}
    database = _database(parts) if is_usable else _answering(migrations)
    can_ask = is_usable and database is _OK
    # By the settings: whoever only looks, as the listener does, has no key.
    is_sealed = parts.settings.email_mode is EmailMode.SEALED
    notifier = {"notifier": _notifier(parts) if can_ask else _UNKNOWN} if is_sealed else {}
    return {
        "database": database,
        "migrations": migrations,
        "key": _key(parts),
        "redis": _redis(redis),
        "workers": _workers(parts) if can_ask else _UNKNOWN,
        "pending": _pending(parts) if can_ask else _UNKNOWN,
        "jobs": _jobs(parts) if can_ask else _UNKNOWN,
        **notifier,
    }


def _migrations(parts: Parts) -> Check:
    try:
        require_current(parts.store.database)
    except OutdatedDatabase:
        return Check(Health.UNAVAILABLE, "the database has to be migrated: replydesk migrate")
    except RightMissing:
        return _REFUSED
    except NewerDatabase:
        return _NEWER
    except StoreUnavailable:
        return _UNKNOWN
    return _OK


def _answering(migrations: Check) -> Check:
    if migrations is _REFUSED:
        return _REFUSED
    return Check(Health.UNAVAILABLE, "the database does not answer") if migrations is _UNKNOWN else _OK


def _database(parts: Parts) -> Check:
    """Write, not only read: a full disk still answers every question.

    The lease is over at once, so that each process that probes writes, whoever else has done so just before.
    """
    holder = f"{socket.gethostname()}:{os.getpid()}"
    try:
        parts.store.leases.take(PROBE, holder, seconds=0, now=parts.now())
    except RightMissing:
        return _REFUSED
    except StoreUnavailable:
        return Check(Health.UNAVAILABLE, "the database cannot be written")
    return _OK


def _key(parts: Parts) -> Check:
    try:
        key = load_root_key(parts.settings.root_key_path)
    except KeyFileProblem:
        return Check(Health.UNAVAILABLE, "the root key cannot be read")
    in_file, here = {each.kid for each in key.known}, {each.kid for each in parts.key.known}
    if parts.key.kid not in in_file:
        return Check(Health.UNAVAILABLE, "the root key is not the one this process started with")
    # Comments are kept all the same: whoever has the new key finds what is written under the old one.
    return _ROTATED if key.kid != parts.key.kid or not in_file <= here else _OK


def _redis(redis: Redis | None) -> Check:
    if redis is None:
        return Check(Health.DEGRADED, "no Redis is configured; the sweeper finds every comment")
    try:
        redis.ping()
    except (RedisError, OSError):
        return Check(Health.DEGRADED, "Redis does not answer; the sweeper finds every comment")
    return _OK


def _workers(parts: Parts) -> Check:
    try:
        alive = parts.store.leases.count_alive(WORKER, parts.now())
        blind = parts.store.leases.count_alive(BLIND_WORKER, parts.now())
    except StoreUnavailable:
        return _UNKNOWN
    if blind:
        return Check(Health.DEGRADED, "a worker cannot read its model; it holds every comment")
    return _OK if alive else Check(Health.DEGRADED, "no worker is running; comments wait")


def _notifier(parts: Parts) -> Check:
    try:
        alive = parts.store.leases.count_alive(NOTIFIER, parts.now())
    except StoreUnavailable:
        return _UNKNOWN
    return _OK if alive else Check(Health.DEGRADED, "no notifier is running; authors are told of replies later")


def _pending(parts: Parts) -> Check:
    try:
        oldest_at = parts.store.pending.oldest_at()
    except StoreUnavailable:
        return _UNKNOWN
    patience = timedelta(seconds=parts.settings.pending_alert_seconds)
    if oldest_at is not None and parts.now() - oldest_at > patience:
        return Check(Health.DEGRADED, "a comment has waited too long for its checks")
    return _OK


def _jobs(parts: Parts) -> Check:
    try:
        alarm = parts.store.alarms.find(JOBS_REFUSED, parts.now())
    except StoreUnavailable:
        return _UNKNOWN
    if alarm is not None and parts.now() - alarm.last_at < _ALARM_LASTS:
        return Check(Health.DEGRADED, "jobs that are not ours stood in Redis and were refused; ask the doctor")
    return _OK
