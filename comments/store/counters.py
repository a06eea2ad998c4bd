"""How many comments each list of the desk holds: the sum of what triggers wrote down, exact in every transaction."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, case, func, insert, select

from comments import schema
from comments.roles import Scope
from comments.status import Status
from comments.store.cards_records import QueueCounts
from comments.store.database import Database

_changes, _comments, _samples, _appeals = schema.count_changes, schema.comments, schema.audit_samples, schema.appeals

AUDIT = "audit"
_PLACE = (_changes.c.site_id, _changes.c.list, _changes.c.suspected)
_SUMS = select(*_PLACE, func.sum(_changes.c.delta).label("number")).group_by(*_PLACE)
# Few appeals wait at a time, and an index holds no others. The status is no condition of the join: a database that
# began with the rejected comments would look at all of them.
_REJECTED_ID = case((_comments.c.status == Status.REJECTED.value, _comments.c.id))
_APPEALS = (
    select(_comments.c.site_id, func.count(_REJECTED_ID.distinct()).label("number"))
    .join(_comments, _comments.c.id == _appeals.c.comment_id)
    .where(_appeals.c.answer_id.is_(None))
    .group_by(_comments.c.site_id)
)


@dataclass(frozen=True, slots=True)
class Counts:
    """The numbers of every site and list. `(site id, list, suspected)` are the keys; lists are statuses or audit."""

    numbers: dict[tuple[int, str, str], int]
    appeals: dict[int, int]

    def within(self, scope: Scope, site_id: int | None = None) -> QueueCounts:
        """Return the numbers of the lists on these sites, or on one of them."""

        def number(wanted: str, suspected: str | None = None) -> int:
            return sum(
                count
                for (site, name, what), count in self.numbers.items()
                if name == wanted and suspected in (None, what) and _is_within(site, scope, site_id)
            )

        return QueueCounts(
            review=number(Status.HELD),
            spam=number(Status.HELD, "spam"),
            abuse=number(Status.HELD, "abuse"),
            appeals=sum(count for site, count in self.appeals.items() if _is_within(site, scope, site_id)),
            audit=number(AUDIT),
            approved=number(Status.APPROVED),
            rejected=number(Status.REJECTED),
        )

    def sites(self, scope: Scope, site_id: int | None, status: Status) -> tuple[int, ...]:
        """Return the sites among these that have a comment of this status."""
        found = {site for (site, name, _), count in self.numbers.items() if name == status and count}
        return tuple(sorted(site for site in found if _is_within(site, scope, site_id)))


def _is_within(site: int, scope: Scope, site_id: int | None) -> bool:
    return scope.covers(site) and site_id in (None, site)


def read_counts(connection: Connection) -> Counts:
    """Return every number, exact within this transaction. Two statements."""
    numbers = {(row.site_id, row.list, row.suspected): row.number for row in connection.execute(_SUMS)}
    return Counts(numbers, {row.site_id: row.number for row in connection.execute(_APPEALS)})


class Counters:
    """What keeps the numbers small and what proves them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def compact(self, _: datetime) -> int:
        """Replace the changes so far by their sums. Returns how many rows that saves.

        Safe to do twice and by two at once: every row that is removed is one whose number is in the sums, and one that
        is committed meanwhile stays.
        """
        with self._database.read() as connection:
            until, count = connection.execute(select(func.max(_changes.c.id), func.count())).one()
            if until is None or count <= len(connection.execute(_SUMS).all()):
                return 0
        with self._database.write() as connection:
            return _compact(connection, until)


def _compact(connection: Connection, until: int) -> int:
    # What is removed is what is summed: on PostgreSQL another transaction's row with a smaller id may appear any time.
    gone = _changes.delete().where(_changes.c.id <= until).returning(*_PLACE, _changes.c.delta)
    sums: dict[tuple[int, str, str], int] = {}
    removed = 0
    for site_id, name, suspected, delta in connection.execute(gone):
        removed += 1
        sums[site_id, name, suspected] = sums.get((site_id, name, suspected), 0) + delta
    rows = [
        {"site_id": site_id, "list": name, "suspected": suspected, "delta": number}
        for (site_id, name, suspected), number in sums.items()
        if number
    ]
    if rows:
        connection.execute(insert(_changes), rows)
    return removed - len(rows)


def miscounted(connection: Connection) -> dict[tuple[int, str, str], int]:
    """Return by how much each number is wrong, compared with the comments themselves; empty when all are right.

    Counts the whole table: for an operator's check, never for a page.
    """
    counted = read_counts(connection).numbers
    place = (_comments.c.site_id, _comments.c.status, _comments.c.suspected)
    there = select(*place, func.count()).where(_comments.c.status != Status.PENDING.value).group_by(*place)
    drawn = (
        select(_comments.c.site_id, func.count())
        .join(_samples, _samples.c.comment_id == _comments.c.id)
        .where(_samples.c.decided_at.is_(None), _comments.c.status == Status.APPROVED.value)
        .group_by(_comments.c.site_id)
    )
    real = {(site, status, suspected): count for site, status, suspected, count in connection.execute(there)}
    real |= {(site, AUDIT, ""): count for site, count in connection.execute(drawn)}
    wrong = {key: counted.get(key, 0) - real.get(key, 0) for key in counted.keys() | real.keys()}
    return {key: by for key, by in sorted(wrong.items()) if by}
