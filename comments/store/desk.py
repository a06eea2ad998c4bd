"""Review reads and moderators' decisions. No address and no hash is read here: an author is a pseudonym.

Everything takes the moderator's scope; what lies outside it is not there.
"""

from datetime import datetime

from sqlalchemy import select

from comments import schema
from comments.reasons import Reason
from comments.roles import Scope
from comments.status import Status
from comments.store import audit
from comments.store.audit import NotThere
from comments.store.cards import read_cards
from comments.store.database import Database
from comments.store.deciding import Wish, decide_all
from comments.store.outcomes import Outcome, OwnDecision, StaleDecision, raise_problem
from comments.store.records import Card, Decided, DecisionRecord
from comments.store.scopes import within
from comments.store.undoing import Undoing, undo_all

__all__ = ["PAGE_CARDS", "Desk", "NotThere", "Outcome", "OwnDecision", "StaleDecision"]

_comments = schema.comments

PAGE_CARDS = 25


class Desk:
    """What moderators read and decide."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def card(self, comment_id: int, *, scope: Scope, now: datetime) -> Card:
        """Return one comment as moderators see it. Raises NotThere."""
        inside = select(_comments.c.id).where(_comments.c.id == comment_id, within(scope, _comments.c.site_id))
        with self._database.read() as connection:
            cards = read_cards(connection, connection.execute(inside).scalars().all(), now)
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
        scope: Scope,
        now: datetime,
        reason: Reason | None = None,
        note: str | None = None,
    ) -> Outcome:
        """Move a comment as a moderator saw it (`version`) and record who did.

        In a sensitive thread the first of two approvals is recorded and moves nothing. Raises NotThere, ForbiddenMove,
        OwnDecision, or StaleDecision when the comment has changed since it was read.
        """
        wish = Wish(new, moderator_id, scope, now, reason=reason, note=note)
        with self._database.write() as connection:
            [item] = decide_all(connection, {comment_id: version}, wish)
        raise_problem(item)
        return Outcome(item.decision_id, waits_for_second=item.waits_for_second)

    def undo(self, decision_id: int, *, moderator_id: int, scope: Scope, now: datetime) -> DecisionRecord:
        """Move a comment back to where a moderator's decision found it, with a record of its own.

        Raises NotThere, ForbiddenMove, OwnDecision, or StaleDecision when somebody has decided or edited since.
        """
        with self._database.write() as connection:
            undone = audit.moderators_decision(connection, decision_id, scope)
            [item] = undo_all(connection, [undone], Undoing(moderator_id, scope, now))
            raise_problem(item)
            return audit.latest_decision(connection, undone.comment_id)

    def decision(self, decision_id: int, *, scope: Scope) -> DecisionRecord:
        """Return one decision that a moderator made. Raises NotThere."""
        with self._database.read() as connection:
            return audit.moderators_decision(connection, decision_id, scope)

    def decided(self, *, scope: Scope, before: int | None = None, limit: int = PAGE_CARDS) -> tuple[Decided, ...]:
        """Return what moderators decided, newest first, with the words it was about; `before` is a decision's id."""
        with self._database.read() as connection:
            return audit.moderators_decisions(connection, scope, before=before, limit=limit)

    def recent(self, *, scope: Scope, limit: int = PAGE_CARDS) -> tuple[DecisionRecord, ...]:
        """Return the moderators' latest decisions, newest first."""
        return tuple(decided.decision for decided in self.decided(scope=scope, limit=limit))

    def history(self, comment_id: int, *, scope: Scope) -> tuple[DecisionRecord, ...]:
        """Return every decision on a comment, oldest first; none for a comment outside the scope."""
        with self._database.read() as connection:
            return audit.trail(connection, comment_id, scope)
