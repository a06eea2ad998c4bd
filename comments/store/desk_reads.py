"""What moderators read: pages of a list with the numbers of all lists, cards, authors, the thread around a comment.

Everything is within a scope; what lies outside it is not there. A page is one transaction and a fixed number of
statements, whatever the number of cards. No address and no hash is read here.
"""

from datetime import datetime

from sqlalchemy import Connection, select

from comments import schema
from comments.queue_query import HELD_QUEUES, Queue, QueueQuery
from comments.roles import EVERY_SITE, Scope
from comments.store.around import read_around
from comments.store.audit import NotThere
from comments.store.authors import read_author
from comments.store.cards import read_cards
from comments.store.cards_records import AuthorPage, Filters, QueueCounts, QueuePage, ThreadAround
from comments.store.choices import read_filters
from comments.store.counters import Counts, read_counts
from comments.store.database import Database
from comments.store.done_lists import list_appeals, list_done
from comments.store.held_lists import Listed, list_held
from comments.store.lists import Asked, wanted_words
from comments.store.records import Card
from comments.store.scopes import within

PAGE_CARDS = 25

_comments = schema.comments
_SITES = select(schema.sites.c.id, schema.sites.c.key)
_NOTHING = Listed((), None, {}, 0, total_is_exact=True, oldest_at=None)


class DeskReads:
    """The desk, read."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def page(
        self, query: QueueQuery, *, scope: Scope, now: datetime, cursor: str | None = None, limit: int = PAGE_CARDS
    ) -> QueuePage:
        """Return one page of a list and the numbers of all. A cursor that is none is the beginning."""
        with self._database.read() as connection:
            counts = read_counts(connection)
            asked = _asked(connection, query, scope, now)
            listed = _NOTHING if asked is None else _listed(connection, asked, counts, cursor, limit)
            total = listed.total
            if total is None and asked is not None:
                total = getattr(counts.within(scope, asked.site_id), query.queue.value)
            return QueuePage(
                total=total or 0,
                total_is_exact=listed.total_is_exact,
                oldest_at=listed.oldest_at,
                cards=read_cards(connection, listed.ids, now, alike=listed.alike),
                next_cursor=listed.next_cursor,
                counts=counts.within(scope),
            )

    def counts(self, scope: Scope) -> QueueCounts:
        """Return the numbers of all lists."""
        with self._database.read() as connection:
            return read_counts(connection).within(scope)

    def card(self, comment_id: int, *, scope: Scope, now: datetime) -> Card:
        """Return one comment as moderators see it. Raises NotThere."""
        with self._database.read() as connection:
            _require(connection, comment_id, scope)
            return read_cards(connection, [comment_id], now)[0]

    def author(
        self, comment_id: int, *, scope: Scope, now: datetime, cursor: str | None = None, limit: int = PAGE_CARDS
    ) -> AuthorPage:
        """Return everything that the author of a comment wrote on its site, newest first. Raises NotThere."""
        with self._database.read() as connection:
            _require(connection, comment_id, scope)
            return read_author(connection, comment_id, now=now, cursor=cursor, limit=limit)

    def conversation(self, comment_id: int, *, scope: Scope) -> ThreadAround:
        """Return the thread around a comment. Raises NotThere."""
        with self._database.read() as connection:
            _require(connection, comment_id, scope)
            return read_around(connection, comment_id)

    def filters(self, query: QueueQuery, *, scope: Scope, now: datetime) -> Filters:
        """Return the values that the filters of a list may take."""
        with self._database.read() as connection:
            asked = _asked(connection, query, scope, now)
            site_ids: tuple[int, ...] = ()
            if asked is not None and query.queue not in HELD_QUEUES:
                site_ids = _site_ids(read_counts(connection), asked)
            return read_filters(connection, asked, query, scope, site_ids)


def _require(connection: Connection, comment_id: int, scope: Scope) -> None:
    found = select(_comments.c.id).where(_comments.c.id == comment_id, within(scope, _comments.c.site_id))
    if connection.execute(found).first() is None:
        raise NotThere(comment_id)


def _asked(connection: Connection, query: QueueQuery, scope: Scope, now: datetime) -> Asked | None:
    """Return what is asked for; None when nothing can be in it: an unknown site, no words to look for."""
    sites = {row.key: row.id for row in connection.execute(_SITES)}
    words, is_possible = wanted_words(query)
    if not is_possible or not scope or (query.site_key and query.site_key not in sites):
        return None
    site_id = sites.get(query.site_key)
    # A condition that every comment fulfils is left out: no index need know it.
    if all(scope.covers(each) for each in sites.values()):
        scope = EVERY_SITE
    return Asked(query, scope, None if len(sites) == 1 else site_id, words, now)


def _listed(connection: Connection, asked: Asked, counts: Counts, cursor: str | None, limit: int) -> Listed:
    if asked.query.queue in HELD_QUEUES:
        return list_held(connection, asked, cursor, limit)
    if asked.query.queue is Queue.APPEALS:
        return list_appeals(connection, asked, cursor, limit)
    return list_done(connection, asked, _site_ids(counts, asked), cursor, limit)


def _site_ids(counts: Counts, asked: Asked) -> tuple[int, ...]:
    return counts.sites(asked.scope, asked.site_id, asked.status)
