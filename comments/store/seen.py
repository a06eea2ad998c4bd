"""Looks, written: decisions of the audit trail that leave the comment as it was."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert

from comments import schema
from comments.looks import TAKEN_BACK, Look

_decisions = schema.decisions
_RECORD = insert(_decisions).returning(_decisions.c.id, sort_by_parameter_order=True)


def record_looks(
    connection: Connection,
    rows: Sequence[Any],
    look: Look,
    *,
    moderator_id: int,
    now: datetime,
    reason: str | None = None,
    note: str | None = None,
    batch_id: int | None = None,
    undoes: Mapping[int, int] | None = None,
    is_taken_back: bool = False,
) -> dict[int, int]:
    """Record that a moderator looked at each comment. Returns {comment id: decision id}.

    `undoes` names, by comment, the decision that this one takes back or makes again.
    """
    if not rows:
        return {}
    values = [
        {
            "comment_id": row.id,
            "site_id": row.site_id,
            "revision": row.revision,
            "old_status": row.status,
            "new_status": row.status,
            "made_by": "moderator",
            "moderator_id": moderator_id,
            "reason": reason,
            "note": note,
            "explanation": json.dumps([look.value, TAKEN_BACK] if is_taken_back else [look.value]),
            "undoes_id": (undoes or {}).get(row.id),
            "batch_id": batch_id,
            "made_at": now,
        }
        for row in rows
    ]
    ids = [made.id for made in connection.execute(_RECORD, values)]
    return {row.id: made for row, made in zip(rows, ids, strict=True)}
