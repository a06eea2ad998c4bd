"""The audit trail, read: who decided what, when and why. It outlives the comments it is about."""

import json
from collections.abc import Collection
from typing import Any

from sqlalchemy import Connection, func, select

from comments import schema
from comments.roles import Scope
from comments.status import Status
from comments.store.records import Decided, DecisionRecord
from comments.store.scopes import within

_comments, _decisions = schema.comments, schema.decisions

MODERATOR = "moderator"
# Who decides by itself, and so has to say why in sentences.
_MACHINES = ("policy", "system", "import")


class NotThere(Exception):  # noqa: N818 - named for what it says, as in STYLE.md
    """Raised when there is no such comment or decision."""


_COLUMNS = (
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
    _decisions.c.revision,
    _decisions.c.batch_id,
)
_DECISIONS = select(*_COLUMNS).outerjoin(schema.moderators, schema.moderators.c.id == _decisions.c.moderator_id)
_later = _decisions.alias("later")
_LATEST_ID = (
    select(func.max(_later.c.id)).where(_later.c.comment_id == _decisions.c.comment_id).correlate(_decisions)
).scalar_subquery()
# Outer joins: an erased comment leaves its decisions behind.
_DECIDED = (
    select(
        *_COLUMNS,
        _LATEST_ID.label("latest_id"),
        _comments.c.name.label("author_name"),
        _comments.c.text,
        schema.threads.c.title,
        schema.sites.c.name.label("site_name"),
    )
    .outerjoin(schema.moderators, schema.moderators.c.id == _decisions.c.moderator_id)
    .join(schema.sites, schema.sites.c.id == _decisions.c.site_id)
    .outerjoin(_comments, _comments.c.id == _decisions.c.comment_id)
    .outerjoin(schema.threads, schema.threads.c.id == _comments.c.thread_id)
    .where(_decisions.c.made_by == MODERATOR)
    .order_by(_decisions.c.id.desc())
)


def moderators_decision(connection: Connection, decision_id: int, scope: Scope) -> DecisionRecord:
    """Return one decision that a moderator made. Raises NotThere, also for one outside the scope."""
    found = _DECISIONS.where(_decisions.c.id == decision_id, within(scope, _decisions.c.site_id))
    row = connection.execute(found).one_or_none()
    if row is None or row.made_by != MODERATOR:
        raise NotThere(decision_id)
    return _record(row)


def decision_by_id(connection: Connection, decision_id: int) -> DecisionRecord:
    """Return one decision, whoever made it, by a number that the store itself kept."""
    return _record(connection.execute(_DECISIONS.where(_decisions.c.id == decision_id)).one())


def latest_decision(connection: Connection, comment_id: int) -> DecisionRecord:
    """Return the last decision on a comment; every comment has one from the moment it was kept."""
    latest = _DECISIONS.where(_decisions.c.comment_id == comment_id).order_by(_decisions.c.id.desc()).limit(1)
    return _record(connection.execute(latest).one())


def latest_decisions(connection: Connection, comment_ids: Collection[int]) -> dict[int, DecisionRecord]:
    """Return the last decision on each of these comments."""
    if not comment_ids:
        return {}
    last = select(func.max(_later.c.id)).where(_later.c.comment_id.in_(sorted(comment_ids)))
    found = connection.execute(_DECISIONS.where(_decisions.c.id.in_(last.group_by(_later.c.comment_id))))
    return {row.comment_id: _record(row) for row in found}


def decisions_of_batch(connection: Connection, batch_id: int, scope: Scope) -> tuple[DecisionRecord, ...]:
    """Return what moderators decided in one step, by the number of the comment; none for a batch there is not."""
    of_batch = _DECISIONS.where(_decisions.c.batch_id == batch_id, within(scope, _decisions.c.site_id))
    return tuple(_record(row) for row in connection.execute(of_batch.order_by(_decisions.c.comment_id)))


def explanations(connection: Connection, comment_ids: Collection[int]) -> dict[int, tuple[str, ...]]:
    """Return why the policy last decided as it did on each of these, whatever a moderator has done since."""
    of_machines = _later.c.comment_id.in_(sorted(comment_ids)), _later.c.made_by.in_(_MACHINES)
    last = select(func.max(_later.c.id)).where(*of_machines).group_by(_later.c.comment_id)
    found = select(_decisions.c.comment_id, _decisions.c.explanation).where(_decisions.c.id.in_(last))
    return {row.comment_id: tuple(json.loads(row.explanation)) for row in connection.execute(found)}


def moderators_decisions(
    connection: Connection, scope: Scope, *, before: int | None, limit: int
) -> tuple[Decided, ...]:
    """Return what moderators decided, newest first, with the words it was about."""
    statement = _DECIDED.where(within(scope, _decisions.c.site_id))
    if before is not None:
        statement = statement.where(_decisions.c.id < before)
    return tuple(_decided(row) for row in connection.execute(statement.limit(limit)))


def decided_of(connection: Connection, decision_ids: Collection[int]) -> tuple[Decided, ...]:
    """Return these moderators' decisions, newest first, with the words they were about."""
    if not decision_ids:
        return ()
    return tuple(_decided(row) for row in connection.execute(_DECIDED.where(_decisions.c.id.in_(sorted(decision_ids)))))


def trail(connection: Connection, comment_id: int, scope: Scope) -> tuple[DecisionRecord, ...]:
    """Return every decision on a comment, oldest first; none outside the scope."""
    of_comment = _DECISIONS.where(_decisions.c.comment_id == comment_id, within(scope, _decisions.c.site_id))
    found = connection.execute(of_comment.order_by(_decisions.c.id))
    return tuple(_record(row) for row in found)


def _decided(row: Any) -> Decided:
    return Decided(
        decision=_record(row),
        site_name=row.site_name,
        thread_title=row.title or "",
        name=row.author_name or "",
        text=row.text or "",
        is_latest=row.latest_id == row.id,
    )


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
        revision=row.revision,
        batch_id=row.batch_id,
    )
