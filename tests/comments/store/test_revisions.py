"""Authors' edits and withdrawals: checked like the first text, never public before, and gone when they say so."""

from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import select

from comments import schema
from comments.receipt import receipt_hash
from comments.roles import EVERY_SITE
from comments.status import Status
from comments.store import Store
from comments.store.audit import NotThere
from comments.store.desk import StaleDecision
from comments.store.pending import CRASHED, PUT_ON_HOLD, Settlement
from comments.store.records import Accepted, Claimed
from comments.store.revisions import EDIT_MINUTES, NotEditable, TooLate
from comments.store.unsound import what_is_unsound
from comments.verdict import Verdict
from tests import factories
from tests.at_the_desk import (
    a_campaign,
    count_of,
    decide,
    edit,
    leave_trace,
    made,
    row_of,
    status_of,
    trail_of,
    undo,
    version_of,
)
from tests.together import together

LEASE_SECONDS = 60
LEASE = timedelta(seconds=LEASE_SECONDS)


def claim_edits(store: Store, now: datetime = factories.NOW) -> tuple[Claimed, ...]:
    return store.pending.claim_edits(now, lease_seconds=LEASE_SECONDS)


def settle(store: Store, claimed: Claimed, status: Status, bands: tuple[tuple[int, int], ...] = ()) -> int:
    verdict = Verdict(status, ("It says so.",), (factories.a_signal(),))
    return store.pending.settle([Settlement(claimed, verdict, bands)], factories.NOW)


def public_texts(store: Store) -> list[str]:
    page = store.threads.page("demo", "border-strikes", now=factories.NOW)
    return [conversation.root.text for conversation in page.conversations]


def old_texts(store: Store, comment_id: int) -> list[str]:
    revisions = schema.revisions.c
    statement = select(revisions.text).where(revisions.comment_id == comment_id).order_by(revisions.revision)
    with store.database.read() as connection:
        return list(connection.execute(statement).scalars())


class TestEditOfWhatWaits:
    def test_a_pending_comment_takes_the_new_text_at_once(self, store: Store, now: datetime) -> None:
        accepted = factories.accept(store, text="One.")

        edited = store.revisions.edit(receipt_hash(factories.receipt_of(accepted)), "Two.", now=now)

        row = row_of(store, accepted.id)
        assert (edited.status, edited.revision, edited.waits) == (Status.PENDING, 2, False)
        assert (row.status, row.text, row.revision, row.version, row.edited_at) == ("pending", "Two.", 2, 2, now)
        assert old_texts(store, accepted.id) == ["One."]
        assert [(each.made_by, each.revision) for each in trail_of(store, accepted.id)] == [
            ("reader", 1),
            ("reader", 2),
        ]

    def test_a_verdict_on_the_old_text_is_worthless(self, store: Store, now: datetime) -> None:
        accepted = factories.accept(store, text="One.")
        [claimed] = store.pending.claim(now, lease_seconds=LEASE_SECONDS)

        edit(store, accepted, "Two.")

        assert settle(store, claimed, Status.APPROVED) == 0
        [again] = store.pending.claim(now, lease_seconds=LEASE_SECONDS)
        assert (again.text, again.revision, again.attempts) == ("Two.", 2, 1), "nobody waits for the old lease to end"
        assert settle(store, again, Status.APPROVED) == 1
        assert public_texts(store) == ["Two."]

    def test_a_held_comment_waits_for_its_checks_again(self, store: Store) -> None:
        comment = factories.a_held_comment(store, text="One.")

        edit(store, comment, "Two.")

        assert status_of(store, comment.id) is Status.PENDING
        last = trail_of(store, comment.id)[-1]
        assert (last.made_by, last.old_status, last.new_status) == ("reader", Status.HELD, Status.PENDING)
        assert row_of(store, comment.id).decided_at is None
        assert what_is_unsound(store.database) == ()

    def test_what_was_found_out_about_the_old_text_goes(self, store: Store) -> None:
        first, second = a_campaign(store, 2)
        with store.database.read() as connection:
            nonce = connection.execute(select(schema.comments.c.receipt_nonce).where(schema.comments.c.id == second))
            accepted = Accepted(second, Status.HELD, nonce.scalar_one(), is_new=False)

        edit(store, accepted, "Nothing like the others.")
        claimed = factories.a_claimed(store, accepted)
        settle(store, claimed, Status.HELD, bands=((0, 7), (1, 8)))

        row = row_of(store, second)
        assert (row.cluster_id, row_of(store, first).cluster_id) == (None, first)
        assert count_of(store, "fingerprints", second) == 2
        card = store.desk.card(second, scope=EVERY_SITE, now=factories.NOW)
        assert len(card.signals) == 1, "those of the old text are not shown"

    def test_the_same_text_again_changes_nothing(self, store: Store) -> None:
        comment = factories.a_held_comment(store, text="One.")
        before = row_of(store, comment.id)

        edit(store, comment, "One.")

        assert row_of(store, comment.id) == before


