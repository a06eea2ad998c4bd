"""Notes: what moderators tell each other about a comment, and so about its author. No reader ever sees them."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, insert, select

from comments import schema
from comments.roles import Scope
from comments.status import Status
from comments.store.audit import NotThere
from comments.store.database import Database
from comments.store.scopes import within

_notes, _comments, _moderators = schema.notes, schema.comments, schema.moderators


@dataclass(frozen=True, slots=True)
class Note:
    """One note; `login` wrote it."""

    id: int
    comment_id: int
    login: str
    text: str
    made_at: datetime


class Notes:
    """Every comment's notes."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, comment_id: int, text: str, *, moderator_id: int, scope: Scope, now: datetime) -> int:
        """Keep a note. Returns its number. Raises NotThere, also for a comment whose words are gone."""
        inside = (
            select(_comments.c.id)
            .where(_comments.c.id == comment_id, within(scope, _comments.c.site_id))
            .where(_comments.c.status != Status.ERASED.value, _comments.c.words_forgotten_at.is_(None))
            # An erasure that goes on takes the note with it, or comes first.
            .with_for_update(key_share=True)
        )
        note = {"comment_id": comment_id, "moderator_id": moderator_id, "text": text, "made_at": now}
        with self._database.write() as connection:
            if connection.execute(inside).first() is None:
                raise NotThere(comment_id)
            made: int = connection.execute(insert(_notes).values(**note).returning(_notes.c.id)).scalar_one()
            return made

    def of(self, comment_id: int, *, scope: Scope) -> tuple[Note, ...]:
        """Return the notes on a comment, oldest first; none outside the scope."""
        statement = (
            select(_notes.c.id, _notes.c.comment_id, _moderators.c.login, _notes.c.text, _notes.c.made_at)
            .join(_comments, _comments.c.id == _notes.c.comment_id)
            .join(_moderators, _moderators.c.id == _notes.c.moderator_id)
            .where(_notes.c.comment_id == comment_id, within(scope, _comments.c.site_id))
            .order_by(_notes.c.id)
        )
        with self._database.read() as connection:
            return tuple(
                Note(row.id, row.comment_id, row.login, row.text, row.made_at) for row in connection.execute(statement)
            )

    def remove(self, note_id: int, *, moderator_id: int, scope: Scope) -> None:
        """Delete a note of one's own. Raises NotThere, also for somebody else's."""
        inside = select(_comments.c.id).where(within(scope, _comments.c.site_id))
        own = delete(_notes).where(
            _notes.c.id == note_id, _notes.c.moderator_id == moderator_id, _notes.c.comment_id.in_(inside)
        )
        with self._database.write() as connection:
            if connection.execute(own).rowcount == 0:
                raise NotThere(note_id)
