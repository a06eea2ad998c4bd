"""Erasures and the journal outside the database: what it does not name yet, and what it says must not be here."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, or_, select

from comments import schema
from comments.erasure_journal import Erased
from comments.status import Status
from comments.store.database import Database
from comments.store.moves import Move, apply_moves

_comments, _decisions, _unjournaled = schema.comments, schema.decisions, schema.unjournaled

# Knows a comment that was erased, by what the journal says of it.
WasErased = Callable[[Erased], bool]

BATCH_ROWS = 200
MOST_AT_A_TIME = 1_000
_WAITING = (
    select(_comments.c.id, _comments.c.receipt_hash)
    .join(_unjournaled, _unjournaled.c.comment_id == _comments.c.id)
    .order_by(_unjournaled.c.comment_id)  # the short table first
)
_JOURNALED = delete(_unjournaled).where(_unjournaled.c.comment_id.in_(bindparam("ids", expanding=True)))
_STILL_THERE = select(_comments.c.id, _comments.c.status, _comments.c.receipt_hash).where(
    _comments.c.id.in_(bindparam("ids", expanding=True)), _comments.c.status != Status.ERASED.value
)
_WITH_WORDS = (
    select(_comments.c.id)
    # An index has the erased comments of each site.
    .where(_comments.c.site_id.in_(select(schema.sites.c.id)), _comments.c.status == Status.ERASED.value)
    .where(
        select(_decisions.c.id)
        .where(
            _decisions.c.comment_id == _comments.c.id,
            or_(_decisions.c.note.is_not(None), _decisions.c.explanation != "[]"),
        )
        .exists()
    )
    .limit(MOST_AT_A_TIME)
)


class Erasures:
    """What was erased, for the journal and by it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def journal(self, write: Callable[[Sequence[Erased]], None]) -> int:
        """Have `write` put down what the journal does not name yet. Returns how many.

        Safe to be killed in: what was written and not forgotten here is written once more. Raises what `write` raises.
        """
        written = 0
        while erased := self.waiting(limit=BATCH_ROWS):
            write(erased)
            with self._database.write() as connection:
                connection.execute(_JOURNALED, {"ids": [each.comment_id for each in erased]})
            written += len(erased)
        return written

    def erase_again(self, comment_ids: Iterable[int], was_erased: WasErased, now: datetime) -> int:
        """Erase those of these comments that are here and `was_erased` knows again. Returns how many."""
        erased, ids = 0, sorted(comment_ids)
        for start in range(0, len(ids), BATCH_ROWS):
            with self._database.write() as connection:
                moves = [
                    Move(row.id, Status(row.status), Status.ERASED, "system")
                    for row in _still_there(connection, ids[start : start + BATCH_ROWS], was_erased)
                ]
                erased += len(apply_moves(connection, moves, now))
        return erased

    def still_there(self, comment_ids: Iterable[int], was_erased: WasErased) -> int:
        """Count those of these comments that are here though `was_erased` knows them."""
        ids = sorted(comment_ids)
        with self._database.read() as connection:
            batches = (ids[start : start + BATCH_ROWS] for start in range(0, len(ids), BATCH_ROWS))
            return sum(len(_still_there(connection, batch, was_erased)) for batch in batches)

    def with_words(self) -> tuple[int, ...]:
        """Return erased comments of which the trail still says something in words, some of them if there are many."""
        with self._database.read() as connection:
            return tuple(connection.execute(_WITH_WORDS).scalars())

    def waiting(self, *, limit: int | None = None) -> tuple[Erased, ...]:
        """Return what the journal does not name yet, all of it if there is no limit."""
        with self._database.read() as connection:
            return tuple(Erased(row.id, row.receipt_hash) for row in connection.execute(_WAITING.limit(limit)))


def _still_there(connection: Connection, ids: Sequence[int], was_erased: WasErased) -> list[Row[Any, Any, Any]]:
    rows = connection.execute(_STILL_THERE, {"ids": ids})
    return [row for row in rows if was_erased(Erased(row.id, row.receipt_hash))]