class TestEditOfWhatIsPublic:
    def test_the_old_text_stays_public_until_the_checks_have_spoken(self, store: Store, now: datetime) -> None:
        comment = factories.an_approved_comment(store, text="One.")

        edited = store.revisions.edit(receipt_hash(factories.receipt_of(comment)), "Two.", now=now)

        assert (edited.status, edited.waits) == (Status.APPROVED, True)
        assert public_texts(store) == ["One."]
        assert store.revisions.waiting_text(comment.id) == "Two."

    def test_an_approved_text_replaces_the_old_one_under_a_new_approval(self, store: Store) -> None:
        comment = factories.an_approved_comment(store, text="One.")
        thread_version = store.threads.page("demo", "border-strikes", now=factories.NOW).version
        edit(store, comment, "Two.")
        [claimed] = claim_edits(store)

        assert settle(store, claimed, Status.APPROVED) == 1

        row, last = row_of(store, comment.id), trail_of(store, comment.id)[-1]
        assert public_texts(store) == ["Two."]
        assert (row.revision, row.approval_id, last.revision) == (2, last.id, 2)
        assert old_texts(store, comment.id) == ["One."]
        assert store.revisions.waiting_text(comment.id) is None
        assert store.threads.page("demo", "border-strikes", now=factories.NOW).version > thread_version
        assert what_is_unsound(store.database) == ()

    @pytest.mark.parametrize("status", [Status.HELD, Status.REJECTED])
    def test_a_text_that_is_not_approved_takes_the_comment_down(self, store: Store, status: Status) -> None:
        comment = factories.an_approved_comment(store, text="One.")
        edit(store, comment, "Two.")
        [claimed] = claim_edits(store)

        settle(store, claimed, status)

        assert public_texts(store) == []
        assert (status_of(store, comment.id), row_of(store, comment.id).text) == (status, "Two.")
        assert what_is_unsound(store.database) == ()

    def test_a_later_edit_makes_the_verdict_on_an_earlier_one_worthless(self, store: Store) -> None:
        comment = factories.an_approved_comment(store, text="One.")
        edit(store, comment, "Two.")
        [claimed] = claim_edits(store)
        edit(store, comment, "Three.")

        assert settle(store, claimed, Status.APPROVED) == 0

        assert public_texts(store) == ["One."]
        [again] = claim_edits(store)
        assert (again.text, again.revision) == ("Three.", 2)

    def test_an_edit_that_is_sent_twice_is_one(self, store: Store) -> None:
        comment = factories.an_approved_comment(store, text="One.")
        edit(store, comment, "Two.")
        [claimed] = claim_edits(store)
        edit(store, comment, "Two.")

        assert claim_edits(store) == ()
        assert settle(store, claimed, Status.APPROVED) == 1

    def test_going_back_to_the_public_text_ends_the_edit(self, store: Store) -> None:
        comment = factories.an_approved_comment(store, text="One.")
        edit(store, comment, "Two.")

        edit(store, comment, "One.")

        assert store.revisions.waiting_text(comment.id) is None
        assert claim_edits(store) == ()

    def test_a_comment_held_meanwhile_gets_the_verdict_on_its_new_text(self, store: Store) -> None:
        comment = factories.an_approved_comment(store, text="One.")
        edit(store, comment, "Two.")
        [claimed] = claim_edits(store)
        decide(store, comment.id, Status.HELD)

        assert settle(store, claimed, Status.HELD) == 1

        assert [(each.made_by, each.new_status.value) for each in trail_of(store, comment.id)[-3:]] == [
            ("moderator", "held"),
            ("reader", "pending"),
            ("policy", "held"),
        ]
        assert row_of(store, comment.id).text == "Two."
        assert what_is_unsound(store.database) == ()

    def test_a_comment_rejected_meanwhile_stays_rejected_with_its_old_text(self, store: Store) -> None:
        # given
        comment = factories.an_approved_comment(store, text="One.")
        edit(store, comment, "Two.")
        [claimed] = claim_edits(store)
        rejected = made(decide(store, comment.id, Status.REJECTED))

        # when, then
        assert settle(store, claimed, Status.APPROVED) == 0
        assert (status_of(store, comment.id), row_of(store, comment.id).text) == (Status.REJECTED, "One.")
        assert claim_edits(store, factories.NOW + LEASE) == ()

        # and when that was a slip
        undo(store, rejected)
        [again] = store.pending.claim_edit_again(factories.NOW + LEASE, lease_seconds=LEASE_SECONDS)
        assert settle(store, again, Status.APPROVED) == 1
        assert public_texts(store) == ["Two."]

    def test_a_held_comment_edited_again_forgets_the_edit_that_waited(self, store: Store) -> None:
        comment = factories.an_approved_comment(store, text="One.")
        edit(store, comment, "Two.")
        decide(store, comment.id, Status.HELD)

        edit(store, comment, "Three.")

        assert (status_of(store, comment.id), row_of(store, comment.id).text) == (Status.PENDING, "Three.")
        assert claim_edits(store) == ()
        assert what_is_unsound(store.database) == ()


