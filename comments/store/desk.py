"""Review reads and moderators' decisions. No address and no hash is read here: an author is a pseudonym."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, bindparam, func, select

from comments import schema
from comments.reasons import Reason
from comments.signal import Category, Field, Signal, Span, Weight
from comments.status import Status
from comments.store.database import Database
from comments.store.moves import Move, apply_moves
from comments.store.pending import author_history
from comments.store.records import Card, DecisionRecord, PublicComment, QueuePage

_comments, _identities, _decisions = schema.comments, schema.identities, schema.decisions

PAGE_CARDS = 25
MODERATOR = "moderator"


class NotThere(Exception):  # noqa: N818 - named for what it says, as in STYLE.md
    """Raised when there is no such comment or decision."""


class StaleDecision(Exception):  # noqa: N818 - named for what it says, as in STYLE.md
    """Raised when the comment is no longer what the moderator saw. `latest` says who decided what, and when."""

    def __init__(self, status: Status, latest: DecisionRecord) -> None:
        super().__init__(f"the comment is {status} by now")
        self.status = status
        self.latest = latest


class Desk:
    """What moderators read and decide."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def queue(
        self, status: Status, *, now: datetime, site_key: str = "", after: int | None = None, limit: int = PAGE_CARDS
    ) -> QueuePage:
        """Return one page of the comments with this status, oldest first, with their exact number."""
        with self._database.read() as connection:
            inside = _in_queue(status, site_key)
            total = connection.execute(select(func.count()).select_from(inside.subquery())).scalar_one()
            oldest = select(func.min(_comments.c.created_at)).where(_comments.c.id.in_(inside))
            page = inside.where(_comments.c.id > (after or 0)).order_by(_comments.c.id).limit(limit + 1)
            ids = connection.execute(page).scalars().all()
            return QueuePage(
                total=total,
                oldest_at=connection.execute(oldest).scalar_one() if total else None,
                cards=_cards(connection, ids[:limit], now),
                next_after=ids[limit - 1] if len(ids) > limit else None,
            )

    def count(self, status: Status) -> int:
        """Return how many comments have this status."""
        with self._database.read() as connection:
            return connection.execute(select(func.count()).select_from(_in_queue(status, "").subquery())).scalar_one()

    def card(self, comment_id: int, *, now: datetime) -> Card:
        """Return one comment as moderators see it. Raises NotThere."""
        with self._database.read() as connection:
            cards = _cards(connection, [comment_id], now)
        if not cards:
            raise NotThere(comment_id)
        return cards[0]

    def decide(
        self,
        comment_id: int,
        new: Status,
        *,
        version: int,
        moderator_id: int,
        now: datetime,
        reason: Reason | None = None,
        note: str | None = None,
    ) -> int:
        """Move a comment as a moderator saw it (`version`) and record who did. Returns the decision's id.

        Raises NotThere, ForbiddenMove, or StaleDecision when the comment has changed since it was read.
        """
        with self._database.write() as connection:
            old = _status_of(connection, comment_id)
            if old is new:
                raise _stale(connection, comment_id, old)
            move = Move(
                comment_id,
                old,
                new,
                MODERATOR,
                version=version,
                moderator_id=moderator_id,
                reason=None if reason is None else reason.value,
                note=note,
            )
            made = apply_moves(connection, [move], now)
            if comment_id not in made:
                raise _stale(connection, comment_id, old)
            return made[comment_id]

    def undo(self, decision_id: int, *, moderator_id: int, now: datetime) -> DecisionRecord:
        """Move a comment back to where a moderator's decision found it, with a record of its own.

        Raises NotThere, or StaleDecision when somebody has decided since.
        """
        with self._database.write() as connection:
            undone = _decision(connection, decision_id)
            latest = _latest(connection, undone.comment_id)
            status = _status_of(connection, undone.comment_id)
            if latest.id != undone.id or undone.old_status is None:
                raise StaleDecision(status, latest)
            move = Move(
                undone.comment_id,
                undone.new_status,
                undone.old_status,
                MODERATOR,
                moderator_id=moderator_id,
                undoes_id=decision_id,
            )
            made = apply_moves(connection, [move], now)
            if undone.comment_id not in made:
                raise _stale(connection, undone.comment_id, status)
            return _decision(connection, made[undone.comment_id])

    def recent(self, *, limit: int = PAGE_CARDS) -> tuple[DecisionRecord, ...]:
        """Return the moderators' latest decisions, newest first."""
        with self._database.read() as connection:
            found = connection.execute(
                _DECISIONS.where(_decisions.c.made_by == MODERATOR).order_by(_decisions.c.id.desc()).limit(limit)
            )
            return tuple(_record(row) for row in found)

    def history(self, comment_id: int) -> tuple[DecisionRecord, ...]:
        """Return every decision on a comment, oldest first."""
        with self._database.read() as connection:
            found = connection.execute(
                _DECISIONS.where(_decisions.c.comment_id == comment_id).order_by(_decisions.c.id)
            )
            return tuple(_record(row) for row in found)


_DECISIONS = select(
    _decisions.c.id,
    _decisions.c.comment_id,
    _decisions.c.old_status,
    _decisions.c.new_status,
    _decisions.c.made_by,
    schema.moderators.c.login,
    _decisions.c.reason,
    _decisions.c.note,
    _decisions.c.explanation,
    _decisions.c.made_at,
    _decisions.c.undoes_id,
).outerjoin(schema.moderators, schema.moderators.c.id == _decisions.c.moderator_id)

