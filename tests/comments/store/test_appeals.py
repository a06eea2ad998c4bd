"""Appeals: one for each rejection, answered by somebody else, and taken back with what answered it."""

from datetime import timedelta
from functools import partial

import pytest

from comments.looks import Look
from comments.reasons import Reason
from comments.roles import EVERY_SITE
from comments.status import ForbiddenMove, Status
from comments.store import Store
from comments.store.appeals import APPEAL_DAYS, AlreadyAppealed, NotAppealable
from comments.store.audit import NotThere
from comments.store.desk import Outcome, OwnDecision, StaleDecision
from comments.store.outcomes import Problem
from comments.store.unsound import what_is_unsound
from tests import factories
from tests.at_the_desk import decide, made, mark_sensitive, status_of, trail_of, undo, version_of
from tests.together import together

NOW = factories.NOW


@pytest.fixture
def rejected(store: Store) -> int:
    """A comment that Ada rejected and whose author has appealed."""
    comment = factories.a_held_comment(store)
    decide(store, comment.id, Status.REJECTED, by="ada", reason=Reason.INSULT)
    store.appeals.open(comment.id, "I quoted the minister.", NOW)
    return comment.id


def answer(store: Store, comment_id: int, new: Status, *, by: str = "eve", version: int | None = None) -> Outcome:
    return store.appeals.answer(
        comment_id,
        new,
        version=version_of(store, comment_id) if version is None else version,
        moderator_id=factories.a_moderator(store, by).id,
        scope=EVERY_SITE,
        now=NOW,
        reason=Reason.HATE if new is Status.REJECTED else None,
        note="Read again." if new is Status.REJECTED else None,
    )


def is_waiting(store: Store, comment_id: int) -> bool:
    appeal = store.appeals.of(comment_id)
    return appeal is not None and appeal.answer is None


class TestOpen:
    def test_an_appeal_waits_with_its_words(self, store: Store, rejected: int) -> None:
        appeal = store.appeals.of(rejected)

        assert appeal is not None
        assert (appeal.text, appeal.made_at, appeal.answer) == ("I quoted the minister.", NOW, None)
        assert status_of(store, rejected) is Status.REJECTED

    def test_only_what_is_rejected_can_be_appealed(self, store: Store) -> None:
        made_so = [factories.accept(store), factories.a_held_comment(store), factories.an_approved_comment(store)]

        for comment in made_so:
            assert not store.appeals.may_open(comment.id, NOW)
            with pytest.raises(NotAppealable):
                store.appeals.open(comment.id, "Why?", NOW)
        with pytest.raises(NotThere):
            store.appeals.open(2**40, "Why?", NOW)
        assert [store.appeals.of(comment.id) for comment in made_so] == [None] * 3

    def test_what_the_policy_rejected_can_be_appealed_and_answered_by_anybody(self, store: Store) -> None:
        comment = factories.a_rejected_comment(store)
        store.appeals.open(comment.id, "It is no advertisement.", NOW)

        answer(store, comment.id, Status.APPROVED, by="ada")

        assert status_of(store, comment.id) is Status.APPROVED

    def test_there_are_thirty_days_for_it(self, store: Store) -> None:
        comment = factories.a_rejected_comment(store)
        end = NOW + timedelta(days=APPEAL_DAYS)

        assert store.appeals.may_open(comment.id, end)
        with pytest.raises(NotAppealable):
            store.appeals.open(comment.id, "Why?", end + timedelta(microseconds=1))

    def test_a_rejection_is_appealed_once(self, store: Store, rejected: int) -> None:
        with pytest.raises(AlreadyAppealed):
            store.appeals.open(rejected, "And another thing.", NOW)
        answer(store, rejected, Status.REJECTED)
        with pytest.raises(AlreadyAppealed):
            store.appeals.open(rejected, "And another thing.", NOW)

    def test_another_rejection_can_be_appealed_and_one_made_again_cannot(self, store: Store, rejected: int) -> None:
        overturned = answer(store, rejected, Status.HELD)
        undo(store, made(overturned), by="eve")
        assert not store.appeals.may_open(rejected, NOW), "it is the first rejection again"
        answer(store, rejected, Status.HELD)

        decide(store, rejected, Status.REJECTED, by="eve")

        assert store.appeals.of(rejected) is None, "the appeal there was is against another rejection"
        store.appeals.open(rejected, "Again?", NOW)
        assert is_waiting(store, rejected)

    def test_of_many_at_once_one_is_kept(self, store: Store) -> None:
        comment = factories.a_rejected_comment(store)

        def appeal() -> bool:
            try:
                store.appeals.open(comment.id, "Why?", NOW)
            except AlreadyAppealed:
                return False
            return True

        assert sum(together([appeal] * 4)) == 1


