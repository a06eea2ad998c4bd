"""Moves: every change of status has its audit row, and the audit trail only grows."""

from datetime import datetime
from itertools import pairwise, product

import pytest
from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import DBAPIError

from comments import schema
from comments.roles import EVERY_SITE
from comments.status import ALLOWED_MOVES, ForbiddenMove, Status
from comments.store import Store, StoreUnavailable
from comments.store.desk import StaleDecision
from comments.store.moves import Move, apply_moves
from comments.store.records import Accepted
from tests import factories

# How a comment gets into each state.
PATHS: dict[Status, tuple[Status, ...]] = {
    Status.PENDING: (),
    Status.APPROVED: (Status.APPROVED,),
    Status.HELD: (Status.HELD,),
    Status.REJECTED: (Status.REJECTED,),
    Status.ERASED: (Status.HELD, Status.ERASED),
}


def a_comment(store: Store, status: Status) -> Accepted:
    accepted = factories.accept(store)
    for old, new in pairwise((Status.PENDING, *PATHS[status])):
        with store.database.write() as connection:
            assert apply_moves(connection, [Move(accepted.id, old, new, "system")], factories.NOW)
    return accepted


def row_of(store: Store, comment_id: int) -> tuple[object, ...]:
    columns = schema.comments.c
    statement = select(columns.status, columns.approval_id, columns.version, columns.lease_until)
    with store.database.read() as connection:
        return tuple(connection.execute(statement.where(columns.id == comment_id)).one())


@pytest.mark.parametrize(
    ("old", "new"), [pair for pair in product(Status, Status) if pair[1] in ALLOWED_MOVES[pair[0]]]
)
def test_an_allowed_move_is_made_and_recorded(store: Store, now: datetime, old: Status, new: Status) -> None:
    comment, moderator = a_comment(store, old), factories.a_moderator(store)
    before = store.desk.card(comment.id, now=now, scope=EVERY_SITE)

    made = store.desk.decide(
        comment.id, new, version=before.version, moderator_id=moderator.id, now=now, scope=EVERY_SITE
    )

    record = store.desk.history(comment.id, scope=EVERY_SITE)[-1]
    assert (record.id, record.old_status, record.new_status) == (made.decision_id, old, new)
    assert (record.made_by, record.moderator, record.made_at) == ("moderator", "ada", now)
    assert row_of(store, comment.id) == (
        new.value,
        made.decision_id if new is Status.APPROVED else None,
        before.version + 1,
        None,
    )


@pytest.mark.parametrize(
    ("old", "new"), [pair for pair in product(Status, Status) if pair[1] not in ALLOWED_MOVES[pair[0]]]
)
def test_a_forbidden_move_changes_nothing(store: Store, now: datetime, old: Status, new: Status) -> None:
    comment, moderator = a_comment(store, old), factories.a_moderator(store)
    before, trail = row_of(store, comment.id), store.desk.history(comment.id, scope=EVERY_SITE)
    version = store.desk.card(comment.id, now=now, scope=EVERY_SITE).version

    with pytest.raises(StaleDecision if old is new else ForbiddenMove):
        store.desk.decide(comment.id, new, version=version, moderator_id=moderator.id, now=now, scope=EVERY_SITE)

    assert row_of(store, comment.id) == before
    assert store.desk.history(comment.id, scope=EVERY_SITE) == trail


def test_one_forbidden_move_stops_the_batch(store: Store, now: datetime) -> None:
    comments = [factories.accept(store) for _ in range(2)]
    moves = [
        Move(comments[0].id, Status.PENDING, Status.APPROVED, "system"),
        Move(comments[1].id, Status.PENDING, Status.PENDING, "system"),
    ]

    with store.database.write() as connection, pytest.raises(ForbiddenMove):
        apply_moves(connection, moves, now)

    assert {row_of(store, each.id)[0] for each in comments} == {"pending"}


def test_a_comment_that_moved_on_is_left_out_of_the_batch(store: Store, now: datetime) -> None:
    moved, standing = factories.a_held_comment(store), factories.accept(store)
    moves = [Move(each, Status.PENDING, Status.APPROVED, "system") for each in (moved.id, 2**40, standing.id)]

    with store.database.write() as connection:
        made = apply_moves(connection, moves, now)

    assert set(made) == {standing.id}
    assert row_of(store, moved.id)[0] == "held"


