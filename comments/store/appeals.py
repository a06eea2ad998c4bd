"""Appeals: an author's answer to a rejection, and the answer to it by somebody else than who rejected."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, insert, select

from comments import schema
from comments.looks import Look
from comments.reasons import Reason
from comments.roles import EVERY_SITE, Scope
from comments.status import Status
from comments.store import appeals_answered
from comments.store.audit import NotThere, decision_by_id, latest_decisions
from comments.store.database import Database
from comments.store.deciding import Wish, decide_all, lock
from comments.store.outcomes import Item, Outcome, Problem, raise_problem
from comments.store.records import DecisionRecord
from comments.store.seen import record_looks

_appeals, _decisions = schema.appeals, schema.decisions

APPEAL_DAYS = 30

# An undone undoing rejects again: the appeal is against the decision that rejected first.
_REJECTION = (
    select(
        _decisions.c.id,
        _decisions.c.made_at,
        _appeals.c.id.label("appeal_id"),
        _appeals.c.text,
        _appeals.c.made_at.label("appealed_at"),
        _appeals.c.answer_id,
    )
    .outerjoin(_appeals, _appeals.c.decision_id == _decisions.c.id)
    .where(
        _decisions.c.comment_id == bindparam("comment_id"),
        _decisions.c.new_status == Status.REJECTED.value,
        _decisions.c.old_status != Status.REJECTED.value,
        _decisions.c.undoes_id.is_(None),
    )
    .order_by(_decisions.c.id.desc())
    .limit(1)
)


class NotAppealable(Exception):  # noqa: N818 - named for what it says, as in STYLE.md
    """Raised when the comment is not rejected, was rejected too long ago, or its words are not kept any more."""


class AlreadyAppealed(NotAppealable):
    """Raised when the author has answered this rejection before."""


@dataclass(frozen=True, slots=True)
class AuthorsAppeal:
    """What an author answered to a rejection, and the decision that answered them; None while they wait."""

    text: str
    made_at: datetime
    answer: DecisionRecord | None


class Appeals:
    """Every author's appeals."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def open(self, comment_id: int, text: str, now: datetime) -> None:
        """Keep an author's answer to the rejection of their comment; it waits for a moderator.

        The caller has seen their receipt. Raises NotThere, NotAppealable, AlreadyAppealed.
        """
        with self._database.write() as connection:
            rejection_id = _appealable(connection, comment_id, now)
            appeal = {"comment_id": comment_id, "decision_id": rejection_id, "text": text, "made_at": now}
            connection.execute(insert(_appeals).values(**appeal))

    def may_open(self, comment_id: int, now: datetime) -> bool:
        """Say whether the author may appeal now."""
        with self._database.read() as connection:
            try:
                _appealable(connection, comment_id, now)
            except (NotThere, NotAppealable):
                return False
            return True

    def of(self, comment_id: int) -> AuthorsAppeal | None:
        """Return the appeal against a comment's last rejection with its answer, for its author; None without one.

        One against an earlier rejection says nothing of this one, which can be appealed anew.
        """
        with self._database.read() as connection:
            row = connection.execute(_REJECTION, {"comment_id": comment_id}).one_or_none()
            if row is None or row.appeal_id is None:
                return None
            answer = None if row.answer_id is None else decision_by_id(connection, row.answer_id)
            return AuthorsAppeal(row.text, row.appealed_at, answer)

    def answer(
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
        """Answer the appeal that waits: `new` is rejected to uphold the rejection, approved or held to take it back.

        Raises NotThere, ForbiddenMove, OwnDecision when this moderator rejected, or StaleDecision, also when no appeal
        waits any more.
        """
        wish = Wish(new, moderator_id, scope, now, reason=reason, note=note)
        with self._database.write() as connection:
            item = _answer(connection, comment_id, version, wish)
        raise_problem(item)
        return Outcome(item.decision_id, waits_for_second=item.waits_for_second)


def _appealable(connection: Connection, comment_id: int, now: datetime) -> int:
    """Return the decision that rejected a comment, with the comment locked."""
    row = lock(connection, [comment_id], EVERY_SITE).get(comment_id)
    if row is None:
        raise NotThere(comment_id)
    rejection = connection.execute(_REJECTION, {"comment_id": comment_id}).one_or_none()
    if row.status != Status.REJECTED or row.words_forgotten_at is not None:
        raise NotAppealable
    if rejection is None or rejection.made_at < now - timedelta(days=APPEAL_DAYS):
        raise NotAppealable
    if rejection.appeal_id is not None:
        raise AlreadyAppealed
    return int(rejection.id)


def _answer(connection: Connection, comment_id: int, version: int, wish: Wish) -> Item:
    row = lock(connection, [comment_id], wish.scope).get(comment_id)
    if row is None:
        return Item(comment_id, problem=Problem.NOT_THERE)
    latest = latest_decisions(connection, [comment_id])[comment_id]
    is_waiting = bool(appeals_answered.waiting(connection, [comment_id]))
    if row.status != Status.REJECTED or row.version != version or not is_waiting:
        return Item(comment_id, problem=Problem.STALE, latest=latest)
    if appeals_answered.own(connection, [comment_id], wish.moderator_id):
        return Item(comment_id, problem=Problem.OWN_DECISION, latest=latest)
    if wish.new is not Status.REJECTED:
        [item] = decide_all(connection, {comment_id: version}, wish)
        return item
    made = record_looks(
        connection,
        [row],
        Look.UPHELD,
        moderator_id=wish.moderator_id,
        now=wish.now,
        reason=wish.reason_code,
        note=wish.note,
    )
    appeals_answered.close(connection, made)
    return Item(comment_id, made[comment_id])
