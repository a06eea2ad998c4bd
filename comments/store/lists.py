"""What every list of the desk has in common: whose it is, what it filters, its order, and where a page begins."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, FromClause, Select, and_, literal_column, select, tuple_, type_coerce

from comments import schema
from comments.queue_query import HELD_QUEUES, Queue, QueueQuery
from comments.roles import Scope
from comments.search_words import SearchWords, parse_words
from comments.status import Status
from comments.store.scopes import within

_signals, _threads, _decisions = schema.signals, schema.threads, schema.decisions

STATUS_OF = {
    **dict.fromkeys(HELD_QUEUES, Status.HELD),
    Queue.APPEALS: Status.REJECTED,
    Queue.AUDIT: Status.APPROVED,
    Queue.APPROVED: Status.APPROVED,
    Queue.REJECTED: Status.REJECTED,
}
_SUSPECTED = {Queue.SPAM: "spam", Queue.ABUSE: "abuse"}


@dataclass(frozen=True, slots=True)
class Asked:
    """A query with what it means for this moderator now. `words` is None when it asks for none."""

    query: QueueQuery
    scope: Scope
    site_id: int | None
    words: SearchWords | None
    now: datetime

    @property
    def status(self) -> Status:
        """The status of every comment in the list."""
        return STATUS_OF[self.query.queue]


@dataclass(frozen=True, slots=True)
class Sorting:
    """An order of rows by numbers that no two rows share, so that a page begins exactly behind the one before."""

    columns: tuple[ColumnElement[Any], ...]
    descending: bool

    def behind(self, statement: Select[Any], cursor: str | None) -> Select[Any]:
        """Return the statement in this order, from behind the cursor on. A cursor that is none is the beginning."""
        values = _numbers(cursor, len(self.columns))
        if values is not None:
            here, there = tuple_(*self.columns), tuple_(*values)
            statement = statement.where(here < there if self.descending else here > there)
        return statement.order_by(*(each.desc() if self.descending else each for each in self.columns))


def cursor_of(*values: float) -> str:
    """Return the cursor behind the row that has these numbers."""
    return "_".join(repr(value) for value in values)


def _numbers(cursor: str | None, count: int) -> list[float] | None:
    try:
        values = [float(part) if "." in part or "e" in part else int(part) for part in (cursor or "").split("_")]
    except ValueError:
        return None
    return values if len(values) == count and all(abs(value) < 2**62 for value in values) else None


def moment_number(table: FromClause) -> ColumnElement[int]:
    """Return when a comment came, as the number that is stored."""
    return type_coerce(table.c.created_at, BigInteger)


def has_status(table: FromClause, status: Status) -> ColumnElement[bool]:
    """Return the condition with the status spelled out: so a prepared statement can use an index of that status."""
    return table.c.status == literal_column(f"'{status.value}'")


def of_sites(table: FromClause, asked: Asked) -> list[ColumnElement[bool]]:
    """Return the conditions that keep a list within a moderator's sites and the one that was asked for.

    They are for looking at rows that were found by something else: the sum keeps SQLite from beginning with a site's
    index, which is the wrong end of every list.
    """
    site_id = table.c.site_id + 0
    found = [] if asked.scope.site_ids is None else [within(asked.scope, site_id)]
    return found if asked.site_id is None else [*found, site_id == asked.site_id]


def of_age(table: FromClause, asked: Asked) -> list[ColumnElement[bool]]:
    """Return the conditions on when a comment came."""
    query = asked.query
    found: list[ColumnElement[bool]] = []
    if query.min_age_minutes is not None:
        found.append(table.c.created_at <= asked.now - timedelta(minutes=query.min_age_minutes))
    if query.max_age_minutes is not None:
        found.append(table.c.created_at > asked.now - timedelta(minutes=query.max_age_minutes))
    return found


def of_kind(table: FromClause, asked: Asked) -> list[ColumnElement[bool]]:
    """Return the conditions on what a comment is: its section, its language, its risk, what it is suspected of."""
    query = asked.query
    found: list[ColumnElement[bool]] = []
    if query.section:
        found.append(table.c.thread_id.in_(select(_threads.c.id).where(_threads.c.section == query.section)))
    if query.language:
        found.append(table.c.language == query.language)
    if query.min_score is not None:
        found.append(table.c.risk >= query.min_score)
    if query.queue in _SUSPECTED:
        found.append(table.c.suspected == _SUSPECTED[query.queue])
    return found


def has_signal(table: FromClause, *, check: str = "", category: str = "") -> ColumnElement[bool]:
    """Return the condition that a check, or some check of a category, found something that counted."""
    counted = [
        _signals.c.comment_id == table.c.id,
        _signals.c.revision == table.c.revision,
        ~_signals.c.shadow,
        _signals.c.weight != "note",
    ]
    wanted = [_signals.c.check_name == check] if check else []
    wanted += [_signals.c.category == category] if category else []
    return select(_signals.c.id).where(*counted, *wanted).exists()


def was_rejected_for(table: FromClause, reason: str) -> ColumnElement[bool]:
    """Return the condition that a moderator gave this reason for rejecting."""
    rejected = and_(_decisions.c.reason == reason, _decisions.c.new_status == Status.REJECTED.value)
    return select(_decisions.c.id).where(_decisions.c.comment_id == table.c.id, rejected).exists()


def wanted_words(query: QueueQuery) -> tuple[SearchWords | None, bool]:
    """Return the words to look for, and whether anything can be found at all."""
    words = parse_words(query.words) if query.words else None
    return words, words is not None or not query.words
