"""The one door for every change of status: the move and its audit row, in one transaction."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from sqlalchemy import Connection, Update, bindparam, insert, select, update

from comments import metrics, schema
from comments.findings import Findings
from comments.status import Status, require_move
from comments.store.announcing import announce
from comments.store.corrections import post_corrections
from comments.store.database import after_commit
from comments.store.devices import revoke_devices
from comments.store.erasure import erase
from comments.store.notice_letters import post_notices
from comments.store.texts import take_texts

_comments = schema.comments
_decisions = schema.decisions

_LOCK = (
    select(
        _comments.c.id,
        _comments.c.site_id,
        _comments.c.thread_id,
        _comments.c.status,
        _comments.c.revision,
        _comments.c.version,
        _comments.c.by_newsroom,
        _comments.c.words_forgotten_at,
    )
    .where(_comments.c.id.in_(bindparam("ids", expanding=True)))
    .order_by(_comments.c.id)  # always the same order, so two batches never wait for each other in a circle
    .with_for_update(key_share=True)  # nobody removes a comment, so what only refers to one need not wait
)
_RECORD = insert(_decisions).returning(_decisions.c.id, sort_by_parameter_order=True)
_MOVE = (
    update(_comments)
    .where(_comments.c.id == bindparam("move_id"))
    .values(
        status=bindparam("new_status"),
        version=_comments.c.version + 1,
        decided_at=bindparam("decided"),
        approval_id=bindparam("approval"),
        lease_until=None,
    )
)
_MOVE_AND_DESCRIBE = _MOVE.values(
    suspected=bindparam("suspected_of"),
    risk=bindparam("how_risky"),
    language=bindparam("written_in"),
    found=bindparam("found_words"),
)
_LOCK_THREADS = (
    select(schema.threads.c.id)
    .where(schema.threads.c.id.in_(bindparam("ids", expanding=True)))
    .order_by(schema.threads.c.id)
    .with_for_update(key_share=True)
)
_TOUCH_THREADS = (
    update(schema.threads)
    .where(schema.threads.c.id.in_(bindparam("ids", expanding=True)))
    .values(version=schema.threads.c.version + 1)
)


@dataclass(frozen=True, slots=True)
class Move:
    """A wish to move one comment. It holds only while the comment has this status and this revision or version.

    With a `text`, the comment takes it in the same step: what is decided is the new revision. With `findings` and what
    was `found`, it is described anew.
    """

    comment_id: int
    old: Status
    new: Status
    made_by: str
    revision: int | None = None
    version: int | None = None
    moderator_id: int | None = None
    reason: str | None = None
    note: str | None = None
    explanation: Sequence[str] = field(default_factory=tuple)
    policy_version: str | None = None
    undoes_id: int | None = None
    batch_id: int | None = None
    text: str | None = None
    findings: Findings | None = None
    found: str = ""

    @property
    def is_edit(self) -> bool:
        """Say whether the comment takes a new text, which makes a new revision of it."""
        return self.text is not None


def apply_moves(connection: Connection, moves: Sequence[Move], now: datetime) -> dict[int, int]:
    """Apply the moves that still hold and record each. There is at most one for a comment.

    Returns {comment id: decision id}; a comment that has moved on meanwhile is left out and left alone. What becomes
    erased loses its words and all that is known of its author here, whoever moves it.
    Raises ForbiddenMove when a move is not allowed at all.
    """
    if not moves:
        return {}
    for move in moves:
        require_move(move.old, move.new, is_edit=move.is_edit)
    rows = {row.id: row for row in connection.execute(_LOCK, {"ids": [move.comment_id for move in moves]})}
    standing = [move for move in moves if (row := rows.get(move.comment_id)) is not None and _holds(move, row)]
    if not standing:
        return {}
    records = [_record(move, rows[move.comment_id], now) for move in standing]
    ids = [row.id for row in connection.execute(_RECORD, records)]
    # The newsroom's own words are no lesson in what readers' spam looks like.
    of_readers = [
        (record, made) for record, made in zip(records, ids, strict=True) if not rows[record["comment_id"]].by_newsroom
    ]
    post_corrections(connection, [record for record, _ in of_readers], [made for _, made in of_readers], now)
    post_notices(connection, records, ids, now)
    take_texts(connection, {move.comment_id: move.text for move in standing if move.text is not None}, now)
    washed = [move.comment_id for move in standing if (move.old, move.new) == (Status.REJECTED, Status.ERASED)]
    revoke_devices(connection, washed, now)
    erase(connection, [move.comment_id for move in standing if move.new is Status.ERASED])
    changes = [(move, _change(move, made, now)) for move, made in zip(standing, ids, strict=True)]
    _write(connection, _MOVE, [change for move, change in changes if move.findings is None])
    described = [change | _description(move.findings, move.found) for move, change in changes if move.findings]
    _write(connection, _MOVE_AND_DESCRIBE, described)
    touched = {rows[m.comment_id].thread_id for m in standing if Status.APPROVED in (m.old, m.new)}
    if touched:
        connection.execute(_LOCK_THREADS, {"ids": sorted(touched)})
        connection.execute(_TOUCH_THREADS, {"ids": sorted(touched)})
    announce(connection, records, ids, now)
    after_commit(connection, partial(_count, standing))
    return {move.comment_id: made for move, made in zip(standing, ids, strict=True)}


def _count(made: Sequence[Move]) -> None:
    for move in made:
        metrics.count_decision(move.new, move.made_by)


def _write(connection: Connection, statement: Update, rows: list[dict[str, object]]) -> None:
    if rows:
        connection.execute(statement, rows)


def _description(findings: Findings, found: str) -> dict[str, object]:
    return {
        "suspected_of": findings.suspected,
        "how_risky": findings.risk,
        "written_in": findings.language,
        "found_words": found,
    }


def _holds(move: Move, row: object) -> bool:
    return (
        getattr(row, "status", None) == move.old
        # Nobody can decide on words that are gone.
        and (move.new is Status.ERASED or getattr(row, "words_forgotten_at", None) is None)
        and move.revision in (None, getattr(row, "revision", None))
        and move.version in (None, getattr(row, "version", None))
    )


def _record(move: Move, row: object, now: datetime) -> dict[str, object]:
    return {
        "comment_id": move.comment_id,
        "site_id": getattr(row, "site_id"),  # noqa: B009 - a row's columns are not known to the type checker
        "revision": getattr(row, "revision") + move.is_edit,  # noqa: B009 - as above
        "old_status": move.old.value,
        "new_status": move.new.value,
        "made_by": move.made_by,
        "moderator_id": move.moderator_id,
        "reason": move.reason,
        "note": move.note,
        "explanation": json.dumps(list(move.explanation), ensure_ascii=False),
        "policy_version": move.policy_version,
        "undoes_id": move.undoes_id,
        "batch_id": move.batch_id,
        "made_at": now,
    }


def _change(move: Move, decision_id: int, now: datetime) -> dict[str, object]:
    return {
        "move_id": move.comment_id,
        "new_status": move.new.value,
        "decided": None if move.new is Status.PENDING else now,
        "approval": decision_id if move.new is Status.APPROVED else None,
    }
