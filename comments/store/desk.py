"""Review reads and moderators' decisions. No address and no hash is read here: an author is a pseudonym."""

from datetime import datetime

from sqlalchemy import Connection, select

from comments import schema
from comments.reasons import Reason
from comments.status import Status
from comments.store import audit
from comments.store.audit import MODERATOR, NotThere
from comments.store.cards import read_cards
from comments.store.database import Database
from comments.store.moves import Move, apply_moves
from comments.store.queues import number_of, of_site, read_page, with_status
from comments.store.records import Card, Decided, DecisionRecord, QueuePage
from comments.store.samples import judge, unjudge, waiting_ids

__all__ = ["PAGE_CARDS", "Desk", "NotThere", "StaleDecision"]

_comments = schema.comments

PAGE_CARDS = 25
# What answers the question a comment of the audit sample was drawn for; one that is held again is still to be judged.
_JUDGEMENTS = frozenset({Status.APPROVED, Status.REJECTED})


class StaleDecision(Exception):  # noqa: N818 - named for what it says, as in STYLE.md
    """Raised when the comment is no longer what the moderator saw. `latest` says who decided what, and when."""

    def __init__(self, status: Status, latest: DecisionRecord) -> None:
        super().__init__(f"the comment is {status} by now")
        self.status = status
        self.latest = latest


class Desk:
    """What moderators read and decide."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def queue(
        self,
        status: Status,
        *,
        now: datetime,
        site_key: str = "",
        newest_first: bool = False,
        after: int | None = None,
        limit: int = PAGE_CARDS,
    ) -> QueuePage:
        """Return one page of the comments with this status, oldest first, with their exact number."""
        inside = of_site(with_status(status), site_key)
        with self._database.read() as connection:
            return read_page(connection, inside, now=now, limit=limit, after=after, newest_first=newest_first)

    def sample(
        self, *, now: datetime, site_key: str = "", after: int | None = None, limit: int = PAGE_CARDS
    ) -> QueuePage:
        """Return one page of the audit sample that nobody has judged, oldest first, with the exact number."""
        with self._database.read() as connection:
            return read_page(connection, of_site(waiting_ids(), site_key), now=now, limit=limit, after=after)

    def count(self, status: Status) -> int:
        """Return how many comments have this status."""
        with self._database.read() as connection:
            return number_of(connection, with_status(status))

    def sample_count(self) -> int:
        """Return how many comments of the audit sample nobody has judged."""
        with self._database.read() as connection:
            return number_of(connection, waiting_ids())

    def card(self, comment_id: int, *, now: datetime) -> Card:
        """Return one comment as moderators see it. Raises NotThere."""
        with self._database.read() as connection:
            cards = read_cards(connection, [comment_id], now)
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
        now: datetime,
        reason: Reason | None = None,
        note: str | None = None,
    ) -> int:
        """Move a comment as a moderator saw it (`version`) and record who did. Returns the decision's id.

        Raises NotThere, ForbiddenMove, or StaleDecision when the comment has changed since it was read.
        """
        with self._database.write() as connection:
            old = _status_of(connection, comment_id)
            if old is new:
                raise _stale(connection, comment_id, old)
            move = Move(
                comment_id,
                old,
                new,
                MODERATOR,
                version=version,
                moderator_id=moderator_id,
                reason=None if reason is None else reason.value,
                note=note,
            )
            made = apply_moves(connection, [move], now)
            if comment_id not in made:
                raise _stale(connection, comment_id, old)
            if new in _JUDGEMENTS:
                judge(connection, comment_id, now)
            return made[comment_id]

    def undo(self, decision_id: int, *, moderator_id: int, now: datetime) -> DecisionRecord:
        """Move a comment back to where a moderator's decision found it, with a record of its own.

        Raises NotThere, or StaleDecision when somebody has decided since.
        """
        with self._database.write() as connection:
            undone = audit.moderators_decision(connection, decision_id)
            status = _status_of(connection, undone.comment_id)
            latest = audit.latest_decision(connection, undone.comment_id)
            if latest.id != undone.id or undone.old_status is None:
                raise StaleDecision(status, latest)
            move = Move(
                undone.comment_id,
                undone.new_status,
                undone.old_status,
                MODERATOR,
                moderator_id=moderator_id,
                undoes_id=decision_id,
            )
            made = apply_moves(connection, [move], now)
            if undone.comment_id not in made:
                raise _stale(connection, undone.comment_id, status)
            unjudge(connection, undone.comment_id, undone.made_at)
            # "Redo" rejects again without a look at the sample: what it was drawn for is answered.
            if undone.old_status is Status.REJECTED:
                judge(connection, undone.comment_id, now)
            return audit.moderators_decision(connection, made[undone.comment_id])

    def decision(self, decision_id: int) -> DecisionRecord:
        """Return one decision that a moderator made. Raises NotThere."""
        with self._database.read() as connection:
            return audit.moderators_decision(connection, decision_id)

    def decided(self, *, before: int | None = None, limit: int = PAGE_CARDS) -> tuple[Decided, ...]:
        """Return what moderators decided, newest first, with the words it was about; `before` is a decision's id."""
        with self._database.read() as connection:
            return audit.moderators_decisions(connection, before=before, limit=limit)

    def recent(self, *, limit: int = PAGE_CARDS) -> tuple[DecisionRecord, ...]:
        """Return the moderators' latest decisions, newest first."""
        return tuple(decided.decision for decided in self.decided(limit=limit))

    def history(self, comment_id: int) -> tuple[DecisionRecord, ...]:
        """Return every decision on a comment, oldest first."""
        with self._database.read() as connection:
            return audit.trail(connection, comment_id)


def _status_of(connection: Connection, comment_id: int) -> Status:
    """Return the status and lock the comment, so that whatever is read next stays true until the commit."""
    status = select(_comments.c.status).where(_comments.c.id == comment_id).with_for_update()
    found = connection.execute(status).scalar_one_or_none()
    if found is None:
        raise NotThere(comment_id)
    return Status(found)


def _stale(connection: Connection, comment_id: int, status: Status) -> StaleDecision:
    return StaleDecision(status, audit.latest_decision(connection, comment_id))
