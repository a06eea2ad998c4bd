"""What a comment said before it was edited, for moderators. A text is masked where it is shown, not here."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from comments import schema
from comments.roles import Scope
from comments.store.database import Database
from comments.store.scopes import within

_revisions, _comments = schema.revisions, schema.comments


@dataclass(frozen=True, slots=True)
class EarlierText:
    """One revision that is no longer the comment's. `made_at` is when it was written."""

    revision: int
    text: str
    made_at: datetime


class Earlier:
    """The earlier texts of every comment, for as long as they are kept."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def texts(self, comment_id: int, *, scope: Scope) -> tuple[EarlierText, ...]:
        """Return the earlier texts of a comment, the oldest first; none outside the scope."""
        statement = (
            select(_revisions.c.revision, _revisions.c.text, _revisions.c.made_at)
            .join(_comments, _comments.c.id == _revisions.c.comment_id)
            .where(_revisions.c.comment_id == comment_id, within(scope, _comments.c.site_id))
            .order_by(_revisions.c.revision)
        )
        with self._database.read() as connection:
            return tuple(EarlierText(row.revision, row.text, row.made_at) for row in connection.execute(statement))
