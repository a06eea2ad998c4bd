"""Receipts: the author sees their own comment, whatever became of it, and nobody else's."""

from datetime import datetime

import pytest

from comments.reasons import Reason
from comments.roles import EVERY_SITE
from comments.status import Status
from comments.store import Store
from tests import factories


def test_a_receipt_shows_a_comment_that_waits(store: Store, now: datetime) -> None:
    accepted = factories.accept(store, name="Ada", text="Waiting.")

    receipt = store.receipts.find(factories.receipt_of(accepted))

    assert receipt is not None
    assert (receipt.comment_id, receipt.status, receipt.name, receipt.text) == (
        accepted.id,
        Status.PENDING,
        "Ada",
        "Waiting.",
    )
    assert (receipt.site_key, receipt.thread_title) == ("demo", "Strikes on the border")
    assert (receipt.created_at, receipt.decided_at, receipt.made_by) == (now, None, "reader")


def test_it_says_what_was_decided_and_why(store: Store, now: datetime) -> None:
    comment = factories.a_held_comment(store)
    held = store.receipts.find(factories.receipt_of(comment))
    assert held is not None
    assert (held.status, held.made_by, held.explanation) == (Status.HELD, "policy", ("It contains two links.",))

    version = store.desk.card(comment.id, now=now, scope=EVERY_SITE).version
    moderator = factories.a_moderator(store)
    store.desk.decide(
        comment.id,
        Status.REJECTED,
        version=version,
        moderator_id=moderator.id,
        now=now,
        reason=Reason.INSULT,
        note="Say it without the insult.",
        scope=EVERY_SITE,
    )

    rejected = store.receipts.find(factories.receipt_of(comment))
    assert rejected is not None
    assert (rejected.status, rejected.made_by, rejected.reason) == (Status.REJECTED, "moderator", "insult")
    assert rejected.decided_at == now
    assert rejected.note == "Say it without the insult.", "a note on a decision is for its author"
    assert "ada" not in repr(rejected), "who decided is not the author's business"


def test_a_look_at_the_audit_sample_is_not_the_authors_business(store: Store, now: datetime) -> None:
    comment, moderator = factories.a_drawn_comment(store), factories.a_moderator(store)
    before = store.receipts.find(factories.receipt_of(comment))
    assert before is not None
    assert before.made_by == "policy"

    version = store.desk.card(comment.id, now=now, scope=EVERY_SITE).version
    assert (
        store.samples.confirm(comment.id, version=version, moderator_id=moderator.id, now=now, scope=EVERY_SITE)
        is not None
    )

    assert store.receipts.find(factories.receipt_of(comment)) == before


def test_every_receipt_is_of_its_own_comment(store: Store) -> None:
    comments = [factories.accept(store) for _ in range(5)]

    found = [store.receipts.find(factories.receipt_of(each)) for each in comments]

    assert [each and each.comment_id for each in found] == [each.id for each in comments]


@pytest.mark.parametrize(
    "token", ["", "x", "x" * 22, "x" * 23, "ä" * 22, "\x00" * 22, "../" * 7 + "x", "x" * 22 + "\n"]
)
def test_a_token_that_is_not_ours_finds_nothing(store: Store, token: str) -> None:
    factories.accept(store)

    assert store.receipts.find(token) is None


def test_the_stored_hash_is_no_token(store: Store) -> None:
    accepted = factories.accept(store)

    assert store.receipts.find(accepted.receipt_nonce.hex()[:22]) is None