class TestWhatAModeratorPutOnHold:
    """Its author cannot publish it by a new text, however clean: that would undo what a person did."""

    @pytest.fixture
    def on_hold(self, store: Store) -> Accepted:
        """Return a comment that the policy published and a moderator put back into the queue."""
        comment = factories.an_approved_comment(store, text="One.")
        decide(store, comment.id, Status.HELD)
        return comment

    def judged(self, store: Store, status: Status) -> int:
        [claimed] = store.pending.claim(factories.NOW, lease_seconds=LEASE_SECONDS)
        return settle(store, claimed, status)

    def test_stays_there_with_a_new_text(self, store: Store, on_hold: Accepted) -> None:
        edit(store, on_hold, "Two.")

        assert self.judged(store, Status.APPROVED) == 1

        last = trail_of(store, on_hold.id)[-1]
        assert (last.made_by, last.new_status) == ("policy", Status.HELD)
        assert last.explanation == ("It says so.", PUT_ON_HOLD)
        assert public_texts(store) == []
        assert what_is_unsound(store.database) == ()

    def test_and_with_another_one(self, store: Store, on_hold: Accepted) -> None:
        for text in ("Two.", "Three."):
            edit(store, on_hold, text)
            self.judged(store, Status.APPROVED)

        assert (status_of(store, on_hold.id), row_of(store, on_hold.id).text) == (Status.HELD, "Three.")

    def test_is_rejected_if_the_new_text_is_worse(self, store: Store, on_hold: Accepted) -> None:
        edit(store, on_hold, "Two.")

        self.judged(store, Status.REJECTED)

        assert trail_of(store, on_hold.id)[-1].explanation == ("It says so.",)
        assert status_of(store, on_hold.id) is Status.REJECTED

    def test_while_its_new_text_was_being_checked(self, store: Store) -> None:
        comment = factories.an_approved_comment(store, text="One.")
        edit(store, comment, "Two.")
        [claimed] = claim_edits(store)
        decide(store, comment.id, Status.HELD)

        assert settle(store, claimed, Status.APPROVED) == 1

        assert (status_of(store, comment.id), row_of(store, comment.id).text) == (Status.HELD, "Two.")
        assert what_is_unsound(store.database) == ()

    def test_is_the_author_s_to_edit_again_once_a_moderator_published_it(self, store: Store, on_hold: Accepted) -> None:
        decide(store, on_hold.id, Status.APPROVED)
        edit(store, on_hold, "Two.")
        [claimed] = claim_edits(store)

        assert settle(store, claimed, Status.APPROVED) == 1

        assert public_texts(store) == ["Two."]

    def test_is_no_matter_of_what_the_policy_held(self, store: Store) -> None:
        comment = factories.a_held_comment(store, text="One.")
        edit(store, comment, "Two.")

        self.judged(store, Status.APPROVED)

        assert public_texts(store) == ["Two."]


