"""Corrections: what a moderator's decision tells an outside checker that was wrong, on its way through the outbox."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, select

from comments import schema
from comments.reasons import Reason
from comments.signal import Category
from comments.status import Status
from comments.store.audit import MODERATOR
from comments.store.database import Database
from comments.store.outbox import NewLetter, cancel, put

_comments, _outbox, _signals = schema.comments, schema.outbox, schema.signals

CORRECTION = "correction"
SPAM, HAM = "spam", "ham"
_SPAM_REASONS = frozenset({Reason.SPAM.value, Reason.ADVERTISING.value})


@dataclass(frozen=True, slots=True)
class Corrected:
    """The words a correction is about, and which checks had called them spam."""

    site_key: str
    revision: int
    status: Status
    name: str
    text: str
    thread_title: str
    thread_url: str
    called_spam_by: frozenset[str]


def post_corrections(
    connection: Connection, records: Sequence[Mapping[str, object]], decision_ids: Sequence[int], now: datetime
) -> None:
    """Keep what moderators' decisions say about spam, in their transaction; `records` are the rows of the decisions.

    A moderator's new word on a comment takes the place of an earlier one that was not sent yet.
    """
    by_people = [
        (record, made) for record, made in zip(records, decision_ids, strict=True) if record["made_by"] == MODERATOR
    ]
    if not by_people:
        return
    undone = [int(str(record["undoes_id"])) for record, _ in by_people if record["undoes_id"] is not None]
    cancel(connection, undone)
    comment_ids = [record["comment_id"] for record, _ in by_people]
    unsent = delete(_outbox).where(_outbox.c.kind == CORRECTION, _outbox.c.comment_id.in_(comment_ids))
    connection.execute(unsent)
    letters = [_letter(record, made) for record, made in by_people]
    put(connection, [letter for letter in letters if letter is not None], now)


def _letter(record: Mapping[str, object], decision_id: int) -> NewLetter | None:
    verdict = _verdict(record)
    if verdict is None:
        return None
    return NewLetter(
        site_id=int(str(record["site_id"])),
        kind=CORRECTION,
        content={"verdict": verdict, "revision": record["revision"]},
        comment_id=int(str(record["comment_id"])),
        decision_id=decision_id,
    )


def _verdict(record: Mapping[str, object]) -> str | None:
    if record["new_status"] == Status.APPROVED.value:
        return HAM
    is_spam = record["new_status"] == Status.REJECTED.value and record["reason"] in _SPAM_REASONS
    return SPAM if is_spam else None


class Corrections:
    """What a correction is about, read when it is sent."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def corrected(self, comment_id: int) -> Corrected | None:
        """Return the comment as it is now; None when it is gone."""
        statement = (
            select(
                _comments.c.revision,
                _comments.c.status,
                _comments.c.name,
                _comments.c.text,
                schema.sites.c.key,
                schema.threads.c.title,
                schema.threads.c.url,
            )
            .join(schema.sites, schema.sites.c.id == _comments.c.site_id)
            .join(schema.threads, schema.threads.c.id == _comments.c.thread_id)
            .where(_comments.c.id == comment_id)
        )
        with self._database.read() as connection:
            row = connection.execute(statement).one_or_none()
            if row is None:
                return None
            called = select(_signals.c.check_name).where(
                _signals.c.comment_id == comment_id,
                _signals.c.revision == row.revision,
                _signals.c.category == Category.SPAM.value,
            )
            names = frozenset(connection.execute(called).scalars())
        return Corrected(row.key, row.revision, Status(row.status), row.name, row.text, row.title, row.url, names)
