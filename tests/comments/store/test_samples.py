"""The audit sample: published comments drawn for a look, judged once."""

from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from comments.looks import Look
from comments.queue_query import Queue, QueueQuery
from comments.roles import EVERY_SITE
from comments.status import Status
from comments.store import Store
from comments.store.pending import Settlement
from comments.store.records import Accepted, Site
from comments.verdict import Verdict
from tests import factories
from tests.together import together


def _settle_drawn(store: Store, status: Status) -> Accepted:
    accepted = factories.accept(store)
    claimed = factories.a_claimed(store, accepted)
    store.pending.settle([Settlement(claimed, Verdict(status, (), ()), audit_rate=0.01)], factories.NOW)
    return accepted


def _confirm(store: Store, comment: Accepted, minutes_later: int = 0) -> int | None:
    version = store.desk.card(comment.id, now=factories.NOW, scope=EVERY_SITE).version
    return store.samples.confirm(comment.id, version=version, **_by_ada(store, minutes_later), scope=EVERY_SITE)


def _decide(store: Store, comment: Accepted, new: Status, minutes_later: int = 0) -> int:
    version = store.desk.card(comment.id, now=factories.NOW, scope=EVERY_SITE).version
    by_ada = _by_ada(store, minutes_later)
    made = store.desk.decide(comment.id, new, version=version, **by_ada, scope=EVERY_SITE).decision_id
    assert made is not None
    return made


def _undo(store: Store, decision_id: int, minutes_later: int = 0) -> int:
    return store.desk.undo(decision_id, **_by_ada(store, minutes_later), scope=EVERY_SITE).id


def _by_ada(store: Store, minutes_later: int) -> dict[str, Any]:
    return {
        "moderator_id": factories.a_moderator(store).id,
        "now": factories.NOW + timedelta(minutes=minutes_later),
    }


def _drawn(store: Store, site: Site) -> list[int]:
    return [drawn.comment_id for drawn in store.samples.waiting(site.id)]


def test_drawn_approved_comment_waits_for_a_look(store: Store, site: Site) -> None:
    drawn = factories.a_drawn_comment(store)

    [waiting] = store.samples.waiting(site.id)

    assert (waiting.comment_id, waiting.rate) == (drawn.id, 0.01)


def test_only_drawn_and_published_comments_are_in_the_sample(store: Store, site: Site) -> None:
    _settle_drawn(store, Status.HELD)
    _settle_drawn(store, Status.REJECTED)
    factories.an_approved_comment(store)

    assert _drawn(store, site) == []
    assert store.samples.count(site.id) == (0, 0)


def test_confirmed_comment_stays_public_and_is_recorded(store: Store, site: Site) -> None:
    drawn, moderator = factories.a_drawn_comment(store), factories.a_moderator(store)
    [waiting] = store.samples.waiting(site.id)

    made = store.samples.confirm(
        drawn.id, version=waiting.version, moderator_id=moderator.id, now=factories.NOW, scope=EVERY_SITE
    )

    record = store.desk.history(drawn.id, scope=EVERY_SITE)[-1]
    assert (record.id, record.new_status, record.moderator) == (made, Status.APPROVED, moderator.login)
    assert store.desk.card(drawn.id, now=factories.NOW, scope=EVERY_SITE).version == waiting.version
    assert _drawn(store, site) == []
    assert store.samples.count(site.id) == (1, 1)


def test_a_second_or_stale_confirmation_changes_nothing(store: Store, site: Site) -> None:
    drawn, moderator = factories.a_drawn_comment(store), factories.a_moderator(store)
    [waiting] = store.samples.waiting(site.id)
    stale = store.samples.confirm(
        drawn.id, version=waiting.version - 1, moderator_id=moderator.id, now=factories.NOW, scope=EVERY_SITE
    )
    store.samples.confirm(
        drawn.id, version=waiting.version, moderator_id=moderator.id, now=factories.NOW, scope=EVERY_SITE
    )
    before = store.desk.history(drawn.id, scope=EVERY_SITE)

    again = store.samples.confirm(
        drawn.id, version=waiting.version, moderator_id=moderator.id, now=factories.NOW, scope=EVERY_SITE
    )

    assert (stale, again) == (None, None)
    assert store.desk.history(drawn.id, scope=EVERY_SITE) == before


def test_of_many_confirmations_at_once_one_is_recorded(store: Store, site: Site) -> None:
    drawn = factories.a_drawn_comment(store)
    before = len(store.desk.history(drawn.id, scope=EVERY_SITE))
    factories.a_moderator(store)

    made = together([partial(_confirm, store, drawn)] * 6)

    assert sum(each is not None for each in made) == 1
    assert len(store.desk.history(drawn.id, scope=EVERY_SITE)) == before + 1
    assert store.samples.count(site.id) == (1, 1)


