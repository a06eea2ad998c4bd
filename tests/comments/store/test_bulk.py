"""Bulk: each comment stands or falls alone, and one undo takes everything back."""

import time
from datetime import datetime
from functools import partial

import pytest

from comments.reasons import Reason
from comments.roles import EVERY_SITE, Scope
from comments.status import Status
from comments.store import Store
from comments.store.audit import NotThere
from comments.store.desk import StaleDecision
from comments.store.outcomes import Batch, Problem
from comments.store.pending import Settlement
from comments.store.unsound import what_is_unsound
from comments.verdict import Verdict
from tests import factories
from tests.at_the_desk import a_campaign, decide, made, status_of, trail_of, undo, version_of
from tests.together import together


def bulk(store: Store, seen: list[tuple[int, int]], new: Status, *, by: str = "ada") -> Batch:
    moderator = factories.a_moderator(store, by)
    return store.bulk.decide(seen, new, moderator_id=moderator.id, scope=EVERY_SITE, now=factories.NOW)


def undo_batch(store: Store, batch_id: int | None, *, by: str = "ada", scope: Scope = EVERY_SITE) -> Batch:
    assert batch_id is not None, "nothing was decided"
    return store.bulk.undo(batch_id, moderator_id=factories.a_moderator(store, by).id, scope=scope, now=factories.NOW)


def seen_now(store: Store, ids: list[int]) -> list[tuple[int, int]]:
    return [(each, version_of(store, each)) for each in ids]


def held(store: Store, count: int) -> list[int]:
    return [factories.a_held_comment(store).id for _ in range(count)]


class TestDecide:
    def test_every_comment_is_decided_with_the_same_reason_and_batch(self, store: Store, now: datetime) -> None:
        # given
        ids, moderator = held(store, 3), factories.a_moderator(store)

        # when
        batch = store.bulk.decide(
            seen_now(store, ids),
            Status.REJECTED,
            reason=Reason.SPAM,
            note="No advertisements.",
            moderator_id=moderator.id,
            scope=EVERY_SITE,
            now=now,
        )

        # then
        assert [item.comment_id for item in batch.items] == ids
        assert batch.problems == ()
        for item in batch.items:
            record = trail_of(store, item.comment_id)[-1]
            assert (record.id, record.batch_id, record.new_status) == (item.decision_id, batch.batch_id, "rejected")
            assert (record.reason, record.note, record.moderator) == ("spam", "No advertisements.", "ada")

    def test_what_cannot_be_decided_does_not_stop_the_rest(self, store: Store) -> None:
        # given
        stale, erased, approved, fine = held(store, 4)
        elsewhere = factories.a_held_comment(store, site="other").id
        seen = [*seen_now(store, [fine, stale, erased, approved, elsewhere]), (2**40, 1)]
        decide(store, stale, Status.REJECTED, by="eve")
        decide(store, erased, Status.ERASED, by="eve")
        decide(store, approved, Status.APPROVED, by="eve")
        demo = factories.a_site(store)

        # when
        batch = store.bulk.decide(
            seen,
            Status.APPROVED,
            moderator_id=factories.a_moderator(store).id,
            scope=Scope(frozenset({demo.id})),
            now=factories.NOW,
        )

        # then
        assert [item.problem for item in batch.items] == [
            None,
            Problem.STALE,
            Problem.FORBIDDEN,
            Problem.STALE,
            Problem.NOT_THERE,
            Problem.NOT_THERE,
        ]
        assert [item.latest and item.latest.moderator for item in batch.items] == [
            None,
            "eve",
            "eve",
            "eve",
            None,
            None,
        ]
        assert status_of(store, fine) is Status.APPROVED
        assert status_of(store, elsewhere) is Status.HELD

    def test_a_bulk_that_decides_nothing_has_nothing_to_undo(self, store: Store) -> None:
        ids = held(store, 2)
        seen = seen_now(store, ids)
        bulk(store, seen, Status.APPROVED)

        again = bulk(store, seen, Status.APPROVED)

        assert again.batch_id is None
        assert again.decided == ()
        assert bulk(store, [], Status.APPROVED) == Batch(None, ())

    def test_each_bulk_has_a_number_of_its_own(self, store: Store) -> None:
        batches = [bulk(store, seen_now(store, held(store, 2)), Status.APPROVED) for _ in range(3)]

        assert len({batch.batch_id for batch in batches} - {None}) == 3