@pytest.mark.parametrize("field", ["version", "revision"])
def test_a_move_of_what_is_no_longer_so_is_left_out(store: Store, now: datetime, field: str) -> None:
    comment = factories.accept(store)
    move = Move(comment.id, Status.PENDING, Status.APPROVED, "system", **{field: 2})  # type: ignore[arg-type]  # a number

    with store.database.write() as connection:
        assert apply_moves(connection, [move], now) == {}


def test_many_decisions_belong_to_their_comments(store: Store, now: datetime) -> None:
    comments = [factories.accept(store).id for _ in range(60)]
    moves = [Move(each, Status.PENDING, Status.HELD, "system", explanation=(f"{each}",)) for each in comments[::-1]]

    with store.database.write() as connection:
        made = apply_moves(connection, moves, now)

    for comment_id, decision_id in made.items():
        last = store.desk.history(comment_id, scope=EVERY_SITE)[-1]
        assert (last.id, last.explanation) == (decision_id, (str(comment_id),))
    assert set(made) == set(comments)


def test_the_database_refuses_an_approved_comment_without_approval(store: Store) -> None:
    comment = factories.accept(store)

    with pytest.raises(DBAPIError, match="approved_has_approval"), store.database.write() as connection:
        connection.execute(update(schema.comments).where(schema.comments.c.id == comment.id).values(status="approved"))
    assert row_of(store, comment.id)[0] == "pending"


def test_the_database_refuses_a_state_there_is_not(store: Store) -> None:
    factories.accept(store)

    with pytest.raises(DBAPIError, match="ck_comments_status"), store.database.write() as connection:
        connection.execute(update(schema.comments).values(status="spam"))


CHANGES = {
    "update": update(schema.decisions).values(new_status="approved"),
    "delete": delete(schema.decisions),
    "update of nothing said": update(schema.decisions).values(note=None),
}


@pytest.mark.parametrize("change", CHANGES)
def test_the_database_refuses_to_change_a_decision(store: Store, change: str) -> None:
    comment = factories.a_held_comment(store)
    before = store.desk.history(comment.id, scope=EVERY_SITE)

    with (
        pytest.raises((DBAPIError, StoreUnavailable), match="append-only"),
        store.database.write() as connection,
    ):
        connection.execute(CHANGES[change])

    assert store.desk.history(comment.id, scope=EVERY_SITE) == before


def test_the_audit_trail_is_a_chain_from_the_first_to_the_last(store: Store, now: datetime) -> None:
    comment, moderator = factories.accept(store), factories.a_moderator(store)
    for new in (Status.HELD, Status.APPROVED, Status.REJECTED, Status.APPROVED, Status.HELD, Status.ERASED):
        version = store.desk.card(comment.id, now=now, scope=EVERY_SITE).version
        store.desk.decide(comment.id, new, version=version, moderator_id=moderator.id, now=now, scope=EVERY_SITE)

    trail = store.desk.history(comment.id, scope=EVERY_SITE)

    assert trail[0].old_status is None
    assert all(before.new_status is after.old_status for before, after in pairwise(trail))
    assert trail[-1].new_status.value == row_of(store, comment.id)[0]
    assert [each.id for each in trail] == sorted({each.id for each in trail})


def test_the_trail_outlives_the_comment(store: Store) -> None:
    comment = factories.a_held_comment(store)
    with store.database.write() as connection:
        connection.execute(delete(schema.comments).where(schema.comments.c.id == comment.id))

    assert [each.new_status for each in store.desk.history(comment.id, scope=EVERY_SITE)] == [
        Status.PENDING,
        Status.HELD,
    ]


def test_an_erased_comments_number_is_never_given_again(store: Store) -> None:
    comment = factories.accept(store)
    with store.database.write() as connection:
        connection.execute(delete(schema.comments).where(schema.comments.c.id == comment.id))

    assert factories.accept(store).id > comment.id


def test_a_decision_needs_its_site(store: Store, now: datetime) -> None:
    row = {"comment_id": 1, "site_id": 99, "revision": 1, "new_status": "held", "made_by": "system"}

    with pytest.raises(DBAPIError, match=r"FOREIGN KEY|foreign key"), store.database.write() as connection:
        connection.execute(insert(schema.decisions).values(**row, explanation="[]", made_at=now))
