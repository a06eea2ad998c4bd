"""What moderators set on one story: open or closed, read by two, watched for bursts, and what it is about."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, bindparam, func, select, update

from comments import schema
from comments.roles import Scope
from comments.status import Status
from comments.store.announcing import announce_thread
from comments.store.audit import NotThere
from comments.store.database import Database
from comments.store.events import add_event
from comments.store.scopes import within
from comments.thread_state import is_burst, is_closed, is_watched

_threads, _sites, _comments = schema.threads, schema.sites, schema.comments

THREAD_CHANGED = "story settings changed"
# What may be set, and as it stands in an event.
SETTABLE = frozenset({"closed_at", "is_sensitive", "burst_until", "section", "lead"})
# What readers see: their pages are made anew.
_PUBLIC = frozenset({"closed_at", "burst_until"})


@dataclass(frozen=True, slots=True)
class Story:
    """A thread as its moderators set it."""

    id: int
    site_id: int
    site_key: str
    site_name: str
    key: str
    url: str
    title: str
    section: str
    lead: str
    opened_at: datetime
    closed_at: datetime | None
    close_after_days: int | None
    is_sensitive: bool
    burst_until: datetime | None

    def is_closed(self, now: datetime) -> bool:
        """Say whether it takes no more comments."""
        return is_closed(self.closed_at, self.opened_at, self.close_after_days, now)

    def is_burst(self, now: datetime) -> bool:
        """Say whether everything new is held just now."""
        return is_burst(self.burst_until, now)

    @property
    def is_watched(self) -> bool:
        """Say whether a burst may begin by itself, if its site wants that."""
        return is_watched(self.burst_until)


class ThreadSettings:
    """The stories a moderator may set. What lies outside their scope is not there."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def find(self, thread_id: int, scope: Scope) -> Story:
        """Return the story. Raises NotThere."""
        with self._database.read() as connection:
            return _find(connection, _STORY, thread_id, scope)

    def held_now(self, scope: Scope, now: datetime, *, limit: int = 20) -> tuple[Story, ...]:
        """Return the stories whose comments are read before publication just now, the latest first."""
        statement = _STORIES.where(_threads.c.burst_until > now, within(scope, _threads.c.site_id))
        with self._database.read() as connection:
            rows = connection.execute(statement.order_by(_threads.c.burst_until.desc()).limit(limit))
            return tuple(_story(row) for row in rows)

    def latest(self, site_id: int, *, limit: int = 30) -> tuple[Story, ...]:
        """Return the site's newest stories."""
        statement = _STORIES.where(_threads.c.site_id == site_id).order_by(_threads.c.id.desc()).limit(limit)
        with self._database.read() as connection:
            return tuple(_story(row) for row in connection.execute(statement))

    def counts(self, thread_id: int) -> dict[Status, int]:
        """Return how many comments of the story have each status."""
        counted = (
            select(_comments.c.status, func.count())
            .where(_comments.c.thread_id == thread_id)
            .group_by(_comments.c.status)
        )
        with self._database.read() as connection:
            return {Status(row[0]): row[1] for row in connection.execute(counted)}

    def set(self, thread_id: int, change: dict[str, Any], *, moderator_id: int, scope: Scope, now: datetime) -> Story:
        """Set some of SETTABLE and record what it was. Safe to do twice: what is so already is not recorded again.

        Raises NotThere.
        """
        assert change.keys() <= SETTABLE, "else this would set what is not the desk's"  # noqa: S101 - a mistake of ours
        with self._database.write() as connection:
            before = _find(connection, _STORY.with_for_update(of=_threads), thread_id, scope)
            changed = {name: value for name, value in change.items() if getattr(before, name) != value}
            if changed:
                values = dict(changed)
                if changed.keys() & _PUBLIC:
                    values["version"] = _threads.c.version + 1
                connection.execute(update(_threads).where(_threads.c.id == thread_id).values(values))
                detail = {
                    "thread_id": thread_id,
                    "changed": {
                        name: {"from": _said(getattr(before, name)), "to": _said(changed[name])} for name in changed
                    },
                }
                add_event(connection, before.site_id, moderator_id, THREAD_CHANGED, detail, now=now)
            after = _find(connection, _STORY, thread_id, scope)
            if before.is_closed(now) is not after.is_closed(now):
                announce_thread(connection, after, is_closed=after.is_closed(now), now=now)
            return after


_STORIES: Select[Any] = select(
    _threads,
    _sites.c.key.label("site_key"),
    _sites.c.name.label("site_name"),
    _sites.c.close_after_days,
).join(_sites, _sites.c.id == _threads.c.site_id)
_STORY = _STORIES.where(_threads.c.id == bindparam("thread_id"))


def _find(connection: Connection, statement: Select[Any], thread_id: int, scope: Scope) -> Story:
    row = connection.execute(statement, {"thread_id": thread_id}).one_or_none()
    if row is None or not scope.covers(row.site_id):
        raise NotThere
    return _story(row)


def _story(row: Any) -> Story:
    return Story(
        id=row.id,
        site_id=row.site_id,
        site_key=row.site_key,
        site_name=row.site_name,
        key=row.key,
        url=row.url,
        title=row.title,
        section=row.section,
        lead=row.lead,
        opened_at=row.created_at,
        closed_at=row.closed_at,
        close_after_days=row.close_after_days,
        is_sensitive=row.is_sensitive,
        burst_until=row.burst_until,
    )


def _said(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value
