"""What the filters of a list offer: the sites of a moderator, and what the newest comments of the list are about."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, Select, select

from comments import schema
from comments.queue_query import HELD_QUEUES, Queue, QueueQuery
from comments.reasons import Reason
from comments.roles import Scope
from comments.status import Status
from comments.store.cards_records import Choice, Filters
from comments.store.done_lists import newest_of
from comments.store.lists import Asked, has_status, of_sites
from comments.store.scopes import within

_comments, _sites, _threads = schema.comments, schema.sites, schema.threads

# Enough to know what a list is about, at a cost that does not grow with it.
NEWEST = 500
_SITES = select(_sites.c.key, _sites.c.name).order_by(_sites.c.name, _sites.c.id)
_ABOUT = (_comments.c.thread_id, _threads.c.title, _threads.c.section, _comments.c.language, _comments.c.found)


def read_filters(
    connection: Connection, asked: Asked | None, query: QueueQuery, scope: Scope, site_ids: tuple[int, ...]
) -> Filters:
    """Return the choices; what the query has chosen is always one of them. Three statements."""
    newest = None if asked is None else _newest(asked, site_ids)
    rows = [] if newest is None else connection.execute(newest).all()
    found = {word for row in rows for word in row.found.split()}
    sites = connection.execute(_SITES.where(within(scope, _sites.c.id)))
    return Filters(
        sites=tuple(Choice(row.key, row.name) for row in sites),
        stories=_stories(connection, rows, query, scope),
        sections=_together((row.section for row in rows), query.section),
        checks=_together((word for word in found if not word.startswith("#")), query.check),
        reasons=_reasons(found, query),
        languages=_together((row.language for row in rows), query.language),
    )


def _newest(asked: Asked, site_ids: tuple[int, ...]) -> Select[Any] | None:
    about = select(*_ABOUT).join(_threads, _threads.c.id == _comments.c.thread_id)
    if asked.query.queue in HELD_QUEUES:
        held = about.where(has_status(_comments, Status.HELD), *of_sites(_comments, asked))
        return held.order_by(_comments.c.id.desc()).limit(NEWEST)
    numbers = newest_of(asked, site_ids, NEWEST)
    return None if numbers is None else about.where(_comments.c.id.in_(numbers))


def _stories(connection: Connection, rows: Iterable[Any], query: QueueQuery, scope: Scope) -> tuple[Choice, ...]:
    """Return the stories, the newest first."""
    titles = {row.thread_id: row.title for row in rows}
    if query.thread_id is not None and query.thread_id not in titles:
        chosen = select(_threads.c.title).where(_threads.c.id == query.thread_id, within(scope, _threads.c.site_id))
        title = connection.execute(chosen).scalar_one_or_none()
        titles |= {} if title is None else {query.thread_id: title}
    return tuple(Choice(str(thread_id), titles[thread_id]) for thread_id in sorted(titles, reverse=True))


def _reasons(found: set[str], query: QueueQuery) -> tuple[str, ...]:
    if query.queue is Queue.REJECTED:
        return tuple(reason.value for reason in Reason)
    return _together((word[1:] for word in found if word.startswith("#")), query.reason)


def _together(values: Iterable[str], chosen: str) -> tuple[str, ...]:
    return tuple(sorted({*values, chosen} - {""}))
