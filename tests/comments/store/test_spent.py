"""A proof of work counts once, on both databases and whoever comes at the same moment."""

from datetime import datetime, timedelta

from sqlalchemy import select

from comments import schema
from comments.door_hold import DoorHold
from comments.policy import ProofMode
from comments.store import Store
from comments.store.spent import Proof
from tests.factories import a_claimed, a_site, accept
from tests.together import together


def test_of_many_at_once_one_is_believed(store: Store, now: datetime) -> None:
    a_site(store, proof_of_work=ProofMode.ALWAYS)
    proof = Proof(b"c" * 32, now + timedelta(hours=1))

    accepted = together(
        [lambda number=number: accept(store, proof=proof, email=f"reader{number}@example.org") for number in range(4)]
    )

    holds = [a_claimed(store, each).door_hold for each in accepted]
    assert sorted(holds) == [DoorHold.NONE, *[DoorHold.NO_PROOF] * 3]
    with store.database.read() as connection:
        assert connection.execute(select(schema.spent_proofs.c.challenge)).scalars().all() == [proof.challenge]


def test_where_none_is_asked_for_what_the_door_noticed_stands(store: Store) -> None:
    assert a_claimed(store, accept(store, door_hold=DoorHold.CROWDED)).door_hold is DoorHold.CROWDED
