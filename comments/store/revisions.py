"""What authors do with their own comments through their receipts: edit for a while, withdraw at any time."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, delete, select

from comments import schema
from comments.status import Status
from comments.store.audit import NotThere
from comments.store.database import Database
from comments.store.moves import Move, apply_moves
from comments.store.upsert import upsert

_comments, _edits = schema.comments, schema.edits

EDIT_MINUTES = 15

_FIND = (
    select(
        _comments.c.id,
        _comments.c.status,
        _comments.c.revision,
        _comments.c.text,
        _comments.c.created_at,
    )
    .where(_comments.c.receipt_hash == bindparam("receipt_hash"))
    .with_for_update(key_share=True)
)


class NotEditable(Exception):  # noqa: N818 - named for what it says, as in STYLE.md
    """Raised when a comment takes no new text: it was rejected (appeal instead), withdrawn or erased."""

    def __init__(self, status: Status) -> None:
        super().__init__(f"a comment that is {status} takes no new text")
        self.status = status


class TooLate(Exception):  # noqa: N818 - named for what it says, as in STYLE.md
    """Raised when the time for edits is over."""


@dataclass(frozen=True, slots=True)
class Edited:
    """What became of a new text. With `waits`, the old one stays public until the checks have spoken."""

    comment_id: int
    status: Status
    revision: int
    waits: bool


class Revisions:
    """Authors' edits and withdrawals."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def edit(self, receipt_hash: bytes, text: str, *, now: datetime) -> Edited:
        """Give a comment a new text, to be checked as the first one was; ring for the workers afterwards.

        What waits or is held takes it at once and waits for its checks; what is public keeps its old text until then.
        Safe to do twice. Raises NotThere, NotEditable, TooLate.
        """
        with self._database.write() as connection:
            row = _find(connection, receipt_hash)
            status = Status(row.status)
            if status in {Status.REJECTED, Status.ERASED}:
                raise NotEditable(status)
            if now > row.created_at + timedelta(minutes=EDIT_MINUTES):
                raise TooLate
            if status is Status.APPROVED:
                return Edited(row.id, status, row.revision, waits=_let_wait(connection, row, text, now))
            return _take(connection, row, text, now)

    def withdraw(self, receipt_hash: bytes, *, now: datetime) -> bool:
        """Erase a comment as its author asks. Returns False when it was erased before. Raises NotThere."""
        with self._database.write() as connection:
            row = _find(connection, receipt_hash)
            if row.status == Status.ERASED:
                return False
            apply_moves(connection, [Move(row.id, Status(row.status), Status.ERASED, "reader")], now)
            return True

    def waiting_text(self, comment_id: int) -> str | None:
        """Return the new text that waits for its checks while the old one is public, None when none does."""
        statement = select(_edits.c.text).where(_edits.c.comment_id == comment_id)
        with self._database.read() as connection:
            return connection.execute(statement).scalar_one_or_none()


def _find(connection: Connection, receipt_hash: bytes) -> Any:
    """Return the comment, locked. Raises NotThere."""
    row = connection.execute(_FIND, {"receipt_hash": receipt_hash}).one_or_none()
    if row is None:
        raise NotThere("no comment has this receipt")
    return row


def _let_wait(connection: Connection, row: Any, text: str, now: datetime) -> bool:
    """Keep a new text beside the public one. Returns False when it is the public one again: then nothing waits."""
    if text == row.text:
        connection.execute(delete(_edits).where(_edits.c.comment_id == row.id))
        return False
    insert = upsert(connection, _edits)
    values = {"comment_id": row.id, "text": text, "made_at": now, "attempts": 0, "lease_until": None}
    replaced = {name: insert.excluded[name] for name in values if name != "comment_id"}
    # The same words sent twice are one edit: whoever is checking them goes on.
    is_other = _edits.c.text != insert.excluded.text
    keep = insert.on_conflict_do_update(index_elements=[_edits.c.comment_id], set_=replaced, where=is_other)
    connection.execute(keep, values)
    return True


def _take(connection: Connection, row: Any, text: str, now: datetime) -> Edited:
    # An edit that was to wait beside the public text is overtaken by this one.
    connection.execute(delete(_edits).where(_edits.c.comment_id == row.id))
    if text == row.text:
        return Edited(row.id, Status(row.status), row.revision, waits=False)
    move = Move(row.id, Status(row.status), Status.PENDING, "reader", revision=row.revision, text=text)
    apply_moves(connection, [move], now)
    return Edited(row.id, Status.PENDING, row.revision + 1, waits=False)
