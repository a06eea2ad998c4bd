"""The trail loses its words after a year, keeps the rest, and can still be proved."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from comments.anchors import anchor_of
from comments.proof import Proof, prove
from comments.reasons import Reason
from comments.receipt import receipt_hash
from comments.roles import EVERY_SITE
from comments.seal import seal_key
from comments.status import Status
from comments.store import Store
from tests import factories
from tests.at_the_desk import trail_of, version_of
from workers.erasures import forget_trail_words
from workers.sealing import Notary, seal_new

NOW = factories.NOW
YEAR = timedelta(days=365)
MOMENT = timedelta(microseconds=1)
KEY = seal_key(factories.ROOT_KEY)


@pytest.fixture
def notary(tmp_path: Path) -> Notary:
    return Notary(KEY, factories.ROOT_KEY.kid, tmp_path / "anchors.jsonl")


@pytest.fixture
def rejected(store: Store, notary: Notary) -> int:
    """A comment that was held for a reason and rejected with a note, all of it sealed."""
    comment = factories.a_held_comment(store)
    store.desk.decide(
        comment.id,
        Status.REJECTED,
        version=version_of(store, comment.id),
        moderator_id=factories.a_moderator(store).id,
        scope=EVERY_SITE,
        now=NOW,
        reason=Reason.SPAM,
        note="You wrote of watches before.",
    )
    seal_new(store.chain, notary, NOW)
    return comment.id


def proof(store: Store) -> Proof:
    head = store.chain.head()
    return prove(store.chain, KEY, (anchor_of(head.position, head.seal, "kid", NOW),), NOW + YEAR)


def tamper(store: Store, statement: str) -> None:
    """Do what the database refuses, as its owner can."""
    with store.database.write() as connection:
        if store.database.is_sqlite:
            for table in ("decisions", "audit_chain"):
                connection.execute(text(f"DROP TRIGGER IF EXISTS {table}_no_update"))
        else:
            connection.execute(text("SET LOCAL session_replication_role = replica"))
        connection.execute(text(statement))


def test_words_go_after_a_year_and_the_rest_is_proved(store: Store, rejected: int) -> None:
    # given
    anchor = store.chain.head()
    before = trail_of(store, rejected)
    assert proof(store).is_sound
    assert (before[1].explanation, before[2].note) == (("It contains two links.",), "You wrote of watches before.")

    # when
    early = store.trail_words.forget_old(KEY, NOW + YEAR)
    in_time = store.trail_words.forget_old(KEY, NOW + YEAR + MOMENT)
    again = store.trail_words.forget_old(KEY, NOW + YEAR + MOMENT)

    # then
    after = trail_of(store, rejected)
    assert (early, in_time, again) == (0, 2, 0)
    assert [(each.explanation, each.note) for each in after] == [((), None)] * 3
    assert [(each.new_status, each.reason, each.moderator) for each in after] == [
        (each.new_status, each.reason, each.moderator) for each in before
    ]
    assert proof(store).findings == ()
    assert store.chain.head() == anchor


def test_the_words_of_an_erased_comment_go_at_once(store: Store, notary: Notary) -> None:
    comment, kept = factories.a_held_comment(store), factories.a_held_comment(store)
    store.revisions.withdraw(receipt_hash(factories.receipt_of(comment)), now=NOW)
    assert forget_trail_words(store, notary, NOW) == 0, "nothing is sealed yet"
    seal_new(store.chain, notary, NOW)

    assert forget_trail_words(store, notary, NOW) == 1

    assert all(not each.explanation for each in trail_of(store, comment.id))
    assert trail_of(store, kept.id)[-1].explanation
    assert proof(store).is_sound


def test_a_changed_line_is_not_washed_clean(store: Store, rejected: int) -> None:
    assert rejected
    tamper(store, "UPDATE decisions SET reason = 'hate' WHERE new_status = 'rejected'")

    assert store.trail_words.forget_old(KEY, NOW + YEAR + MOMENT) == 1, "the other line"

    assert len(proof(store).findings) == 1


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE decisions SET reason = 'hate' WHERE new_status = 'rejected'",
        "UPDATE decisions SET note = 'Another one.' WHERE new_status = 'rejected'",
        "UPDATE audit_chain SET reseal = NULL WHERE reseal IS NOT NULL AND position = 3",
        "UPDATE audit_chain SET reseal = seal WHERE position = 3",
    ],
)
def test_a_line_without_words_is_still_proved(store: Store, rejected: int, change: str) -> None:
    store.trail_words.forget_old(KEY, NOW + YEAR + MOMENT)
    assert proof(store).is_sound
    assert rejected

    tamper(store, change)

    assert [finding.split(",")[0].split(" is ")[0] for finding in proof(store).findings] == ["decision 3"]


def test_without_the_key_nobody_takes_words_away_unseen(store: Store, rejected: int) -> None:
    with store.database.write() as connection:
        statement = text("UPDATE decisions SET note = NULL, explanation = '[]' WHERE comment_id = :id")
        connection.execute(statement, {"id": rejected})

    assert len(proof(store).findings) == 2


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE decisions SET reason = 'hate'",
        "UPDATE decisions SET note = NULL, explanation = '[]', made_by = 'policy'",
        "UPDATE decisions SET note = NULL, explanation = '[1]'",
        "UPDATE audit_chain SET seal = seal",
        "DELETE FROM decisions",
        "DELETE FROM audit_chain",
    ],
)
def test_the_database_refuses_any_other_change(store: Store, rejected: int, change: str) -> None:
    with pytest.raises(DBAPIError, match="append-only"), store.database.write() as connection:
        connection.execute(text(change))

    assert rejected
    assert proof(store).is_sound
