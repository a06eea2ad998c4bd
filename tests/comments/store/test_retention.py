"""What is not kept for ever goes on its day, and no sooner, on both kinds of database. The clock is the test's."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Table, func, insert, select

from comments import schema
from comments.reasons import Reason
from comments.receipt import receipt_hash
from comments.roles import EVERY_SITE, Role
from comments.status import ForbiddenMove, Status
from comments.store import Store
from comments.store.appeals import NotAppealable
from comments.store.inbox import NETWORK_DAYS
from comments.store.records import Accepted
from comments.store.unsound import what_is_unsound
from tests import factories
from tests.at_the_desk import decide, row_of, status_of, trail_of, version_of
from workers.chores import CHORES

NOW = factories.NOW
DAY = timedelta(days=1)
MOMENT = timedelta(microseconds=1)
WORDS = (
    schema.signals,
    schema.fingerprints,
    schema.notes,
    schema.appeals,
    schema.edits,
    schema.revisions,
    schema.search_texts,
    schema.unsearched,
)


def rows_of(store: Store, table: Table, comment_id: int) -> int:
    statement = select(func.count()).select_from(table).where(table.c.comment_id == comment_id)
    with store.database.read() as connection:
        return connection.execute(statement).scalar_one()


def rejected_by_hand(store: Store, **overrides: object) -> Accepted:
    """Return a comment that was edited, noted on, found to be spam and rejected, with all that is kept of it."""
    comment = factories.accept(store, **overrides)  # type: ignore[arg-type]  # the body's fields
    factories.settle(store, comment, Status.HELD, signals=(factories.a_signal(),), bands=((0, 7), (1, 8)))
    ada = factories.a_moderator(store)
    store.notes.add(comment.id, "He has sold watches here before.", moderator_id=ada.id, scope=EVERY_SITE, now=NOW)
    with store.database.write() as connection:
        old = {"comment_id": comment.id, "revision": 0, "text": "Cheap watches!", "made_at": NOW}
        connection.execute(insert(schema.revisions).values(**old))
    decide(store, comment.id, Status.REJECTED, by="ada", reason=Reason.SPAM)
    store.search.index_waiting(NOW)
    return comment


def identity_of(store: Store, comment_id: int) -> Any:
    statement = select(schema.identities).where(schema.identities.c.comment_id == comment_id)
    with store.database.read() as connection:
        return connection.execute(statement).one_or_none()


class TestRejectedWords:
    def test_they_go_on_their_day_with_all_that_was_found_in_them(self, store: Store) -> None:
        # given
        comment = rejected_by_hand(store, name="Watch Man", text="Buy a watch.")
        kept = {table.name for table in WORDS if rows_of(store, table, comment.id)}
        assert kept >= {"signals", "fingerprints", "notes", "revisions", "search_texts"}, "else this proves nothing"

        # when
        early = store.retention.forget_rejected_words(NOW + 30 * DAY)
        in_time = store.retention.forget_rejected_words(NOW + 30 * DAY + MOMENT)
        again = store.retention.forget_rejected_words(NOW + 31 * DAY)

        # then
        row = row_of(store, comment.id)
        assert (early, in_time, again) == (0, 1, 0)
        assert (row.status, row.name, row.text, row.found) == ("rejected", "", "", "")
        assert row.words_forgotten_at == NOW + 30 * DAY + MOMENT
        assert [table.name for table in WORDS if rows_of(store, table, comment.id)] == []
        assert what_is_unsound(store.database) == ()

    def test_the_receipt_still_says_why(self, store: Store) -> None:
        comment = rejected_by_hand(store)

        store.retention.forget_rejected_words(NOW + 31 * DAY)

        receipt = store.receipts.find(factories.receipt_of(comment))
        assert receipt is not None
        assert (receipt.status, receipt.reason, receipt.text, receipt.name) == (Status.REJECTED, "spam", "", "")
        assert trail_of(store, comment.id)[-1].reason == "spam"

    def test_each_site_has_its_own_days(self, store: Store) -> None:
        factories.a_site(store, "short", rejected_text_days=7)
        soon = factories.a_rejected_comment(store, site="short")
        later = factories.a_rejected_comment(store)

        assert store.retention.forget_rejected_words(NOW + 8 * DAY) == 1

        assert row_of(store, soon.id).text == ""
        assert row_of(store, later.id).text

    def test_what_is_not_rejected_keeps_its_words(self, store: Store) -> None:
        kept = [
            factories.accept(store),
            factories.a_held_comment(store),
            factories.an_approved_comment(store),
        ]

        assert store.retention.forget_rejected_words(NOW + 4000 * DAY) == 0

        assert all(row_of(store, comment.id).text for comment in kept)

    def test_an_appeal_that_waits_is_answered_first(self, store: Store) -> None:
        # given
        comment = rejected_by_hand(store)
        store.appeals.open(comment.id, "I sell nothing.", NOW)
        assert store.retention.forget_rejected_words(NOW + 31 * DAY) == 0

        # when
        eve = factories.a_moderator(store, "eve")
        version = version_of(store, comment.id)
        store.appeals.answer(
            comment.id, Status.REJECTED, version=version, moderator_id=eve.id, scope=EVERY_SITE, now=NOW + 31 * DAY
        )

        # then
        forgotten = [store.retention.forget_rejected_words(NOW + days * DAY) for days in (32, 62)]
        assert sum(forgotten) == 1
        assert rows_of(store, schema.appeals, comment.id) == 0

    def test_nobody_decides_on_words_that_are_gone(self, store: Store) -> None:
        comment = rejected_by_hand(store)
        store.retention.forget_rejected_words(NOW + 31 * DAY)

        with pytest.raises(ForbiddenMove):
            decide(store, comment.id, Status.APPROVED, by="ada")
        with pytest.raises(NotAppealable):
            store.appeals.open(comment.id, "I sell nothing.", NOW + DAY)

        assert status_of(store, comment.id) is Status.REJECTED

    def test_its_author_can_still_take_it_back(self, store: Store) -> None:
        comment = rejected_by_hand(store)
        store.retention.forget_rejected_words(NOW + 31 * DAY)

        assert store.revisions.withdraw(receipt_hash(factories.receipt_of(comment)), now=NOW + 32 * DAY)

        assert status_of(store, comment.id) is Status.ERASED

    def test_a_handful_at_a_time(self, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("comments.store.retention.BATCH_ROWS", 2)
        for _ in range(5):
            factories.a_rejected_comment(store)

        assert store.retention.forget_rejected_words(NOW + 31 * DAY, limit=3) == 3
        assert store.retention.forget_rejected_words(NOW + 31 * DAY, limit=3) == 2


class TestAuthors:
    def test_they_are_forgotten_after_their_last_comment_on_the_site(self, store: Store) -> None:
        # given: Ada has written again, Eve has not, and Eve's comment on another site is younger
        first = factories.an_approved_comment(store, email="ada@example.org")
        gone = factories.an_approved_comment(store, email="eve@example.org")
        again = factories.an_approved_comment(store, email="ada@example.org", now=NOW + 100 * DAY)
        other = factories.an_approved_comment(store, email="eve@example.org", site="other", now=NOW + 100 * DAY)

        # when
        early = store.retention.forget_authors(NOW + 180 * DAY)
        in_time = store.retention.forget_authors(NOW + 180 * DAY + MOMENT)

        # then
        assert (early, in_time) == (0, 1)
        assert identity_of(store, gone.id) is None
        assert all(identity_of(store, comment.id) for comment in (first, again, other))
        assert row_of(store, gone.id).text, "the comment itself stays"

    def test_each_site_has_its_own_days(self, store: Store) -> None:
        factories.a_site(store, "short", identity_days=10)
        soon, later = factories.accept(store, site="short"), factories.accept(store)

        assert store.retention.forget_authors(NOW + 11 * DAY) == 1

        assert identity_of(store, soon.id) is None
        assert identity_of(store, later.id) is not None

    def test_a_comment_without_its_author_can_be_read_and_decided(self, store: Store) -> None:
        comment = factories.a_held_comment(store)
        store.retention.forget_authors(NOW + 181 * DAY)

        decide(store, comment.id, Status.APPROVED, by="ada")

        assert status_of(store, comment.id) is Status.APPROVED
        assert what_is_unsound(store.database) == ()

    def test_their_networks_go_sooner(self, store: Store) -> None:
        comment = factories.accept(store)
        assert identity_of(store, comment.id).network_key is not None

        assert store.inbox.forget_networks(NOW + NETWORK_DAYS * DAY) == 0
        assert store.inbox.forget_networks(NOW + NETWORK_DAYS * DAY + MOMENT) == 1

        assert identity_of(store, comment.id).network_key is None


def test_sessions_invitations_and_links_go_when_they_end(store: Store) -> None:
    # given: a link for the first login, which the first moderator ends
    store.moderators.new_setup_link(lasts=DAY, now=NOW)
    assert (store.retention.forget_ended(NOW + DAY - MOMENT), store.retention.forget_ended(NOW + DAY)) == (0, 1)
    site, ada = factories.a_site(store), factories.a_moderator(store)
    store.sessions.open(ada.id, lasts=DAY, now=NOW)
    store.invitations.add(site.id, Role.VIEWER, invited_by_id=ada.id, lasts=DAY, now=NOW)

    # when, then
    assert store.retention.forget_ended(NOW + DAY - MOMENT) == 0
    assert store.retention.forget_ended(NOW + DAY) == 2


def test_the_sweeper_does_all_of_it() -> None:

    names = {chore.name for chore in CHORES}
    assert names >= {"forget rejected words", "forget authors", "forget ended sessions and links", "forget networks"}
