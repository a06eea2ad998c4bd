"""The audit chain: every decision and event in one order, each sealed together with the one before.

The order is that of sealing. What was made earlier and committed later gets a later place, and no seal changes.
"""

import heapq
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, Connection, Select, Table, bindparam, func, insert, literal, select, type_coerce
from sqlalchemy.exc import IntegrityError

from comments import schema
from comments.schema import EPOCH, Moment
from comments.seal import NO_SEAL, Line, seal
from comments.store.database import Database

_chain = schema.audit_chain
DECISION, EVENT = "decision", "event"
_TABLES = {DECISION: schema.decisions, EVENT: schema.events}
_NAMES = {source: tuple(column.name for column in table.c) for source, table in _TABLES.items()}

BATCH_ROWS = 1_000
# On PostgreSQL a row may be committed after one with a higher id. So far behind the highest one we look every time.
LOOK_BACK_IDS = 2_000
_ADD = insert(_chain)
_HEAD = select(_chain.c.position, _chain.c.seal).order_by(_chain.c.position.desc()).limit(1)


@dataclass(frozen=True, slots=True)
class Head:
    """The end of the chain; position 0 before anything was sealed."""

    position: int
    seal: bytes


class Sealed(NamedTuple):  # for the same reason as Line
    """One place of the chain as it is stored; `line` is None when the row it names is gone.

    With a `reseal` the row has lost its words since (trail_words.py).
    """

    position: int
    source: str
    source_id: int
    seal: bytes
    line: Line | None
    reseal: bytes | None = None


@dataclass(frozen=True, slots=True)
class Unsealed:
    """A row of the trail that has no place in the chain yet."""

    source: str
    id: int
    made_at: datetime


class Chain:
    """The chain's only writer and reader."""

    def __init__(self, database: Database) -> None:
        self._database = database
        # Up to where everything was looked through the last time but one, and the last time, by source.
        self._looked_through: list[dict[str, int]] = [{}, {}]

    def seal_next(self, key: bytes, now: datetime, *, everything: bool = False, limit: int = BATCH_ROWS) -> int:
        """Seal up to `limit` rows that have no place yet. Returns how many; 0 also when somebody else just did.

        `everything` looks for forgotten rows too: the first time from the first one on, later from where the last look
        but one has come to, for no transaction lasts that long. Safe to do twice, in two places at once and to be
        killed in: places are given out by a primary key, and all of a batch is written or nothing.
        """
        with self._database.read() as connection:
            head = _head(connection)
            rows = list(_next_rows(connection, limit, self._starts(connection, everything=everything)))
            if everything and len(rows) < limit:  # it has come to the end
                self._looked_through = [self._looked_through[1], _highest(connection)]
        links = list(_links(key, head, rows, now))
        if not links:
            return 0
        try:
            with self._database.write() as connection:
                connection.execute(_ADD, links)
        except IntegrityError:
            return 0
        return len(links)

    def head(self) -> Head:
        """Return the end of the chain."""
        with self._database.read() as connection:
            return _head(connection)

    def page(self, after: int, *, limit: int) -> tuple[Sealed, ...]:
        """Return up to `limit` places after a position, in order, each with the row it stands for."""
        places = select(
            _chain.c.position,
            _chain.c.source,
            _chain.c.source_id,
            _chain.c.seal,
            _chain.c.reseal,
            raw(_chain.c.sealed_at),
        )
        places = places.where(_chain.c.position > after).order_by(_chain.c.position).limit(limit)
        with self._database.read() as connection:
            found = connection.execute(places).all()
            if not found:
                return ()
            span = {"first": found[0].position, "last": found[-1].position}
            rows = {source: _sealed_rows(connection, source, span) for source in _TABLES}
        return tuple(_sealed(place, rows.get(place.source, {}).get(place.source_id)) for place in found)

    def unsealed(self, *, made_before: datetime, limit: int = 10) -> tuple[Unsealed, ...]:
        """Return rows made before a time that have no place, the oldest of each kind first."""
        with self._database.read() as connection:
            return tuple(
                Unsealed(source, row.id, row.made_at)
                for source, table in _TABLES.items()
                for row in connection.execute(
                    _without_place(source, table, [table.c.id, table.c.made_at])
                    .where(table.c.made_at < made_before)
                    .order_by(table.c.id)
                    .limit(limit)
                )
            )

    def _starts(self, connection: Connection, *, everything: bool) -> dict[str, int]:
        """Return the number after which to look, by source."""
        if everything:
            return self._looked_through[0]
        back = 0 if self._database.is_sqlite else LOOK_BACK_IDS  # SQLite's writers commit one after another
        return {source: highest - back for source, highest in _highest(connection).items()}


