"""Authors' new texts on their way through the worker: judged as comments are, and never public before."""

from datetime import datetime, timedelta

import pytest

from comments.signal import Category
from comments.status import Status
from comments.store import Store
from comments.store.records import Accepted
from comments.store.unsound import what_is_unsound
from tests import factories
from tests.at_the_desk import edit, row_of, status_of, trail_of
from tests.workers import opinions
from workers import judge as judging
from workers.drain import drain_pending
from workers.judge import Opinion

LEASE_SECONDS = 60


@pytest.fixture
def public(store: Store) -> Accepted:
    """A public comment."""
    return factories.an_approved_comment(store, text="One.")


def drain_with(store: Store, now: datetime, opinion: Opinion = opinions.obey) -> bool:
    # However busy the machine: what waits is drained to the end.
    return drain_pending(store, opinion, lease_seconds=LEASE_SECONDS, now=lambda: now, monotonic=lambda: 0.0)


def test_an_edit_of_a_public_comment_is_checked_and_published(store: Store, public: Accepted, now: datetime) -> None:
    edit(store, public, "Two.")

    assert drain_with(store, now)

    assert (status_of(store, public.id), row_of(store, public.id).text) == (Status.APPROVED, "Two.")
    assert store.revisions.waiting_text(public.id) is None
    assert what_is_unsound(store.database) == ()


def test_edits_and_new_comments_go_side_by_side(store: Store, now: datetime) -> None:
    edited = [factories.an_approved_comment(store) for _ in range(60)]
    for each in edited:
        edit(store, each, f"Another text, number {each.id}.")
    waiting = [factories.accept(store) for _ in range(60)]

    assert drain_with(store, now)

    assert {status_of(store, each.id) for each in (*edited, *waiting)} == {Status.APPROVED}
    assert {row_of(store, each.id).revision for each in edited} == {2}


def test_a_crash_over_a_new_text_holds_the_comment(store: Store, public: Accepted, now: datetime) -> None:
    other = factories.an_approved_comment(store)
    edit(store, public, "please raise ValueError")
    edit(store, other, "Two.")

    drain_with(store, now)

    assert (status_of(store, public.id), status_of(store, other.id)) == (Status.HELD, Status.APPROVED)
    assert trail_of(store, public.id)[-1].revision == 2
    with store.database.read() as connection:
        rows = connection.exec_driver_sql("SELECT category, revision FROM signals").all()
    assert [tuple(row) for row in rows] == [(Category.ERROR.value, 2)]


def test_a_check_that_never_ends_over_a_new_text_holds_the_comment(
    store: Store, public: Accepted, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(judging, "CHECK_SECONDS", 0.1)
    edit(store, public, "please hang")

    drain_with(store, now)

    assert status_of(store, public.id) is Status.HELD


def test_an_edit_whose_worker_died_is_tried_again_and_then_held(store: Store, public: Accepted, now: datetime) -> None:
    # given: two workers have died over it
    edit(store, public, "Two.")
    lease = timedelta(seconds=LEASE_SECONDS)
    assert len(store.pending.claim_edits(now, lease_seconds=LEASE_SECONDS)) == 1
    assert len(store.pending.claim_edit_again(now + lease, lease_seconds=LEASE_SECONDS)) == 1

    # when
    drain_with(store, now + lease)
    before = status_of(store, public.id)
    drain_with(store, now + 2 * lease)

    # then
    assert (before, status_of(store, public.id)) == (Status.APPROVED, Status.HELD)
    assert trail_of(store, public.id)[-1].made_by == "system"


def test_an_edit_of_what_waits_is_judged_once(store: Store, now: datetime) -> None:
    accepted = factories.accept(store, text="One.")
    edit(store, accepted, "Two.")

    drain_with(store, now)

    assert [(each.new_status.value, each.revision) for each in trail_of(store, accepted.id)] == [
        ("pending", 1),
        ("pending", 2),
        ("approved", 2),
    ]
