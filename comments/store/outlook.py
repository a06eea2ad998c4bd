"""What awaits a reply that is not kept yet: for forms that have to say first what comes first."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select

from comments import schema
from comments.status import Status
from comments.store.database import Database
from comments.thread_state import is_closed

_sites, _threads, _comments = schema.sites, schema.threads, schema.comments

_THREAD = (
    select(_threads.c.id, _threads.c.url, _threads.c.closed_at, _threads.c.created_at, _sites.c.close_after_days)
    .join(_sites, _sites.c.id == _threads.c.site_id)
    .where(_sites.c.key == bindparam("site_key"), _threads.c.key == bindparam("thread_key"))
)
_PARENT = select(_comments.c.id).where(
    _comments.c.id == bindparam("parent_id"),
    _comments.c.thread_id == bindparam("thread_id"),
    _comments.c.status == Status.APPROVED.value,
)
# Rejected words may be tried again: they go through the checks like any others.
_STANDING = (Status.PENDING.value, Status.HELD.value, Status.APPROVED.value)
_SAME_WORDS = (
    select(_comments.c.id)
    .join(_threads, _threads.c.id == _comments.c.thread_id)
    .join(_sites, _sites.c.id == _threads.c.site_id)
    .where(
        _sites.c.key == bindparam("site_key"),
        _threads.c.key == bindparam("thread_key"),
        _comments.c.status.in_(_STANDING),
        _comments.c.parent_id.is_not_distinct_from(bindparam("parent_id")),
        _comments.c.name == bindparam("name"),
        _comments.c.text == bindparam("text"),
    )
    .limit(1)
)


@dataclass(frozen=True, slots=True)
class Outlook:
    """What is known of a thread before a reply to it is kept. `thread_url` is empty when nobody has told it."""

    takes_parent: bool
    is_closed: bool
    thread_url: str


class Outlooks:
    """The outlook of every reply. Nothing is promised by it: accepting looks again."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, site_key: str, thread_key: str, parent_id: int | None, now: datetime) -> Outlook:
        """Return the outlook of a reply; a thread nobody wrote in is open. Raises StoreUnavailable."""
        with self._database.read() as connection:
            thread = connection.execute(_THREAD, {"site_key": site_key, "thread_key": thread_key}).one_or_none()
            if thread is None:
                return Outlook(takes_parent=parent_id is None, is_closed=False, thread_url="")
            parent = {"parent_id": parent_id, "thread_id": thread.id}
            takes_parent = parent_id is None or connection.execute(_PARENT, parent).first() is not None
        closed = is_closed(thread.closed_at, thread.created_at, thread.close_after_days, now)
        return Outlook(takes_parent, closed, thread.url)

    def is_said(self, site_key: str, thread_key: str, parent_id: int | None, *, name: str, text: str) -> bool:
        """Say whether somebody of this name has said these very words in the same place. Raises StoreUnavailable.

        The address is left out on purpose: else whoever repeats a public comment could find its author's by guessing.
        """
        said = {"site_key": site_key, "thread_key": thread_key, "parent_id": parent_id, "name": name, "text": text}
        with self._database.read() as connection:
            return connection.execute(_SAME_WORDS, said).first() is not None
