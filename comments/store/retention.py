"""What is not kept for ever: the words of rejected comments, who wrote what, and links that ended.

A handful in one transaction, so that a writer waits for milliseconds; all of it is safe to do twice, in two places at
once and to be killed in. How long is each site's own setting; what has a term of its own beside it is forgotten
elsewhere (networks in inbox.py, contacts in contacts.py, letters in outbox.py and webhook_letters.py).
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Select,
    bindparam,
    delete,
    exists,
    literal,
    select,
    type_coerce,
    update,
)

from comments import schema
from comments.schema import EPOCH
from comments.status import Status
from comments.store.database import Database
from comments.store.erasure import forget_words
from comments.store.lists import has_status
from comments.store.rounds import Rounds

_comments, _identities, _sites, _appeals = schema.comments, schema.identities, schema.sites, schema.appeals

BATCH_ROWS = 200
# So many before the sweeper's other chores have their turn.
MOST_AT_A_TIME = 10_000
# Of the identities so many are looked at at a time: a regular's old comments keep theirs, so that this table is long.
LOOKED_AT = 300
_DAY_US = 86_400_000_000

_later = _identities.alias("later")
_LOCK_REJECTED = (
    select(_comments.c.id)
    .where(
        _comments.c.id.in_(bindparam("ids", expanding=True)),
        _comments.c.status == Status.REJECTED.value,
        _comments.c.words_forgotten_at.is_(None),
    )
    .order_by(_comments.c.id)
    .with_for_update(key_share=True)
)
_MARK = (
    update(_comments)
    .where(_comments.c.id.in_(bindparam("ids", expanding=True)))
    .values(words_forgotten_at=bindparam("now"))
)
_FORGET_AUTHORS = delete(_identities).where(_identities.c.comment_id.in_(bindparam("ids", expanding=True)))
_WITH_AN_END = (schema.sessions, schema.invitations, schema.setup_links, schema.privacy_requests)


class Retention:
    """What the sweeper forgets when its time is over."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._authors = Rounds(_identities.c.comment_id, rows=LOOKED_AT)

    def forget_rejected_words(self, now: datetime, *, limit: int = MOST_AT_A_TIME) -> int:
        """Forget name and words of what was rejected long enough ago, and all that was found in them. Returns how many.

        That it was rejected, when, by whom and why stays. Whose appeal waits for an answer keeps its words until then.
        """
        return sum(
            self._in_batches(_overdue_words(site_id, before), _forget_words_of, now, limit)
            for site_id, before in self._rejected_before(now)
        )

    def forget_authors(self, now: datetime, *, limit: int = MOST_AT_A_TIME) -> int:
        """Forget who wrote what, so many days after an author's last comment on the site. Returns how many comments.

        Each time it looks at the next three hundred comments: five times a minute, a million in eleven hours.
        """
        with self._database.read() as connection:
            these = self._authors.next(connection)
        return self._in_batches(_overdue_authors(now).where(these), _forget_authors_of, now, limit)

    def forget_ended(self, now: datetime) -> int:
        """Forget sessions, invitations, links and privacy requests that ended. Returns how many."""
        with self._database.write() as connection:
            return sum(
                connection.execute(delete(each).where(each.c.expires_at <= now)).rowcount for each in _WITH_AN_END
            )

    def _rejected_before(self, now: datetime) -> list[tuple[int, datetime]]:
        """Return for each site the moment before which what was rejected loses its words."""
        with self._database.read() as connection:
            sites = connection.execute(select(_sites.c.id, _sites.c.rejected_text_days)).all()
        return [(site.id, now - timedelta(days=site.rejected_text_days)) for site in sites]

    def _in_batches(
        self,
        overdue: Select[int],
        forget: Callable[[Connection, Sequence[int], datetime], int],
        now: datetime,
        limit: int,
    ) -> int:
        """Look without a lock, then forget a handful; a comment that was decided on meanwhile is left alone."""
        with self._database.read() as connection:
            ids: Sequence[int] = connection.execute(overdue.limit(limit)).scalars().all()
        forgotten = 0
        for start in range(0, len(ids), BATCH_ROWS):
            with self._database.write() as connection:
                forgotten += forget(connection, ids[start : start + BATCH_ROWS], now)
        return forgotten


def _forget_words_of(connection: Connection, comment_ids: Sequence[int], now: datetime) -> int:
    ids: Sequence[int] = connection.execute(_LOCK_REJECTED, {"ids": comment_ids}).scalars().all()
    if ids:
        forget_words(connection, ids)
        connection.execute(_MARK, {"ids": ids, "now": now})
    return len(ids)


def _forget_authors_of(connection: Connection, comment_ids: Sequence[int], _: datetime) -> int:
    return connection.execute(_FORGET_AUTHORS, {"ids": comment_ids}).rowcount


def _overdue_words(site_id: int, before: datetime) -> Select[int]:
    waits = exists().where(_appeals.c.comment_id == _comments.c.id, _appeals.c.answer_id.is_(None))
    return (
        select(_comments.c.id)
        .where(
            _comments.c.site_id == site_id,
            has_status(_comments, Status.REJECTED),
            _comments.c.words_forgotten_at.is_(None),
            _comments.c.decided_at < before,
            ~waits,
        )
        .order_by(_comments.c.decided_at, _comments.c.id)
    )


def _overdue_authors(now: datetime) -> Select[int]:
    before = _before(now, _sites.c.identity_days)
    wrote_later = exists().where(
        _later.c.site_id == _identities.c.site_id,
        _later.c.strict_key == _identities.c.strict_key,
        type_coerce(_later.c.created_at, BigInteger) >= before,
    )
    return (
        select(_identities.c.comment_id)
        .join(_sites, _sites.c.id == _identities.c.site_id)
        .where(type_coerce(_identities.c.created_at, BigInteger) < before, ~wrote_later)
    )


def _before(now: datetime, days: ColumnElement[int]) -> ColumnElement[int]:
    """Return the moment so many days before now, in the unit that moments are kept in."""
    now_us = (now - EPOCH) // timedelta(microseconds=1)
    return literal(now_us, BigInteger) - days * literal(_DAY_US, BigInteger)
