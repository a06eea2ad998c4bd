"""What people do with a comment, for tests: as somebody who has just looked, unless the test says what was seen."""

from datetime import datetime

from sqlalchemy import Row, insert, select, update

from comments import schema
from comments.reasons import Reason
from comments.receipt import receipt_hash
from comments.roles import EVERY_SITE, Scope
from comments.status import Status
from comments.store import Store
from comments.store.outcomes import Outcome
from comments.store.pending import Settlement
from comments.store.records import Accepted, DecisionRecord
from comments.verdict import Verdict
from tests import factories


def row_of(store: Store, comment_id: int) -> Row[tuple[object, ...]]:
    """Return the comment's row as it is kept."""
    with store.database.read() as connection:
        return connection.execute(select(schema.comments).where(schema.comments.c.id == comment_id)).one()


def status_of(store: Store, comment_id: int) -> Status:
    """Return where the comment stands."""
    return Status(row_of(store, comment_id).status)


def version_of(store: Store, comment_id: int) -> int:
    """Return what a moderator sees as the comment's version."""
    return int(row_of(store, comment_id).version)


def trail_of(store: Store, comment_id: int) -> tuple[DecisionRecord, ...]:
    """Return every decision on the comment, oldest first."""
    return store.desk.history(comment_id, scope=EVERY_SITE)


def decide(
    store: Store,
    comment_id: int,
    new: Status,
    *,
    by: str = "ada",
    version: int | None = None,
    scope: Scope = EVERY_SITE,
    reason: Reason | None = None,
    now: datetime = factories.NOW,
) -> Outcome:
    """Decide as the moderator of this login."""
    return store.desk.decide(
        comment_id,
        new,
        version=version_of(store, comment_id) if version is None else version,
        moderator_id=factories.a_moderator(store, by).id,
        scope=scope,
        now=now,
        reason=reason,
    )


def made(outcome: Outcome) -> int:
    """Return the number of the decision; something must have been decided."""
    assert outcome.decision_id is not None
    return outcome.decision_id


def undo(store: Store, decision_id: int, *, by: str = "ada", scope: Scope = EVERY_SITE) -> DecisionRecord:
    """Take a decision back as the moderator of this login."""
    return store.desk.undo(
        decision_id, moderator_id=factories.a_moderator(store, by).id, scope=scope, now=factories.NOW
    )


def edit(store: Store, accepted: Accepted, text: str, now: datetime = factories.NOW) -> None:
    """Give one's own comment a new text."""
    store.revisions.edit(receipt_hash(factories.receipt_of(accepted)), text, now=now)


def a_campaign(store: Store, size: int, **overrides: object) -> list[int]:
    """Return the held comments of one campaign, oldest first; the first one's number names it."""
    accepted = [factories.accept(store, **overrides) for _ in range(size)]  # type: ignore[arg-type]  # the body's fields
    claimed = [factories.a_claimed(store, each) for each in accepted]
    first = claimed[0].id
    held = Verdict(Status.HELD, ("It is one of many.",), ())
    settlements = [Settlement(each, held, alike=() if each.id == first else (first,)) for each in claimed]
    assert store.pending.settle(settlements, factories.NOW) == size
    return [each.id for each in claimed]


def mark_sensitive(store: Store) -> None:
    """Have every approval in every thread need two moderators."""
    with store.database.write() as connection:
        connection.execute(update(schema.threads).values(is_sensitive=True))


def count_of(store: Store, table: str, comment_id: int) -> int:
    """Return how many rows of a table are about the comment."""
    rows = schema.metadata.tables[table]
    with store.database.read() as connection:
        return len(connection.execute(select(rows.c.comment_id).where(rows.c.comment_id == comment_id)).all())


def leave_trace(store: Store, comment_id: int) -> None:
    """Put a row about the comment into every table that only others fill."""
    row = row_of(store, comment_id)
    waiting = {"comment_id": comment_id, "site_id": row.site_id, "kind": "approved", "content": "{}"}
    with store.database.write() as connection:
        connection.execute(
            insert(schema.outbox).values(**waiting, due_at=factories.NOW, attempts=0, created_at=factories.NOW)
        )
        contact = {"comment_id": comment_id, "site_id": row.site_id, "sealed": b"", "kid": "", "link_hash": b"x" * 32}
        connection.execute(insert(schema.contacts).values(**contact, created_at=factories.NOW))