class TestWorkers:
    def test_an_edit_is_claimed_by_one_worker_until_its_lease_ends(self, store: Store, now: datetime) -> None:
        comments = [factories.an_approved_comment(store) for _ in range(8)]
        for comment in comments:
            edit(store, comment, "Two.")

        claimed = [each.id for batch in together([partial(claim_edits, store)] * 4) for each in batch]

        assert sorted(claimed) == [comment.id for comment in comments]
        assert claim_edits(store, now + LEASE) == (), "what was tried is tried again alone"
        [again] = store.pending.claim_edit_again(now + LEASE, lease_seconds=LEASE_SECONDS)
        assert (again.id, again.attempts, again.is_edit) == (comments[0].id, 2, True)

    def test_what_fails_twice_is_held_with_its_new_text(self, store: Store, now: datetime) -> None:
        comment = factories.an_approved_comment(store, text="One.")
        edit(store, comment, "Two.")
        claim_edits(store, now)
        store.pending.claim_edit_again(now + LEASE, lease_seconds=LEASE_SECONDS)
        assert store.pending.hold_exhausted_edits(now + LEASE, lease_seconds=LEASE_SECONDS) == 0

        assert store.pending.hold_exhausted_edits(now + 2 * LEASE, lease_seconds=LEASE_SECONDS) == 1

        last = trail_of(store, comment.id)[-1]
        assert (last.made_by, last.new_status, last.explanation) == ("system", Status.HELD, (CRASHED,))
        assert row_of(store, comment.id).text == "Two."
        assert store.pending.hold_exhausted_edits(now + 9 * LEASE, lease_seconds=LEASE_SECONDS) == 0

    def test_an_edit_that_nobody_was_woken_for_is_counted(self, store: Store, now: datetime) -> None:
        comment = factories.an_approved_comment(store)
        edit(store, comment, "Two.", now)
        later = now + timedelta(seconds=5)
        count = partial(store.pending.count_stranded, older_than_seconds=5, lease_seconds=LEASE_SECONDS)

        assert (count(now), count(later)) == (0, 1)
        claim_edits(store, later)
        assert count(later) == 0


class TestWhoMayEdit:
    def test_there_are_fifteen_minutes_for_it(self, store: Store, now: datetime) -> None:
        comment = factories.a_held_comment(store)
        end = now + timedelta(minutes=EDIT_MINUTES)

        with pytest.raises(TooLate):
            edit(store, comment, "Two.", end + timedelta(microseconds=1))
        edit(store, comment, "Two.", end)

        assert row_of(store, comment.id).text == "Two."

    def test_what_is_rejected_or_erased_takes_no_text(self, store: Store) -> None:
        rejected, erased = factories.a_rejected_comment(store), factories.a_held_comment(store)
        decide(store, erased.id, Status.ERASED)

        for comment in (rejected, erased):
            with pytest.raises(NotEditable):
                edit(store, comment, "Two.")

    def test_nobody_edits_without_the_receipt(self, store: Store, now: datetime) -> None:
        factories.a_held_comment(store)

        with pytest.raises(NotThere):
            store.revisions.edit(receipt_hash("A" * 22), "Two.", now=now)
        with pytest.raises(NotThere):
            store.revisions.withdraw(receipt_hash("A" * 22), now=now)


class TestDecisionsOnAnotherText:
    def test_approving_what_was_edited_since_is_stale(self, store: Store) -> None:
        comment = factories.a_held_comment(store, text="One.")
        seen = version_of(store, comment.id)
        edit(store, comment, "Two.")
        factories.settle(store, comment, Status.HELD)

        with pytest.raises(StaleDecision):
            decide(store, comment.id, Status.APPROVED, version=seen)
        assert public_texts(store) == []

    def test_a_decision_on_an_earlier_text_cannot_be_undone(self, store: Store) -> None:
        # given: published by a moderator, then edited
        comment = factories.a_held_comment(store, text="One.")
        approved = made(decide(store, comment.id, Status.APPROVED))
        edit(store, comment, "Two.")
        [claimed] = claim_edits(store)
        settle(store, claimed, Status.HELD)

        # when, then
        with pytest.raises(StaleDecision):
            undo(store, approved)
        assert (status_of(store, comment.id), row_of(store, comment.id).text) == (Status.HELD, "Two.")

    def test_approving_and_undoing_a_new_text_never_brings_an_older_one_back(self, store: Store) -> None:
        comment = factories.an_approved_comment(store, text="One.")
        edit(store, comment, "Two.")
        [claimed] = claim_edits(store)
        settle(store, claimed, Status.HELD)

        approved = made(decide(store, comment.id, Status.APPROVED))
        shown = public_texts(store)
        undo(store, approved)

        assert shown == ["Two."]
        assert public_texts(store) == []
        assert what_is_unsound(store.database) == ()