_CARDS = (
    select(
        _comments.c.id.label("comment_id"),
        _comments.c.version,
        schema.sites.c.id.label("site_id"),
        schema.sites.c.key.label("site_key"),
        schema.sites.c.name.label("site_name"),
        schema.threads.c.title,
        schema.threads.c.url,
        _comments.c.name.label("author_name"),
        _comments.c.text,
        _comments.c.status,
        _comments.c.revision,
        _comments.c.created_at,
        _comments.c.parent_id,
    )
    .join(schema.sites, schema.sites.c.id == _comments.c.site_id)
    .join(schema.threads, schema.threads.c.id == _comments.c.thread_id)
    .where(_comments.c.id.in_(bindparam("ids", expanding=True)))
    .order_by(_comments.c.id)
)
_SIGNALS = (
    select(schema.signals)
    .where(schema.signals.c.comment_id.in_(bindparam("ids", expanding=True)))
    .order_by(schema.signals.c.id)
)
_PARENTS = select(
    _comments.c.id, _comments.c.parent_id, _comments.c.name, _comments.c.text, _comments.c.created_at
).where(_comments.c.id.in_(bindparam("ids", expanding=True)), _comments.c.status == Status.APPROVED.value)
_LOOSE_KEY = select(_identities.c.loose_key).where(_identities.c.comment_id == bindparam("comment_id"))
_FIRST_BY = select(func.min(_identities.c.comment_id)).where(
    _identities.c.site_id == bindparam("site_id"), _identities.c.loose_key == bindparam("loose_key")
)


def _in_queue(status: Status, site_key: str) -> Select[int]:
    statement = select(_comments.c.id).where(_comments.c.status == status.value)
    if site_key:
        site_id = select(schema.sites.c.id).where(schema.sites.c.key == site_key).scalar_subquery()
        statement = statement.where(_comments.c.site_id == site_id)
    return statement


def _cards(connection: Connection, ids: Sequence[int], now: datetime) -> tuple[Card, ...]:
    if not ids:
        return ()
    rows = connection.execute(_CARDS, {"ids": list(ids)}).all()
    signals = connection.execute(_SIGNALS, {"ids": list(ids)}).all()
    parents = _parents(connection, [row.parent_id for row in rows if row.parent_id is not None])
    return tuple(_card(connection, row, signals, parents, now) for row in rows)


def _parents(connection: Connection, ids: list[int]) -> dict[int, PublicComment]:
    if not ids:
        return {}
    found = connection.execute(_PARENTS, {"ids": ids})
    return {row.id: PublicComment(row.id, row.parent_id, row.name, row.text, row.created_at) for row in found}


def _card(
    connection: Connection, row: Any, signals: Sequence[Any], parents: dict[int, PublicComment], now: datetime
) -> Card:
    loose = connection.execute(_LOOSE_KEY, {"comment_id": row.comment_id}).scalar_one_or_none()
    return Card(
        id=row.comment_id,
        version=row.version,
        site_key=row.site_key,
        site_name=row.site_name,
        thread_title=row.title,
        thread_url=row.url,
        name=row.author_name,
        text=row.text,
        status=Status(row.status),
        created_at=row.created_at,
        pseudonym=_pseudonym(connection, row.site_id, loose, row.comment_id),
        author=author_history(connection, row.site_id, loose, row.comment_id, now),
        parent=parents.get(row.parent_id),
        signals=tuple(
            _signal(found) for found in signals if found.comment_id == row.comment_id and found.revision == row.revision
        ),
        last_decision=_latest(connection, row.comment_id),
    )


def _pseudonym(connection: Connection, site_id: int, loose_key: bytes | None, comment_id: int) -> str:
    """Name an author by the number of their first comment here: the same for the same author, and nothing of them."""
    first = comment_id
    if loose_key is not None:
        values = {"site_id": site_id, "loose_key": loose_key}
        first = connection.execute(_FIRST_BY, values).scalar_one() or comment_id
    return f"Reader {first:04X}"


def _signal(row: Any) -> Signal:
    return Signal(
        check=row.check_name,
        version=row.check_version,
        category=Category(row.category),
        score=row.score,
        weight=Weight(row.weight),
        detail=row.detail,
        spans=tuple(Span(start, end, Field(field), shown) for start, end, field, shown in json.loads(row.spans)),
        microseconds=row.microseconds,
        shadow=row.shadow,
    )


def _status_of(connection: Connection, comment_id: int) -> Status:
    found = connection.execute(select(_comments.c.status).where(_comments.c.id == comment_id)).scalar_one_or_none()
    if found is None:
        raise NotThere(comment_id)
    return Status(found)


def _decision(connection: Connection, decision_id: int) -> DecisionRecord:
    row = connection.execute(_DECISIONS.where(_decisions.c.id == decision_id)).one_or_none()
    if row is None or row.made_by != MODERATOR:
        raise NotThere(decision_id)
    return _record(row)


def _latest(connection: Connection, comment_id: int) -> DecisionRecord:
    latest = _DECISIONS.where(_decisions.c.comment_id == comment_id).order_by(_decisions.c.id.desc()).limit(1)
    return _record(connection.execute(latest).one())


def _stale(connection: Connection, comment_id: int, status: Status) -> StaleDecision:
    return StaleDecision(status, _latest(connection, comment_id))


def _record(row: Any) -> DecisionRecord:
    return DecisionRecord(
        id=row.id,
        comment_id=row.comment_id,
        old_status=None if row.old_status is None else Status(row.old_status),
        new_status=Status(row.new_status),
        made_by=row.made_by,
        moderator=row.login,
        reason=row.reason,
        note=row.note,
        explanation=tuple(json.loads(row.explanation)),
        made_at=row.made_at,
        undoes_id=row.undoes_id,
    )
