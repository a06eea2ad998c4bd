"""Bursts: how many comments came to which stories when, and from when to when a story is read before publication."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, Select, case, func, select, type_coerce, update

from comments import schema
from comments.status import Status
from comments.store.database import Database
from comments.store.events import add_event
from comments.thread_state import UNWATCHED_AT, is_burst

_threads, _comments, _decisions = schema.threads, schema.comments, schema.decisions

BURST_BEGAN = "story overrun"
# What is usual is known from so many comments; more would not say it better.
MOST_ARRIVALS = 20_000


@dataclass(frozen=True, slots=True)
class Arrivals:
    """What came to one thread: all comments in the last window, and of those before it the published ones."""

    thread_id: int
    opened_at: datetime
    latest: int
    before: int


class Bursts:
    """The stories that get many comments at once."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def arrivals(
        self, site_id: int, thread_ids: Collection[int], now: datetime, *, window: timedelta, past: timedelta
    ) -> tuple[Arrivals, ...]:
        """Return what came to each of these threads of a site within the last window, and in the past before it."""
        is_latest = _decisions.c.made_at > now - window
        statement = (
            _arrived(site_id, now - window - past)
            .with_only_columns(
                _threads.c.id,
                _threads.c.created_at,
                func.sum(case((is_latest, 1), else_=0)).label("latest"),
                func.sum(case((is_latest, 0), (_is_public, 1), else_=0)).label("before"),
            )
            .join(_threads, _threads.c.id == _comments.c.thread_id)
            .where(_threads.c.id.in_(sorted(thread_ids)))
            .group_by(_threads.c.id, _threads.c.created_at)
        )
        with self._database.read() as connection:
            rows = connection.execute(statement).all()
        return tuple(Arrivals(row.id, row.created_at, int(row.latest), int(row.before)) for row in rows)

    def busy_windows(self, site_id: int, now: datetime, *, window: timedelta, past: timedelta) -> tuple[int, ...]:
        """Return the number of published comments in each window until now of each story of the site that had any."""
        recent = (
            _arrived(site_id, now - past)
            .where(_is_public, _decisions.c.made_at <= now)
            .with_only_columns(
                _comments.c.thread_id,
                (type_coerce(_decisions.c.made_at, BigInteger) // (window // timedelta(microseconds=1))).label("bin"),
            )
            .order_by(_decisions.c.made_at.desc())
            .limit(MOST_ARRIVALS)
            .subquery()
        )
        counts = select(func.count()).select_from(recent).group_by(recent.c.thread_id, recent.c.bin)
        with self._database.read() as connection:
            return tuple(connection.execute(counts).scalars())

    def begin(self, thread_id: int, *, until: datetime, arrived: int, now: datetime) -> bool:
        """Hold what comes to the thread until then; what began before is prolonged. Safe to do twice.

        Returns False, and changes nothing, where somebody does not want it or it is held for longer anyway.
        """
        with self._database.write() as connection:
            row = connection.execute(
                select(_threads.c.site_id, _threads.c.burst_until).where(_threads.c.id == thread_id).with_for_update()
            ).one()
            if row.burst_until is not None and (row.burst_until == UNWATCHED_AT or row.burst_until >= until):
                return False
            values: dict[str, Any] = {"burst_until": until}
            if not is_burst(row.burst_until, now):
                values["version"] = _threads.c.version + 1  # the page below the article says so at once
                detail = {"thread_id": thread_id, "arrived": arrived, "until": until.isoformat()}
                add_event(connection, row.site_id, None, BURST_BEGAN, detail, now=now)
            connection.execute(update(_threads).where(_threads.c.id == thread_id).values(values))
            return True


_is_public = _comments.c.status == Status.APPROVED.value


def _arrived(site_id: int, after: datetime) -> Select[Any]:
    """Select the arrivals of comments: each one's first record, found by site and time."""
    return (
        select(_comments.c.id)
        .select_from(_decisions)
        .join(_comments, _comments.c.id == _decisions.c.comment_id)
        .where(
            _decisions.c.site_id == site_id,
            _decisions.c.made_at > after,
            _decisions.c.old_status.is_(None),
        )
    )
