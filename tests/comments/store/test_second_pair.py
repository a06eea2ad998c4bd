"""The second pair of eyes: in a sensitive thread nothing is public that one moderator alone approved."""

from functools import partial

import pytest

from comments.looks import Look
from comments.roles import EVERY_SITE
from comments.status import ForbiddenMove, Status
from comments.store import Store
from comments.store.desk import Outcome, StaleDecision
from comments.store.unsound import what_is_unsound
from tests import factories
from tests.at_the_desk import a_campaign, count_of, decide, made, mark_sensitive, status_of, trail_of, undo, version_of
from tests.together import together


@pytest.fixture
def sensitive(store: Store) -> int:
    """A held comment in a sensitive thread."""
    comment = factories.a_held_comment(store)
    mark_sensitive(store)
    return comment.id


def test_the_first_approval_is_recorded_and_moves_nothing(store: Store, sensitive: int) -> None:
    version = version_of(store, sensitive)

    outcome = decide(store, sensitive, Status.APPROVED)

    record = trail_of(store, sensitive)[-1]
    assert outcome == Outcome(record.id, waits_for_second=True)
    assert (record.moderator, record.old_status, record.new_status) == ("ada", Status.HELD, Status.HELD)
    assert record.look is Look.FIRST_APPROVAL
    assert (status_of(store, sensitive), version_of(store, sensitive)) == (Status.HELD, version)


def test_a_second_moderators_approval_publishes(store: Store, sensitive: int) -> None:
    decide(store, sensitive, Status.APPROVED, by="ada")

    outcome = decide(store, sensitive, Status.APPROVED, by="eve")

    assert not outcome.waits_for_second
    assert status_of(store, sensitive) is Status.APPROVED
    assert what_is_unsound(store.database) == ()


def test_the_same_moderator_twice_changes_nothing_and_is_told(store: Store, sensitive: int) -> None:
    decide(store, sensitive, Status.APPROVED)
    trail = trail_of(store, sensitive)

    assert decide(store, sensitive, Status.APPROVED) == Outcome(None, waits_for_second=True)
    assert trail_of(store, sensitive) == trail


def test_one_moderator_is_enough_to_reject(store: Store, sensitive: int) -> None:
    decide(store, sensitive, Status.APPROVED, by="ada")

    decide(store, sensitive, Status.REJECTED, by="eve")

    assert status_of(store, sensitive) is Status.REJECTED


def test_a_first_approval_is_void_once_the_comment_has_moved(store: Store, sensitive: int) -> None:
    decide(store, sensitive, Status.APPROVED, by="ada")
    decide(store, sensitive, Status.REJECTED, by="eve")

    outcome = decide(store, sensitive, Status.APPROVED, by="eve")

    assert outcome.waits_for_second
    assert status_of(store, sensitive) is Status.REJECTED


def test_a_first_approval_can_be_taken_back_and_given_again(store: Store, sensitive: int) -> None:
    # given
    first = made(decide(store, sensitive, Status.APPROVED, by="ada"))

    # when
    taken_back = undo(store, first, by="ada")
    after_undo = decide(store, sensitive, Status.APPROVED, by="eve")
    undo(store, made(after_undo), by="eve")
    again = undo(store, trail_of(store, sensitive)[-1].id, by="eve")

    # then
    assert (taken_back.undoes_id, taken_back.old_status, taken_back.new_status) == (first, Status.HELD, Status.HELD)
    assert after_undo.waits_for_second, "ada's approval was gone"
    assert (taken_back.look, again.look) == (None, Look.FIRST_APPROVAL)
    assert not decide(store, sensitive, Status.APPROVED, by="ada").waits_for_second
    assert status_of(store, sensitive) is Status.APPROVED
    assert what_is_unsound(store.database) == ()


def test_what_the_second_approval_did_is_undone_alone(store: Store, sensitive: int) -> None:
    decide(store, sensitive, Status.APPROVED, by="ada")
    second = made(decide(store, sensitive, Status.APPROVED, by="eve"))

    undo(store, second, by="eve")

    assert status_of(store, sensitive) is Status.HELD
    assert decide(store, sensitive, Status.APPROVED, by="ada") == Outcome(None, waits_for_second=True)
    assert not decide(store, sensitive, Status.APPROVED, by="eve").waits_for_second


def test_a_first_approval_is_too_late_once_somebody_decided(store: Store, sensitive: int) -> None:
    first = made(decide(store, sensitive, Status.APPROVED, by="ada"))
    decide(store, sensitive, Status.REJECTED, by="eve")

    with pytest.raises(StaleDecision):
        undo(store, first)


def test_a_bulk_says_what_waits_for_a_second_moderator(store: Store) -> None:
    ids = a_campaign(store, 3)
    mark_sensitive(store)
    wish = {"seen": ids[-1], "scope": EVERY_SITE, "now": factories.NOW}
    ada, eve = factories.a_moderator(store), factories.a_moderator(store, "eve")

    first = store.bulk.decide_campaign(ids[0], Status.APPROVED, moderator_id=ada.id, **wish)  # type: ignore[arg-type]  # its own keywords
    again = store.bulk.decide_campaign(ids[0], Status.APPROVED, moderator_id=ada.id, **wish)  # type: ignore[arg-type]  # as above
    second = store.bulk.decide_campaign(ids[0], Status.APPROVED, moderator_id=eve.id, **wish)  # type: ignore[arg-type]  # as above

    assert [item.waits_for_second for item in first.items] == [True] * 3
    assert (again.batch_id, [item.decision_id for item in again.items]) == (None, [None] * 3)
    assert [item.waits_for_second for item in second.items] == [False] * 3
    assert {status_of(store, each) for each in ids} == {Status.APPROVED}


def test_of_two_first_approvals_at_once_one_publishes(store: Store, sensitive: int) -> None:
    version = version_of(store, sensitive)
    for login in ("ada", "eve"):
        factories.a_moderator(store, login)

    outcomes = together(
        [partial(decide, store, sensitive, Status.APPROVED, by=login, version=version) for login in ("ada", "eve")]
    )

    assert sorted(outcome.waits_for_second for outcome in outcomes) == [False, True]
    assert status_of(store, sensitive) is Status.APPROVED
    assert what_is_unsound(store.database) == ()


def test_what_is_erased_is_approved_by_nobody(store: Store, sensitive: int) -> None:
    decide(store, sensitive, Status.APPROVED)
    decide(store, sensitive, Status.ERASED, by="eve")

    with pytest.raises(ForbiddenMove):
        decide(store, sensitive, Status.APPROVED, by="eve")
    assert count_of(store, "first_approvals", sensitive) == 0