class TestAnswer:
    def test_an_upheld_rejection_is_recorded_with_its_reason_and_moves_nothing(
        self, store: Store, rejected: int
    ) -> None:
        version = version_of(store, rejected)

        outcome = answer(store, rejected, Status.REJECTED)

        record = trail_of(store, rejected)[-1]
        assert (record.id, record.moderator, record.reason, record.note) == (
            outcome.decision_id,
            "eve",
            "hate",
            "Read again.",
        )
        assert record.look is Look.UPHELD
        appeal = store.appeals.of(rejected)
        assert appeal is not None
        assert appeal.answer == record
        assert (status_of(store, rejected), version_of(store, rejected)) == (Status.REJECTED, version)

    @pytest.mark.parametrize("new", [Status.APPROVED, Status.HELD])
    def test_an_overturned_rejection_is_a_decision_like_any_other(
        self, store: Store, rejected: int, new: Status
    ) -> None:
        outcome = answer(store, rejected, new)

        appeal = store.appeals.of(rejected)
        assert appeal is not None
        assert appeal.answer is not None
        assert (appeal.answer.id, appeal.answer.new_status) == (outcome.decision_id, new)
        assert status_of(store, rejected) is new
        assert what_is_unsound(store.database) == ()

    @pytest.mark.parametrize("new", [Status.APPROVED, Status.HELD, Status.REJECTED])
    def test_who_rejected_does_not_answer(self, store: Store, rejected: int, new: Status) -> None:
        trail = trail_of(store, rejected)

        with pytest.raises(OwnDecision):
            answer(store, rejected, new, by="ada")

        assert trail_of(store, rejected) == trail
        assert is_waiting(store, rejected)

    def test_who_rejected_does_not_answer_by_an_ordinary_decision_either(self, store: Store, rejected: int) -> None:
        with pytest.raises(OwnDecision):
            decide(store, rejected, Status.APPROVED, by="ada")
        ada = factories.a_moderator(store)
        seen = [(rejected, version_of(store, rejected))]
        batch = store.bulk.decide(seen, Status.HELD, moderator_id=ada.id, scope=EVERY_SITE, now=NOW)

        assert [item.problem for item in batch.items] == [Problem.OWN_DECISION]
        assert is_waiting(store, rejected)

    def test_somebody_elses_ordinary_decision_answers(self, store: Store, rejected: int) -> None:
        outcome = decide(store, rejected, Status.APPROVED, by="eve")

        appeal = store.appeals.of(rejected)
        assert appeal is not None
        assert appeal.answer is not None
        assert appeal.answer.id == outcome.decision_id

    def test_an_answer_to_what_has_changed_is_stale(self, store: Store, rejected: int) -> None:
        version = version_of(store, rejected)
        answer(store, rejected, Status.REJECTED)

        with pytest.raises(StaleDecision):
            answer(store, rejected, Status.APPROVED, version=version, by="obi")
        with pytest.raises(NotThere):
            answer(store, 2**40, Status.APPROVED, version=1)
        with pytest.raises((StaleDecision, ForbiddenMove)):
            answer(store, factories.a_held_comment(store).id, Status.APPROVED)

    def test_an_appeal_in_a_sensitive_thread_needs_two(self, store: Store, rejected: int) -> None:
        mark_sensitive(store)

        first = answer(store, rejected, Status.APPROVED, by="eve")
        assert is_waiting(store, rejected)
        second = answer(store, rejected, Status.APPROVED, by="obi")

        assert (first.waits_for_second, second.waits_for_second) == (True, False)
        assert status_of(store, rejected) is Status.APPROVED
        assert not is_waiting(store, rejected)

    def test_of_many_answers_at_once_one_stands(self, store: Store, rejected: int) -> None:
        version = version_of(store, rejected)
        logins = ["eve", "obi", "uche", "zainab"]
        for login in logins:
            factories.a_moderator(store, login)

        def try_to(new: Status, login: str) -> bool:
            try:
                answer(store, rejected, new, by=login, version=version)
            except StaleDecision:
                return False
            return True

        choices = [Status.REJECTED, Status.APPROVED] * 2
        stood = together([partial(try_to, new, login) for new, login in zip(choices, logins, strict=True)])

        assert sum(stood) == 1
        assert what_is_unsound(store.database) == ()


class TestUndo:
    @pytest.mark.parametrize("new", [Status.REJECTED, Status.APPROVED, Status.HELD])
    def test_a_taken_back_answer_lets_the_appeal_wait_again(self, store: Store, rejected: int, new: Status) -> None:
        outcome = answer(store, rejected, new)

        taken_back = undo(store, made(outcome), by="eve")

        assert is_waiting(store, rejected)
        assert status_of(store, rejected) is Status.REJECTED
        undo(store, taken_back.id, by="eve")
        assert not is_waiting(store, rejected)
        assert status_of(store, rejected) is new
        assert what_is_unsound(store.database) == ()

    def test_who_rejected_takes_the_rejection_back_but_makes_no_answer_again(self, store: Store, rejected: int) -> None:
        # given: Eve has overturned, and taken that back
        overturned = made(answer(store, rejected, Status.APPROVED))
        taken_back = undo(store, overturned, by="eve")

        # when, then
        with pytest.raises(OwnDecision):
            undo(store, taken_back.id, by="ada")
        assert status_of(store, rejected) is Status.REJECTED

    def test_an_undone_rejection_has_nothing_left_to_appeal(self, store: Store, rejected: int) -> None:
        undone = undo(store, trail_of(store, rejected)[-1].id, by="ada")

        assert status_of(store, rejected) is Status.HELD
        assert not is_waiting(store, rejected)
        undo(store, undone.id, by="ada")
        assert is_waiting(store, rejected), "the rejection stands again, and so does the appeal"