def _head(connection: Connection) -> Head:
    row = connection.execute(_HEAD).one_or_none()
    return Head(0, NO_SEAL) if row is None else Head(row.position, row.seal)


def raw(column: Any) -> Any:
    """Read a time as the number it is stored as: that is what is sealed, and a million of them are read quickly."""
    return type_coerce(column, BigInteger).label(column.name) if isinstance(column.type, Moment) else column


def _without_place(source: str, table: Table, columns: Sequence[Any]) -> Select[Any]:
    place = select(literal(1)).where(_chain.c.source == source, _chain.c.source_id == table.c.id)
    return select(*columns).where(~place.exists())


_UNSEALED = {
    source: _without_place(source, table, [raw(column) for column in table.c])
    .where(table.c.id > bindparam("after"))
    .order_by(table.c.id)
    .limit(bindparam("most"))
    for source, table in _TABLES.items()
}
_HIGHEST = {source: select(func.max(_chain.c.source_id)).where(_chain.c.source == source) for source in _TABLES}
_SEALED = {
    source: select(*[raw(column) for column in table.c])
    # Disguised, so that SQLite goes by the places and does not walk the index of the sources from end to end.
    .join(_chain, (_chain.c.source_id == table.c.id) & (_chain.c.source.concat("") == source))
    .where(_chain.c.position.between(bindparam("first"), bindparam("last")))
    for source, table in _TABLES.items()
}


def _next_rows(connection: Connection, limit: int, after: Mapping[str, int]) -> Iterator[tuple[str, Any]]:
    found = []
    for source, statement in _UNSEALED.items():
        rows = connection.execute(statement, {"after": after.get(source, 0), "most": limit}).all()
        found.append([(source, row) for row in rows])
    # Merged by time, but never sorted: within its table a row must not overtake one with a lower id.
    merged = heapq.merge(*found, key=lambda pair: pair[1].made_at)
    return (pair for pair, _ in zip(merged, range(limit), strict=False))


def _highest(connection: Connection) -> dict[str, int]:
    """Return the highest number that was sealed, by source."""
    return {source: connection.execute(highest).scalar_one() or 0 for source, highest in _HIGHEST.items()}


def _links(key: bytes, head: Head, rows: Sequence[tuple[str, Any]], now: datetime) -> Iterator[dict[str, object]]:
    sealed_at_us = _microseconds(now)
    before = head.seal
    for position, (source, row) in enumerate(rows, start=head.position + 1):
        before = seal(key, before, Line(position, source, row.id, sealed_at_us, content_of(source, row)))
        yield {"position": position, "source": source, "source_id": row.id, "seal": before, "sealed_at": now}


def _sealed_rows(connection: Connection, source: str, span: Mapping[str, int]) -> dict[int, Any]:
    return {row.id: row for row in connection.execute(_SEALED[source], span).all()}


def _sealed(place: Any, row: Any | None) -> Sealed:
    line = (
        None
        if row is None
        else Line(place.position, place.source, place.source_id, place.sealed_at, content_of(place.source, row))
    )
    return Sealed(place.position, place.source, place.source_id, place.seal, line, place.reseal)


def content_of(source: str, row: Any) -> dict[str, object]:
    """Return what is sealed of a row that was read by all its columns, the times as they are stored."""
    # By place, not by name: asking a row for its mapping takes as long as sealing it.
    return {name: value for name, value in zip(_NAMES[source], row, strict=True) if value is not None}


def _microseconds(at: datetime) -> int:
    """Return a time as it is stored."""
    return (at - EPOCH) // timedelta(microseconds=1)