class TestWithdraw:
    @pytest.mark.parametrize("status", [Status.PENDING, Status.APPROVED, Status.HELD, Status.REJECTED])
    def test_what_is_withdrawn_leaves_nothing_but_its_decisions(self, store: Store, status: Status) -> None:
        # given: a comment with everything that can be about one
        comment = factories.accept(store, name="Ada Obi", text="One.")
        ada = factories.a_moderator(store)
        edit(store, comment, "Two.")
        if status is not Status.PENDING:
            factories.settle(store, comment, status, signals=(factories.a_signal(),), bands=((0, 5),))
        if status is Status.APPROVED:
            edit(store, comment, "Three.")
        if status is Status.REJECTED:
            store.appeals.open(comment.id, "Why?", factories.NOW)
        store.notes.add(comment.id, "Ada again.", moderator_id=ada.id, scope=EVERY_SITE, now=factories.NOW)
        store.claims.take([comment.id], ada.id, scope=EVERY_SITE, now=factories.NOW)
        leave_trace(store, comment.id)
        decisions = len(trail_of(store, comment.id))

        # when
        withdrawn = store.revisions.withdraw(receipt_hash(factories.receipt_of(comment)), now=factories.NOW)

        # then
        row = row_of(store, comment.id)
        assert withdrawn
        assert (row.status, row.name, row.text) == ("erased", "", "")
        about = [table for table in schema.metadata.tables.values() if "comment_id" in table.c]
        left = {table.name: count_of(store, table.name, comment.id) for table in about}
        assert {name for name, count in left.items() if count} == {"decisions", "unjournaled"}
        assert len(trail_of(store, comment.id)) == decisions + 1
        assert trail_of(store, comment.id)[-1].made_by == "reader"
        assert public_texts(store) == []
        assert what_is_unsound(store.database) == ()

    def test_withdrawing_twice_is_withdrawing_once(self, store: Store) -> None:
        comment = factories.an_approved_comment(store)
        receipt = receipt_hash(factories.receipt_of(comment))

        withdrawn = [store.revisions.withdraw(receipt, now=factories.NOW) for _ in range(2)]

        assert withdrawn == [True, False]
        assert len(trail_of(store, comment.id)) == 3

    def test_a_verdict_after_the_withdrawal_changes_nothing(self, store: Store, now: datetime) -> None:
        comment = factories.accept(store)
        [claimed] = store.pending.claim(now, lease_seconds=LEASE_SECONDS)
        store.revisions.withdraw(receipt_hash(factories.receipt_of(comment)), now=now)

        assert settle(store, claimed, Status.APPROVED, bands=((0, 5),)) == 0
        assert what_is_unsound(store.database) == ()

    def test_replies_to_what_is_withdrawn_stay(self, store: Store) -> None:
        comment = factories.an_approved_comment(store)
        reply = factories.an_approved_comment(store, parent=comment.id, text="I agree.")

        store.revisions.withdraw(receipt_hash(factories.receipt_of(comment)), now=factories.NOW)

        [conversation] = store.threads.page("demo", "border-strikes", now=factories.NOW).conversations
        assert (conversation.root.is_gone, conversation.root.text) == (True, "")
        assert [each.id for each in conversation.replies] == [reply.id]

    def test_a_moderators_erasure_is_as_thorough(self, store: Store) -> None:
        comment = factories.a_held_comment(store)

        decide(store, comment.id, Status.ERASED)

        assert count_of(store, "identities", comment.id) == 0
        assert what_is_unsound(store.database) == ()


class TestErasedBytes:
    """What a thief of the files would find."""

    def test_erased_words_are_overwritten_in_the_file_and_gone_from_the_emptied_log(
        self, sqlite_store: Store, tmp_path: Path
    ) -> None:
        # given
        words = "Zanzibar-unforgettable-pelican"
        comment = factories.a_held_comment(sqlite_store, text=f"{words} one.", name=words)
        edit(sqlite_store, comment, f"{words} two.")
        folder = Path(str(sqlite_store.database.engine.url.database)).parent

        def found() -> dict[str, bool]:
            return {path.suffix: words.encode() in path.read_bytes() for path in sorted(folder.iterdir())}

        assert any(found().values()), "else this proves nothing"

        # when
        sqlite_store.revisions.withdraw(receipt_hash(factories.receipt_of(comment)), now=factories.NOW)
        in_the_log = found()
        assert sqlite_store.database.empty_log()

        # then
        assert in_the_log[".sqlite3-wal"], "the log keeps what was written before, until it is emptied"
        assert not any(found().values())

    def test_the_log_is_not_emptied_under_a_reader_and_nothing_waits_for_that(self, sqlite_store: Store) -> None:
        factories.a_held_comment(sqlite_store)
        with sqlite_store.database.read() as connection:
            connection.execute(select(schema.comments.c.id)).all()
            factories.a_held_comment(sqlite_store)

            assert not sqlite_store.database.empty_log()

        assert sqlite_store.database.empty_log()

    def test_postgresql_keeps_its_own_log(self, store: Store) -> None:
        assert store.database.empty_log()
