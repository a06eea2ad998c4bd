"""Keep a submission: the transaction that a 202 stands for."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import bindparam, select, update
from sqlalchemy.exc import IntegrityError

from comments import schema
from comments.store.database import Database, StoreUnavailable
from comments.store.keeping import (
    Arrival,
    ClosedThread,
    IdempotencyConflict,
    UnknownParent,
    UnknownSite,
    Wish,
    find_twin,
    keep_all,
)
from comments.store.records import Accepted
from comments.turns import Take, Turns

__all__ = ["NETWORK_DAYS", "Arrival", "ClosedThread", "IdempotencyConflict", "Inbox", "UnknownParent", "UnknownSite"]

_identities = schema.identities

NETWORK_DAYS = 7
# On PostgreSQL a comment may be committed after one with a higher number.
LOOK_BACK_IDS = 2_000
# What one transaction keeps: it takes a few milliseconds, in which nobody else can write to SQLite.
MOST_TOGETHER = 32

_HAS_NETWORK = (_identities.c.network_key.is_not(None), _identities.c.comment_id >= bindparam("first"))
_FIRST_NETWORK = select(_identities.c.comment_id).where(*_HAS_NETWORK).order_by(_identities.c.comment_id).limit(1)
_OLD_NETWORKS = (
    select(_identities.c.comment_id)
    .where(*_HAS_NETWORK, _identities.c.created_at < bindparam("before"))
    .order_by(_identities.c.comment_id)
    .limit(500)
)
_FORGET_NETWORKS = (
    update(_identities).where(_identities.c.comment_id.in_(bindparam("ids", expanding=True))).values(network_key=None)
)


class Inbox:
    """Where submissions become comments. What several threads bring at the same moment is one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database
        # No comment before this one has its network any more: those of the last week alone are looked at.
        self._first_network = 0
        self._turns = Turns[Wish, Accepted](self._keep, most=MOST_TOGETHER)

    def accept(self, arrival: Arrival, now: datetime) -> Accepted:
        """Keep a submission as a pending comment and commit, or find the twin that was kept before.

        Raises UnknownSite, ClosedThread, UnknownParent, IdempotencyConflict, StoreUnavailable; nothing is kept then.
        """
        return self._turns.ask(Wish(arrival, now))

    def find_twin(self, arrival: Arrival, now: datetime) -> Accepted | None:
        """Return what `accept` found if the same had been kept before, else None. Raises StoreUnavailable."""
        with self._database.read() as connection:
            return find_twin(connection, Wish(arrival, now))

    def _keep(self, take: Take[Wish]) -> Sequence[Accepted | Exception]:
        """Keep what can be kept and commit. One that breaks the transaction takes nobody with it."""
        try:
            with self._database.write() as connection:
                # Not before nobody else writes: who came while we waited for that shares our sync.
                return keep_all(connection, take())
        except StoreUnavailable as error:
            return [StoreUnavailable(*error.args) for _ in take()]
        except Exception as error:
            wishes = take()
            if len(wishes) > 1:
                return [outcome for wish in wishes for outcome in self._keep(_only(wish))]
            return [self._keep_again(wishes) if isinstance(error, IntegrityError) else error]

    def _keep_again(self, wishes: Sequence[Wish]) -> Accepted | Exception:
        """Try one for the second time: a twin committed between our look and our insert is there to be found now."""
        try:
            with self._database.write() as connection:
                [outcome] = keep_all(connection, wishes)
        except Exception as error:
            return error
        return outcome

    def forget_networks(self, now: datetime) -> int:
        """Forget the keyed networks of comments older than seven days. Returns how many; do it regularly."""
        forgotten = 0
        with self._database.read() as connection:
            first = connection.execute(_FIRST_NETWORK, {"first": self._first_network}).scalar_one_or_none()
        if first is None:
            return 0
        self._first_network = max(first - LOOK_BACK_IDS, 0)
        before: dict[str, object] = {"before": now - timedelta(days=NETWORK_DAYS), "first": self._first_network}
        while True:
            # Looked for without a lock, and a handful at a time: nobody's submission waits for this.
            with self._database.read() as connection:
                ids = connection.execute(_OLD_NETWORKS, before).scalars().all()
            if not ids:
                return forgotten
            with self._database.write() as connection:
                connection.execute(_FORGET_NETWORKS, {"ids": ids})
            forgotten += len(ids)
            before["first"] = ids[-1]


def _only(wish: Wish) -> Take[Wish]:
    return lambda: [wish]
