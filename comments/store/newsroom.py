"""The newsroom's own replies: written at the desk, published by the one door, without a reader behind them.

Such a comment has no identity and no receipt. It begins as held and is approved by who wrote it, so that undoing takes
it off the page and leaves it at the desk.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select

from comments import schema
from comments.receipt import no_receipt
from comments.roles import Scope
from comments.status import Status
from comments.store import second_pair
from comments.store.audit import MODERATOR, NotThere
from comments.store.database import Database
from comments.store.moves import Move, apply_moves
from comments.store.scopes import within

_comments, _decisions, _threads, _sites = schema.comments, schema.decisions, schema.threads, schema.sites

# What the trail says of its beginning, and the desk of why it waits when it is taken back.
WRITTEN = "It was written at the desk, in the newsroom's name."

_ANSWERED = (
    select(
        _comments.c.id,
        _comments.c.site_id,
        _comments.c.thread_id,
        _comments.c.root_id,
        _comments.c.status,
        _threads.c.is_sensitive,
        _sites.c.name.label("site_name"),
    )
    .join(_threads, _threads.c.id == _comments.c.thread_id)
    .join(_sites, _sites.c.id == _comments.c.site_id)
    .where(_comments.c.id == bindparam("answered"))
    .with_for_update(of=_comments)  # the same reply sent twice at once comes one after the other, and is one
)
_SAME = (
    select(_comments.c.id)
    .where(
        _comments.c.parent_id == bindparam("answered"),
        _comments.c.root_id == bindparam("root"),
        _comments.c.by_newsroom,
        _comments.c.text == bindparam("said"),
        _comments.c.status.in_([Status.APPROVED.value, Status.HELD.value]),
    )
    .limit(1)
)
_KEEP = insert(_comments).returning(
    _comments.c.id, _comments.c.site_id, _comments.c.status, _comments.c.revision, _comments.c.version
)


class NotPublic(Exception):  # noqa: N818 - named for what it says, as in STYLE.md
    """Raised when the comment that the newsroom would answer is not public, so that nobody would see the reply."""


class SaidBefore(Exception):  # noqa: N818 - named for what it says, as in STYLE.md
    """Raised when the newsroom has said the very same there: a form that was sent twice."""


@dataclass(frozen=True, slots=True)
class Said:
    """A reply that was kept, and the decision that published it or, in a sensitive thread, began to."""

    comment_id: int
    decision_id: int
    waits_for_second: bool


class Newsroom:
    """Where the newsroom answers its readers."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def reply(self, comment_id: int, text: str, *, moderator_id: int, scope: Scope, now: datetime) -> Said:
        """Answer a public comment in the name of its site, and record who did.

        In a sensitive thread a second moderator must agree, as with everything else. Raises NotThere, NotPublic or
        SaidBefore; nothing is kept then.
        """
        inside = _ANSWERED.where(within(scope, _comments.c.site_id))
        with self._database.write() as connection:
            answered = connection.execute(inside, {"answered": comment_id}).one_or_none()
            if answered is None:
                raise NotThere(comment_id)
            if answered.status != Status.APPROVED.value:
                raise NotPublic(comment_id)
            root = answered.root_id or answered.id
            same = connection.execute(_SAME, {"answered": answered.id, "root": root, "said": text})
            if same.first() is not None:
                raise SaidBefore(comment_id)
            kept = _keep(connection, answered, text, moderator_id, now)
            return _publish(connection, kept, moderator_id, now, needs_two=answered.is_sensitive)


def _keep(connection: Connection, answered: Any, text: str, moderator_id: int, now: datetime) -> Any:
    receipt = no_receipt()
    kept = connection.execute(
        _KEEP,
        {
            "site_id": answered.site_id,
            "thread_id": answered.thread_id,
            "parent_id": answered.id,
            "root_id": answered.root_id or answered.id,
            "revision": 1,
            "version": 1,
            "status": Status.HELD.value,
            "name": answered.site_name,
            "text": text,
            "created_at": now,
            "decided_at": now,
            "honeypot_filled": False,
            "attempts": 0,
            "receipt_nonce": receipt.nonce,
            "receipt_hash": receipt.hash,
            "by_newsroom": True,
        },
    ).one()
    beginning = {
        "comment_id": kept.id,
        "site_id": kept.site_id,
        "revision": 1,
        "old_status": None,
        "new_status": Status.HELD.value,
        # Not a decision of the moderator's: there is nothing to undo or to learn in it.
        "made_by": "system",
        "moderator_id": moderator_id,
        "explanation": json.dumps([WRITTEN]),
        "made_at": now,
    }
    connection.execute(insert(_decisions), beginning)
    return kept


def _publish(connection: Connection, kept: Any, moderator_id: int, now: datetime, *, needs_two: bool) -> Said:
    if needs_two:
        made = second_pair.approve_first(connection, [kept], moderator_id, now)
    else:
        move = Move(kept.id, Status.HELD, Status.APPROVED, MODERATOR, version=kept.version, moderator_id=moderator_id)
        made = apply_moves(connection, [move], now)
    return Said(kept.id, made[kept.id], waits_for_second=needs_two)