class TestUndo:
    def test_one_undo_takes_a_bulk_back_and_one_more_makes_it_again(self, store: Store) -> None:
        ids = held(store, 3)
        batch = bulk(store, seen_now(store, ids), Status.APPROVED)

        undone = undo_batch(store, batch.batch_id)
        statuses = {status_of(store, each) for each in ids}
        redone = undo_batch(store, undone.batch_id)

        assert statuses == {Status.HELD}
        assert len(redone.decided) == 3
        assert {status_of(store, each) for each in ids} == {Status.APPROVED}
        assert what_is_unsound(store.database) == ()

    def test_what_somebody_decided_since_is_left_alone_and_named(self, store: Store) -> None:
        # given
        _, second, _ = ids = held(store, 3)
        batch = bulk(store, seen_now(store, ids), Status.REJECTED)
        latest = made(decide(store, second, Status.APPROVED, by="eve"))

        # when
        undone = undo_batch(store, batch.batch_id)

        # then
        [left] = undone.problems
        assert (left.comment_id, left.problem) == (second, Problem.STALE)
        assert left.latest is not None
        assert (left.latest.id, left.latest.moderator) == (latest, "eve")
        assert [status_of(store, each) for each in ids] == [Status.HELD, Status.APPROVED, Status.HELD]

    def test_a_single_decision_of_a_bulk_can_be_undone_alone(self, store: Store) -> None:
        ids = held(store, 2)
        batch = bulk(store, seen_now(store, ids), Status.REJECTED)
        assert batch.items[0].decision_id is not None
        undo(store, batch.items[0].decision_id)

        undone = undo_batch(store, batch.batch_id)

        assert [item.problem for item in undone.items] == [Problem.STALE, None]
        assert {status_of(store, each) for each in ids} == {Status.HELD}

    def test_a_batch_there_is_not_or_elsewhere_is_not_there(self, store: Store) -> None:
        batch = bulk(store, seen_now(store, held(store, 2)), Status.REJECTED)
        other = factories.a_site(store, "other")

        with pytest.raises(NotThere):
            undo_batch(store, 2**40)
        with pytest.raises(NotThere):
            undo_batch(store, batch.batch_id, scope=Scope(frozenset({other.id})))


