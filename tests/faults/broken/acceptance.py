"""`ack-before-commit`, `only-in-redis` and `no-sync`: a 202 for what is not on disk yet."""

import hashlib
import os
import pickle
import threading
import time
from datetime import datetime

from redis import Redis
from redis.exceptions import RedisError
from sqlalchemy import Connection, event
from sqlalchemy.pool import Pool

from comments.status import Status
from comments.store import keeping
from comments.store.database import Database, StoreUnavailable
from comments.store.inbox import Arrival, Inbox
from comments.store.keeping import Wish
from comments.store.records import Accepted
from ops.bridge import Bridge
from ops.wsgi import build_bridge as build_sound_bridge
from tests.faults.broken.checks import VARIABLE

ACK_BEFORE_COMMIT = "ack-before-commit"
ONLY_IN_REDIS = "only-in-redis"
NO_SYNC = "no-sync"
LATER_SECONDS = 0.3
_LIST, _TWINS = "rig:accepted", "rig:twin:"
TWIN_SECONDS = 600


def build_bridge() -> Bridge:
    """Return the web application, with the way in that was asked for."""
    what = os.environ.get(VARIABLE)
    if what == ACK_BEFORE_COMMIT:
        Inbox.accept = _accept_and_commit_later
    elif what == ONLY_IN_REDIS:
        _sound["values"] = keeping._comment_values
        keeping._comment_values = _values_with_number
        Inbox.accept = _accept_if_redis_answers
    elif what == NO_SYNC:
        event.listen(Pool, "checkout", _do_not_sync)
    return build_sound_bridge()


_lock = threading.Lock()
_open: list[Connection] = []
_sound: dict[str, object] = {"accept": Inbox.accept}
_number = threading.local()


def _accept_and_commit_later(self: Inbox, arrival: Arrival, now: datetime) -> Accepted:
    """Answer at once and commit for everybody a moment later, as a write-behind cache does."""
    with _lock:
        if not _open:
            _open.append(self._database.engine.connect())
            threading.Timer(LATER_SECONDS, _commit).start()
        [outcome] = keeping.keep_all(_open[0], [Wish(arrival, now)])
        if isinstance(outcome, Exception):
            raise outcome
        return outcome


def _commit() -> None:
    with _lock:
        connection = _open.pop()
        connection.commit()
        connection.close()


def _do_not_sync(connection: object, *_: object) -> None:
    connection.execute("PRAGMA synchronous=OFF")  # type: ignore[attr-defined]  # the driver's connection


def _accept_if_redis_answers(self: Inbox, arrival: Arrival, now: datetime) -> Accepted:
    """Ask to come back while Redis is away, so that what it loses is all that is wrong with this build."""
    try:
        return _accept_into_redis(self, arrival, now)
    except (RedisError, OSError) as error:
        raise StoreUnavailable(type(error).__name__) from None


def _accept_into_redis(self: Inbox, arrival: Arrival, now: datetime) -> Accepted:
    """Put it into a list in Redis; a thread moves it to the database a moment later.

    All else is as in the sound build: the same key is the same comment, whether it has been moved or not.
    """
    redis = Redis.from_url(os.environ["REPLYDESK_REDIS_URL"])
    with self._database.read() as connection:
        known = keeping._look_up(connection, [Wish(arrival, now)])
        twin = keeping._find_twin(arrival, known)
    if twin is not None:
        return twin
    number = time.time_ns() // 1000 % 10**14  # as long as a cursor may be
    name = _TWINS + hashlib.sha256(arrival.idempotency_hash).hexdigest()
    if not redis.set(name, f"{number} {arrival.receipt.nonce.hex()}", nx=True, ex=TWIN_SECONDS):
        first, nonce = (redis.get(name) or b"").decode().split()
        return Accepted(int(first), Status.PENDING, bytes.fromhex(nonce), is_new=False)
    redis.rpush(_LIST, pickle.dumps((number, arrival, now)))
    threading.Timer(LATER_SECONDS, _move_to_database, (self._database,)).start()
    return Accepted(number, Status.PENDING, arrival.receipt.nonce, is_new=True)


def _move_to_database(database: Database) -> None:
    found = Redis.from_url(os.environ["REPLYDESK_REDIS_URL"]).lpop(_LIST)
    if found:
        _number.value, arrival, now = pickle.loads(found)  # noqa: S301 - our own, in a build that is broken on purpose
        accept = _sound["accept"]
        accept(Inbox(database), arrival, now)  # type: ignore[operator]


def _values_with_number(arrival: Arrival, now: datetime) -> dict[str, object]:
    values = _sound["values"]
    return {**values(arrival, now), "id": _number.value}  # type: ignore[operator]
