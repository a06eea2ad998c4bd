"""Rounds look at every row in turn, a few at a time, and begin again."""

from sqlalchemy import select

from comments import schema
from comments.store import Store
from comments.store.rounds import Rounds
from tests import factories

_ids = schema.comments.c.id


def test_every_row_has_its_turn_and_then_the_first_again(store: Store) -> None:
    ids = [factories.accept(store).id for _ in range(5)]
    rounds = Rounds(_ids, rows=2)

    with store.database.read() as connection:
        turns = [
            list(connection.execute(select(_ids).where(rounds.next(connection)).order_by(_ids)).scalars())
            for _ in range(4)
        ]

    assert turns == [ids[:2], ids[2:4], ids[4:], ids[:2]]


def test_an_empty_table_is_gone_round_at_once(store: Store) -> None:
    rounds = Rounds(_ids, rows=2)
    with store.database.read() as connection:
        rounds.next(connection)
    comment = factories.accept(store).id

    with store.database.read() as connection:
        found = connection.execute(select(_ids).where(rounds.next(connection))).scalars().all()

    assert found == [comment]
