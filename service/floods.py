"""Floods at the door: what is turned away leaves one line in the log and one row, not one for each post.

A process counts in its memory and tells every half minute, with the next request that is worth a look at the database.
What it had counted when it was killed is not told; the posts themselves are nobody's loss.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from threading import Lock

from flask import Flask, Response, request

from comments.identity import RootKey
from comments.metrics import Route
from comments.store import Store, StoreUnavailable
from comments.store.floods import TurnedAway, hour_of
from service.parts import Parts
from service.request_log import Log
from service.route_kinds import kind_of_route

FOLD = timedelta(seconds=30)
# More networks than this at once are told as one: a botnet shall not make us write as much as it does.
MOST_NETWORKS = 200
_MANY = b""
_HASH_BYTES = 8
# These must not wait for a database.
_QUIET = frozenset({Route.HEALTH, Route.ASSET})


class Floods:
    """What one process has turned away and not told yet."""

    def __init__(self, key: RootKey) -> None:
        self._key = key
        self._lock = Lock()
        self._found: dict[tuple[str, bytes], TurnedAway] = {}
        self._begun_at: datetime | None = None

    def turn_away(self, site_key: str, network: str | None, now: datetime) -> bool:
        """Count one post. Returns whether it is the first of its site and network since what was told last."""
        hashed = self._key.digest(f"flood/{site_key}/{hour_of(now):%Y-%m-%dT%H}", (network or "").encode())
        with self._lock:
            self._begun_at = self._begun_at or now
            name = (site_key, hashed[:_HASH_BYTES])
            if name not in self._found and len(self._found) >= MOST_NETWORKS:
                name = (site_key, _MANY)
            known = self._found.get(name) or TurnedAway(site_key, hour_of(now), name[1], 0, now)
            self._found[name] = replace(known, posts=known.posts + 1, last_at=now)
            return known.posts == 0

    def take_due(self, now: datetime) -> tuple[TurnedAway, ...]:
        """Return what is to be told now, and forget it; nothing before half a minute is over."""
        if self._begun_at is None:
            return ()
        with self._lock:
            if self._begun_at is None or now - self._begun_at < FOLD:
                return ()
            found = tuple(self._found.values())
            self._found.clear()
            self._begun_at = None
        return found


def register(app: Flask, parts: Parts, floods: Floods, log: Log) -> None:
    """Tell of floods with the answers of this app."""

    @app.after_request
    def tell(answer: Response) -> Response:
        if kind_of_route(request.endpoint, request.method) not in _QUIET and (due := floods.take_due(parts.now())):
            _log(due, log)
            _write_down(parts.store, due)
        return answer


def _log(due: Sequence[TurnedAway], log: Log) -> None:
    for site_key in sorted({each.site_key for each in due}):
        of_site = [each for each in due if each.site_key == site_key]
        posts = sum(each.posts for each in of_site)
        log.warning("flood turned away", site=site_key, posts=posts, networks=len(of_site))


def _write_down(store: Store, due: Sequence[TurnedAway]) -> None:
    try:
        store.floods.add(due)
    except StoreUnavailable:
        return  # the log has the numbers, and comments come first
