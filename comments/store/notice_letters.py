"""Notices on their way through the outbox: a letter for each approved comment whose author, or whose parent's author,
has left a sealed address. A letter holds no address and nothing of one; only the notifier takes it.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, bindparam, exists, select

from comments import schema
from comments.status import Status
from comments.store.outbox import NewLetter, put

_comments, _contacts, _identities = schema.comments, schema.contacts, schema.identities

# Asks an author to confirm the address; says that replies were published.
CONFIRMATION, REPLY = "confirmation", "reply"

_UNASKED = select(_contacts.c.comment_id).where(
    _contacts.c.comment_id.in_(bindparam("ids", expanding=True)),
    _contacts.c.confirmed_at.is_(None),
    _contacts.c.asked_at.is_(None),
)
_own, _parents = _identities.alias(), _identities.alias()
_IS_OWN = exists().where(
    _own.c.comment_id == _comments.c.id,
    _parents.c.comment_id == _comments.c.parent_id,
    _own.c.strict_key == _parents.c.strict_key,
)
_REPLIES = (
    select(_comments.c.id)
    .join(_contacts, _contacts.c.comment_id == _comments.c.parent_id)
    .where(_comments.c.id.in_(bindparam("ids", expanding=True)), ~_IS_OWN)
)


def post_notices(
    connection: Connection, records: Sequence[Mapping[str, object]], decision_ids: Sequence[int], now: datetime
) -> None:
    """Keep a letter for what has just been published, in its transaction; `records` are the rows of the decisions.

    Taken back by an undo as every letter is, and sent only if the comment is still public then.
    """
    published = {
        int(str(record["comment_id"])): (int(str(record["site_id"])), made)
        for record, made in zip(records, decision_ids, strict=True)
        if record["new_status"] == Status.APPROVED.value and record["old_status"] != Status.APPROVED.value
    }
    if not published:
        return
    ids = {"ids": sorted(published)}
    found = [(CONFIRMATION, each) for each in connection.execute(_UNASKED, ids).scalars()]
    found += [(REPLY, each) for each in connection.execute(_REPLIES, ids).scalars()]
    letters = [
        NewLetter(published[each][0], kind, {}, comment_id=each, decision_id=published[each][1]) for kind, each in found
    ]
    put(connection, letters, now)
