"""The trail's words: notes and explanations, which are not kept for ever. What was decided, when and by whom is.

A line that loses its words is first held against its seal, so that nobody can have a changed one washed clean by it,
and gets a second seal for what is left of it. The chain goes on through the first one, and stays provable.
"""

import hmac
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, bindparam, or_, select, update

from comments import schema
from comments.seal import NO_SEAL, EarlierKey, Line, reseal, seal, seal_keys_of
from comments.store.chain import DECISION, content_of, raw
from comments.store.database import Database
from comments.store.rounds import Rounds

_decisions, _chain = schema.decisions, schema.audit_chain

KEPT_FOR = timedelta(days=365)
BATCH_ROWS = 200
MOST_AT_A_TIME = 10_000
# Of the trail so many lines are looked at at a time.
LOOKED_AT = 5_000

_HAS_WORDS = or_(_decisions.c.note.is_not(None), _decisions.c.explanation != "[]")
_before = _chain.alias("before")
_PLACES = (
    select(
        *[raw(column) for column in _decisions.c],
        _chain.c.position,
        _chain.c.seal,
        raw(_chain.c.sealed_at),
        _before.c.seal.label("seal_before"),
    )
    .join(_chain, and_(_chain.c.source == DECISION, _chain.c.source_id == _decisions.c.id))
    .outerjoin(_before, _before.c.position == _chain.c.position - 1)
    .where(_decisions.c.id.in_(bindparam("ids", expanding=True)), _HAS_WORDS)
    .order_by(_decisions.c.id)
)
_FORGET = update(_decisions).where(_decisions.c.id == bindparam("decision")).values(note=None, explanation="[]")
_RESEAL = update(_chain).where(_chain.c.position == bindparam("place")).values(reseal=bindparam("second"))
_WIDTH = len(_decisions.c)


class TrailWords:
    """What the trail forgets."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._old = Rounds(_decisions.c.id, rows=LOOKED_AT)

    def forget_old(
        self, key: bytes, now: datetime, *, earlier: Sequence[EarlierKey] = (), limit: int = MOST_AT_A_TIME
    ) -> int:
        """Forget notes and explanations of more than a year ago. Returns how many lines lost theirs.

        Each time it looks at the next five thousand lines: five times a minute, a million in forty minutes.
        Safe to do twice and to be killed in. A line that is not as it was sealed, or not sealed, is left as it is.
        """
        with self._database.read() as connection:
            these = self._old.next(connection)
        return self._forget(_Keys(key, earlier), these & (_decisions.c.made_at < now - KEPT_FOR), limit)

    def forget_of(self, key: bytes, comment_ids: Collection[int], *, earlier: Sequence[EarlierKey] = ()) -> int:
        """Forget what the trail says in words about erased comments. Returns how many lines lost theirs."""
        ids = sorted(comment_ids)
        return sum(
            self._forget(
                _Keys(key, earlier), _decisions.c.comment_id.in_(ids[start : start + BATCH_ROWS]), MOST_AT_A_TIME
            )
            for start in range(0, len(ids), BATCH_ROWS)
        )

    def _forget(self, keys: "_Keys", which: ColumnElement[bool], limit: int) -> int:
        wordy = select(_decisions.c.id).where(which, _HAS_WORDS).order_by(_decisions.c.id).limit(limit)
        with self._database.read() as connection:
            ids = connection.execute(wordy).scalars().all()
        forgotten = 0
        for start in range(0, len(ids), BATCH_ROWS):
            with self._database.write() as connection:
                forgotten += _forget_these(connection, keys, ids[start : start + BATCH_ROWS])
        return forgotten


@dataclass(frozen=True, slots=True)
class _Keys:
    """The key that seals now, and those before it."""

    key: bytes
    earlier: Sequence[EarlierKey]


def _forget_these(connection: Connection, keys: _Keys, ids: Sequence[int]) -> int:
    rows = [row for row in connection.execute(_PLACES, {"ids": ids}).all() if _is_as_sealed(keys, row)]
    if rows:
        connection.execute(_FORGET, [{"decision": row.id} for row in rows])
        connection.execute(_RESEAL, [{"place": row.position, "second": _second_seal(keys.key, row)} for row in rows])
    return len(rows)


def _is_as_sealed(keys: _Keys, row: Any) -> bool:
    before = NO_SEAL if row.position == 1 else row.seal_before
    if before is None:
        return False
    possible = seal_keys_of(keys.key, keys.earlier, row.sealed_at)
    return any(hmac.compare_digest(seal(key, before, _line(row)), row.seal) for key in possible)


def _second_seal(key: bytes, row: Any) -> bytes:
    line = _line(row)
    left = {name: value for name, value in line.content.items() if name != "note"} | {"explanation": "[]"}
    return reseal(key, row.seal, line._replace(content=left))


def _line(row: Any) -> Line:
    return Line(row.position, DECISION, row.id, row.sealed_at, content_of(DECISION, row[:_WIDTH]))