class TestCampaign:
    def test_what_is_held_of_a_campaign_is_decided_up_to_what_was_seen(self, store: Store) -> None:
        # given
        ids = a_campaign(store, 5)
        other = factories.a_held_comment(store).id
        decide(store, ids[1], Status.APPROVED, by="eve")

        # when
        batch = store.bulk.decide_campaign(
            ids[0],
            Status.REJECTED,
            seen=ids[3],
            reason=Reason.SPAM,
            moderator_id=factories.a_moderator(store).id,
            scope=EVERY_SITE,
            now=factories.NOW,
        )

        # then
        assert [item.comment_id for item in batch.decided] == [ids[0], ids[2], ids[3]]
        assert [status_of(store, each).value for each in (*ids, other)] == [
            "rejected",
            "approved",
            "rejected",
            "rejected",
            "held",
            "held",
        ]

    def test_a_campaign_elsewhere_or_already_decided_is_not_there(self, store: Store) -> None:
        ids = a_campaign(store, 2)
        other = factories.a_site(store, "other")
        wish = {"seen": ids[-1], "moderator_id": factories.a_moderator(store).id, "now": factories.NOW}

        with pytest.raises(NotThere):
            store.bulk.decide_campaign(ids[0], Status.REJECTED, scope=Scope(frozenset({other.id})), **wish)  # type: ignore[arg-type]  # its own keywords
        assert store.bulk.decide_campaign(ids[0], Status.REJECTED, scope=EVERY_SITE, **wish).batch_id is not None  # type: ignore[arg-type]  # as above
        with pytest.raises(NotThere):
            store.bulk.decide_campaign(ids[0], Status.REJECTED, scope=EVERY_SITE, **wish)  # type: ignore[arg-type]  # as above

    def test_a_campaign_of_many_thousands_is_one_batch(self, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("comments.store.bulk.CHUNK", 4)
        ids = a_campaign(store, 10)
        moderator = factories.a_moderator(store)

        batch = store.bulk.decide_campaign(
            ids[0], Status.REJECTED, seen=ids[-1], moderator_id=moderator.id, scope=EVERY_SITE, now=factories.NOW
        )

        assert [item.comment_id for item in batch.decided] == ids
        assert {trail_of(store, each)[-1].batch_id for each in ids} == {batch.batch_id}
        assert len(undo_batch(store, batch.batch_id).decided) == 10
        assert {status_of(store, each) for each in ids} == {Status.HELD}

    def test_three_hundred_near_duplicates_take_less_than_a_second(self, store: Store) -> None:
        # given
        ids, moderator = a_campaign(store, 300), factories.a_moderator(store)

        # when
        began = time.process_time()  # the machine's other work does not count
        batch = store.bulk.decide_campaign(
            ids[0], Status.REJECTED, seen=ids[-1], moderator_id=moderator.id, scope=EVERY_SITE, now=factories.NOW
        )
        decided = time.process_time()
        undone = undo_batch(store, batch.batch_id)
        ended = time.process_time()

        # then
        assert len(batch.decided) == len(undone.decided) == 300
        assert {status_of(store, each) for each in ids} == {Status.HELD}
        print(f"300 decided in {decided - began:.3f} s, undone in {ended - decided:.3f} s")
        if store.database.is_sqlite:
            assert decided - began < 1
            assert ended - decided < 1


class TestAtTheSameMoment:
    """Of everything that is decided on one version, exactly one decision stands."""

    def test_two_bulks(self, store: Store) -> None:
        ids = held(store, 20)
        seen = seen_now(store, ids)
        for login in ("ada", "eve"):
            factories.a_moderator(store, login)

        batches = together(
            [
                partial(bulk, store, seen, Status.APPROVED, by="ada"),
                partial(bulk, store, seen[::-1], Status.REJECTED, by="eve"),
            ]
            * 2
        )

        decided = [item.comment_id for batch in batches for item in batch.decided]
        assert sorted(decided) == ids
        assert all(len(trail_of(store, each)) == 3 for each in ids)
        assert what_is_unsound(store.database) == ()

    def test_a_bulk_and_single_decisions(self, store: Store) -> None:
        ids = held(store, 12)
        seen = seen_now(store, ids)
        factories.a_moderator(store, "ada")
        factories.a_moderator(store, "eve")

        def one_by_one() -> list[int]:
            won = []
            for each, version in seen[::-1]:
                try:
                    decide(store, each, Status.REJECTED, version=version, by="eve")
                except StaleDecision:
                    continue
                won.append(each)
            return won

        def at_once() -> list[int]:
            return [item.comment_id for item in bulk(store, seen, Status.APPROVED).decided]

        won = together([one_by_one, at_once])

        assert sorted(won[0] + won[1]) == ids
        assert all(len(trail_of(store, each)) == 3 for each in ids)

    def test_a_bulk_and_a_worker(self, store: Store) -> None:
        accepted = [factories.accept(store) for _ in range(20)]
        settlements = [
            Settlement(factories.a_claimed(store, each), Verdict(Status.APPROVED, (), ())) for each in accepted
        ]
        ids = [each.id for each in accepted]
        factories.a_moderator(store)

        def decided() -> int:
            return len(bulk(store, [(each, 1) for each in ids], Status.REJECTED).decided)

        stood = together([decided, partial(store.pending.settle, settlements[::-1], factories.NOW)])

        assert sum(stood) == 20
        assert all(len(trail_of(store, each)) == 2 for each in ids)
        assert what_is_unsound(store.database) == ()

    def test_a_campaign_is_decided_while_a_worker_makes_it_grow(self, store: Store) -> None:
        # given
        first, second = a_campaign(store, 10), a_campaign(store, 10)
        bridges = [factories.a_claimed(store, factories.accept(store)) for _ in range(6)]
        held_too = Verdict(Status.HELD, (), ())
        moderator = factories.a_moderator(store)

        def decide_it(cluster_id: int) -> int:
            batch = store.bulk.decide_campaign(
                cluster_id,
                Status.REJECTED,
                seen=second[-1],
                moderator_id=moderator.id,
                scope=EVERY_SITE,
                now=factories.NOW,
            )
            return len(batch.decided)

        def grow(at: int) -> int:
            alike = (first[at], second[-at])
            return store.pending.settle([Settlement(bridges[at], held_too, alike=alike)], factories.NOW)

        # when
        counts = together([partial(decide_it, first[0]), *(partial(grow, each) for each in range(1, 6))])

        # then
        assert counts[1:] == [1] * 5
        assert counts[0] in {10, 20}, "both campaigns had become one, or not yet"
        assert what_is_unsound(store.database) == ()

    def test_two_undos_of_one_bulk(self, store: Store) -> None:
        ids = held(store, 10)
        batch = bulk(store, seen_now(store, ids), Status.APPROVED)

        undone = together([partial(undo_batch, store, batch.batch_id)] * 3)

        assert sum(len(each.decided) for each in undone) == 10
        assert all(len(trail_of(store, each)) == 4 for each in ids)
        assert what_is_unsound(store.database) == ()
