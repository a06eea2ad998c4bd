"""The overview's hardest questions: how long held comments waited, and which checks had asked in vain."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, func, literal_column, select

from comments import schema
from comments.signal import Weight
from comments.status import Status
from comments.store.overview_records import CheckFate, Waits

_comments, _decisions, _signals = schema.comments, schema.decisions, schema.signals
_BY_MODERATOR = _decisions.c.made_by == literal_column("'moderator'")  # as in the partial index
_COUNTED = (Weight.SOFT.value, Weight.HOLD.value, Weight.REJECT.value)
# Of more decisions than this the latest are looked at: enough for a share to a percent or two, quick on any site.
MOST_LOOKED_AT = 2_000


def in_period(sites: Sequence[int], since: datetime) -> ColumnElement[bool]:
    return and_(_decisions.c.site_id.in_(sites), _decisions.c.made_at >= since)


def holds_of(sites: Sequence[int], since: datetime) -> Select[Any]:
    """Return the statement of the policy's latest holds."""
    return (
        select(_decisions.c.comment_id, _decisions.c.revision)
        .where(
            in_period(sites, since),
            _decisions.c.made_by == "policy",
            _decisions.c.new_status == literal_column("'held'"),
        )
        .order_by(_decisions.c.made_at.desc())
        .limit(MOST_LOOKED_AT)
    )


def decided_of(sites: Sequence[int], since: datetime) -> Select[Any]:
    """Return the statement of moderators' latest last words on held comments, with when each had been held."""
    later, holding = _decisions.alias("later"), _decisions.alias("holding")
    last_word = (
        select(func.max(later.c.id))
        .where(later.c.comment_id == _decisions.c.comment_id, later.c.made_by == literal_column("'moderator'"))
        .correlate(_decisions)
        .scalar_subquery()
    )
    held_at = (
        select(func.max(holding.c.made_at))
        .where(
            holding.c.comment_id == _decisions.c.comment_id,
            holding.c.id < _decisions.c.id,
            holding.c.new_status == Status.HELD.value,
            holding.c.made_by != "moderator",
        )
        .correlate(_decisions)
        .scalar_subquery()
    )
    return (
        select(
            _decisions.c.comment_id,
            _decisions.c.revision,
            _decisions.c.new_status,
            _decisions.c.made_at,
            held_at.label("held_at"),
        )
        # The newsroom's own replies waited for nobody.
        .join(_comments, and_(_comments.c.id == _decisions.c.comment_id, ~_comments.c.by_newsroom))
        .where(
            in_period(sites, since),
            _BY_MODERATOR,
            _decisions.c.old_status == Status.HELD.value,
            _decisions.c.new_status.in_([Status.APPROVED.value, Status.REJECTED.value]),
            _decisions.c.id == last_word,
        )
        .order_by(_decisions.c.id.desc())
        .limit(MOST_LOOKED_AT)
    )


def waits_of(decided: Sequence[Any]) -> Waits | None:
    waits = sorted(row.made_at - row.held_at for row in decided if row.held_at is not None)
    if not waits:
        return None
    return Waits(len(waits), waits[len(waits) // 2], waits[min(len(waits) * 9 // 10, len(waits) - 1)])


def fates_of(connection: Connection, holds: Sequence[Any], decided: Sequence[Any]) -> tuple[CheckFate, ...]:
    checks = _checks(connection, {(row.comment_id, row.revision) for row in (*holds, *decided)})
    held = Counter(name for row in holds for name in checks.get((row.comment_id, row.revision), ()))
    judged = Counter(name for row in decided for name in checks.get((row.comment_id, row.revision), ()))
    overturned = Counter(
        name
        for row in decided
        if row.new_status == Status.APPROVED.value
        for name in checks.get((row.comment_id, row.revision), ())
    )
    names = sorted({*held, *judged}, key=lambda name: (-held[name], -judged[name], name))
    return tuple(CheckFate(name, held[name], judged[name], overturned[name]) for name in names)


def _checks(connection: Connection, revisions: set[tuple[int, int]]) -> dict[tuple[int, int], set[str]]:
    """Return which checks found something that counted, for each revision of a comment."""
    statement = (
        select(_signals.c.comment_id, _signals.c.revision, _signals.c.check_name)
        .where(
            _signals.c.comment_id.in_([comment_id for comment_id, _ in revisions]),
            _signals.c.shadow.is_(False),
            _signals.c.weight.in_(_COUNTED),
        )
        .distinct()
    )
    found: dict[tuple[int, int], set[str]] = {}
    for row in connection.execute(statement):
        found.setdefault((row.comment_id, row.revision), set()).add(row.check_name)
    return found