@pytest.mark.parametrize("later", [(), (Status.APPROVED,), (Status.REJECTED,)])
def test_taking_a_drawn_comment_down_judges_it(store: Store, site: Site, later: tuple[Status, ...]) -> None:
    drawn = factories.a_drawn_comment(store)

    for new in (Status.HELD, *later) if later else (Status.REJECTED,):
        _decide(store, drawn, new)

    assert _drawn(store, site) == []
    assert store.samples.count(site.id) == (1, 1)


def test_drawn_comment_that_is_held_again_is_still_to_be_judged(store: Store, site: Site) -> None:
    drawn = factories.a_drawn_comment(store)

    held = _decide(store, drawn, Status.HELD)

    assert store.samples.count(site.id) == (1, 0)
    assert _drawn(store, site) == [], "what is not public is no miss to look for"
    _undo(store, held)
    assert _drawn(store, site) == [drawn.id]


def test_undone_rejection_waits_for_a_look_again_and_redone_does_not(store: Store, site: Site) -> None:
    drawn = factories.a_drawn_comment(store)

    undone = _undo(store, _decide(store, drawn, Status.REJECTED, 1), 2)
    assert _drawn(store, site) == [drawn.id]

    redone = _undo(store, undone, 3)
    assert store.samples.count(site.id) == (1, 1)

    _undo(store, redone, 4)
    assert _drawn(store, site) == [drawn.id]


def test_confirmation_outlives_a_later_rejection_that_is_undone(store: Store, site: Site) -> None:
    drawn = factories.a_drawn_comment(store)
    _confirm(store, drawn)

    _undo(store, _decide(store, drawn, Status.REJECTED, 1), 2)

    assert _drawn(store, site) == []
    assert store.samples.count(site.id) == (1, 1)


def test_comment_that_was_not_drawn_is_judged_by_nothing(store: Store, site: Site) -> None:
    comment = factories.an_approved_comment(store)

    assert _confirm(store, comment) is None

    _undo(store, _decide(store, comment, Status.REJECTED))
    assert store.samples.count(site.id) == (0, 0)


def test_the_desks_sample_is_what_waits_with_its_exact_number(store: Store) -> None:
    # given: two sites, a comment that was judged, and one that was never drawn
    ours = [factories.a_drawn_comment(store) for _ in range(3)]
    theirs = factories.a_drawn_comment(store, site="sport")
    _confirm(store, factories.a_drawn_comment(store))
    factories.an_approved_comment(store)

    # when
    read, query = partial(store.desk_reads.page, scope=EVERY_SITE, now=factories.NOW), QueueQuery(Queue.AUDIT)
    first = read(query, limit=3)
    second = read(query, limit=3, cursor=first.next_cursor)
    of_sport = read(replace(query, site_key="sport"))

    # then
    assert [card.id for card in (*first.cards, *second.cards)] == [*(each.id for each in ours), theirs.id]
    assert (first.total, second.total, second.next_cursor) == (4, 4, None)
    assert store.desk_reads.counts(EVERY_SITE).audit == 4
    assert ([card.id for card in of_sport.cards], of_sport.total) == ([theirs.id], 1)


def test_card_knows_whether_its_comment_awaits_an_audit(store: Store) -> None:
    drawn, other = factories.a_drawn_comment(store), factories.an_approved_comment(store)

    assert store.desk.card(drawn.id, now=factories.NOW, scope=EVERY_SITE).awaits_audit
    assert not store.desk.card(other.id, now=factories.NOW, scope=EVERY_SITE).awaits_audit

    held = _decide(store, drawn, Status.HELD)
    assert not store.desk.card(drawn.id, now=factories.NOW, scope=EVERY_SITE).awaits_audit
    _undo(store, held)
    _confirm(store, drawn)
    assert not store.desk.card(drawn.id, now=factories.NOW, scope=EVERY_SITE).awaits_audit


def test_only_a_look_that_changes_nothing_is_a_confirmation(store: Store) -> None:
    drawn = factories.a_drawn_comment(store)
    _confirm(store, drawn)
    _decide(store, drawn, Status.REJECTED)

    assert [record.is_confirmation for record in store.desk.history(drawn.id, scope=EVERY_SITE)] == [
        False,
        False,
        True,
        False,
    ]


def test_a_confirmation_can_be_taken_back_and_made_again(store: Store, site: Site) -> None:
    drawn = factories.a_drawn_comment(store)
    confirmed = _confirm(store, drawn, 1)
    assert confirmed is not None

    taken_back = _undo(store, confirmed, 2)
    waiting = _drawn(store, site)
    _undo(store, taken_back, 3)

    assert waiting == [drawn.id]
    assert _drawn(store, site) == []
    looks = [record.look for record in store.desk.history(drawn.id, scope=EVERY_SITE)]
    assert looks == [None, None, Look.SAMPLE, None, Look.SAMPLE]
