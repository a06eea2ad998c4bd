"""New texts: a comment takes one, and what it said before is kept so that old decisions can be read beside it."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, func, insert, literal, select, update

from comments import schema

_comments, _revisions, _fingerprints = schema.comments, schema.revisions, schema.fingerprints

_KEEP_OLD = insert(_revisions).from_select(
    ["comment_id", "revision", "text", "made_at"],
    select(
        _comments.c.id,
        _comments.c.revision,
        _comments.c.text,
        func.coalesce(_comments.c.edited_at, _comments.c.created_at),
    ).where(_comments.c.id.in_(bindparam("ids", expanding=True))),
)
_FORGET_FINGERPRINTS = delete(_fingerprints).where(_fingerprints.c.comment_id.in_(bindparam("ids", expanding=True)))
# Whatever was found out about the old text says nothing of the new one.
_TAKE = (
    update(_comments)
    .where(_comments.c.id == bindparam("edited"))
    .values(
        text=bindparam("new_text"),
        revision=_comments.c.revision + 1,
        edited_at=bindparam("at"),
        attempts=0,
        cluster_id=None,
        suspected="",
        risk=literal(0.0),
        language="",
        found="",
    )
)


def take_texts(connection: Connection, texts: Mapping[int, str], now: datetime) -> None:
    """Give comments, locked by the caller, their new texts: {comment id: text}. Each is a new revision."""
    if not texts:
        return
    ids = sorted(texts)
    connection.execute(_KEEP_OLD, {"ids": ids})
    connection.execute(_FORGET_FINGERPRINTS, {"ids": ids})
    connection.execute(_TAKE, [{"edited": each, "new_text": texts[each], "at": now} for each in ids])
