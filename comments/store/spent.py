"""Proofs of work that were spent: each counts once, whichever process it is shown to."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete

from comments import schema
from comments.store.database import Database
from comments.store.upsert import upsert

_spent = schema.spent_proofs


@dataclass(frozen=True, slots=True)
class Proof:
    """A solved challenge of ours, in time and for the right thread: `service/proof_of_work.py` has seen to that."""

    challenge: bytes
    expires_at: datetime


def spend(connection: Connection, proof: Proof) -> bool:
    """Spend a proof with the comment that it came with. Returns False when it was spent before."""
    add = upsert(connection, _spent)
    # What is returned tells on both databases whether the row is new; the count of rows does not.
    new = add.on_conflict_do_nothing().returning(_spent.c.challenge)
    values = {"challenge": proof.challenge, "expires_at": proof.expires_at}
    return connection.execute(new, values).first() is not None


class SpentProofs:
    """What must be remembered of proofs, and for how long."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def forget_ended(self, now: datetime) -> int:
        """Forget the proofs that would not be believed any more. Returns how many. Safe to do twice."""
        with self._database.write() as connection:
            return connection.execute(delete(_spent).where(_spent.c.expires_at <= now)).rowcount
