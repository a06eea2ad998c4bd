"""Scope: what lies on a site where the moderator may do nothing is, for them, not there."""

from collections.abc import Callable
from typing import Any

import pytest

from comments.queue_query import Queue, QueueQuery
from comments.roles import NO_SITE, Scope
from comments.status import Status
from comments.store import Store
from comments.store.audit import NotThere
from comments.store.desk import Desk
from tests import factories
from tests.at_the_desk import decide, made, row_of, trail_of

NOW = factories.NOW


@pytest.fixture
def elsewhere(store: Store) -> Scope:
    return Scope(frozenset({factories.a_site(store, "other").id}))


def by_ada(store: Store) -> dict[str, Any]:
    return {"moderator_id": factories.a_moderator(store).id, "now": NOW}


WRITES: dict[str, Callable[[Store, int, Scope], object]] = {
    "decide": lambda store, each, scope: store.desk.decide(
        each, Status.APPROVED, version=2, scope=scope, **by_ada(store)
    ),
    "note": lambda store, each, scope: store.notes.add(each, "Look at this.", scope=scope, **by_ada(store)),
    "answer": lambda store, each, scope: store.appeals.answer(
        each, Status.APPROVED, version=2, scope=scope, **by_ada(store)
    ),
    "card": lambda store, each, scope: store.desk.card(each, scope=scope, now=NOW),
}


@pytest.mark.parametrize("what", WRITES)
@pytest.mark.parametrize("empty", [False, True])
def test_what_is_outside_is_not_there(store: Store, elsewhere: Scope, what: str, empty: bool) -> None:
    comment = factories.a_held_comment(store)
    before = row_of(store, comment.id)

    with pytest.raises(NotThere):
        WRITES[what](store, comment.id, NO_SITE if empty else elsewhere)

    assert row_of(store, comment.id) == before
    assert len(trail_of(store, comment.id)) == 2


def test_decisions_outside_cannot_be_read_or_undone(store: Store, elsewhere: Scope) -> None:
    comment = factories.a_held_comment(store)
    decision = made(decide(store, comment.id, Status.REJECTED))

    with pytest.raises(NotThere):
        store.desk.undo(decision, scope=elsewhere, **by_ada(store))
    with pytest.raises(NotThere):
        store.desk.decision(decision, scope=elsewhere)

    assert store.desk.history(comment.id, scope=elsewhere) == ()
    assert store.desk.decided(scope=elsewhere) == store.desk.recent(scope=elsewhere) == ()
    assert len(trail_of(store, comment.id)) == 3


def test_lists_and_counts_hold_only_what_is_inside(store: Store, elsewhere: Scope) -> None:
    factories.a_held_comment(store)
    inside = factories.a_held_comment(store, site="other")
    factories.a_drawn_comment(store)
    drawn = factories.a_drawn_comment(store, site="other")

    page = store.desk_reads.page(QueueQuery(), scope=elsewhere, now=NOW)
    sample = store.desk_reads.page(QueueQuery(Queue.AUDIT), scope=elsewhere, now=NOW)

    assert ([card.id for card in page.cards], page.total) == ([inside.id], 1)
    assert ([card.id for card in sample.cards], sample.total) == ([drawn.id], 1)
    assert (page.counts.review, page.counts.audit) == (1, 1)
    assert store.desk_reads.page(QueueQuery(site_key="demo"), scope=elsewhere, now=NOW).total == 0


def test_a_sample_outside_is_not_confirmed(store: Store, elsewhere: Scope) -> None:
    drawn = factories.a_drawn_comment(store)

    assert store.samples.confirm(drawn.id, version=2, scope=elsewhere, **by_ada(store)) is None

    assert len(trail_of(store, drawn.id)) == 2


def test_notes_and_claims_outside_are_not_there(store: Store, elsewhere: Scope) -> None:
    comment, inside = factories.a_held_comment(store), factories.a_held_comment(store, site="other")
    moderator = factories.a_moderator(store)
    both = Scope(None)
    note = store.notes.add(comment.id, "Look.", moderator_id=moderator.id, scope=both, now=NOW)

    taken = store.claims.take([comment.id, inside.id], moderator.id, scope=elsewhere, now=NOW)
    store.claims.take([comment.id, inside.id], moderator.id, scope=both, now=NOW)

    assert taken == {inside.id: "ada"}
    assert [each.claim_count for each in store.claims.present(elsewhere, NOW)] == [1]
    assert store.notes.of(comment.id, scope=elsewhere) == ()
    with pytest.raises(NotThere):
        store.notes.remove(note, moderator_id=moderator.id, scope=elsewhere)


def test_every_read_and_write_of_the_desk_takes_a_scope() -> None:
    public = [name for name in vars(Desk) if not name.startswith("_")]

    assert public, "else this proves nothing"
    assert [name for name in public if "scope" not in getattr(Desk, name).__annotations__] == []
