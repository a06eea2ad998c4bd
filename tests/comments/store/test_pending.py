"""Claim and settle: every pending comment is checked by one worker at a time and never forgotten."""

from datetime import datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import func, select
from sqlalchemy.event import listen

from comments import schema
from comments.identity import author_keys
from comments.roles import EVERY_SITE
from comments.signal import Category, Field, Span, Weight
from comments.status import Status
from comments.store import Store
from comments.store.pending import BATCH, CRASHED, Settlement
from comments.store.records import Claimed
from comments.verdict import Verdict
from tests import factories
from tests.together import together

LEASE_SECONDS = 60
LEASE = timedelta(seconds=LEASE_SECONDS)
HELD = Verdict(Status.HELD, ("It contains two links.",), (factories.a_signal(),))
CLEAN = Verdict(Status.APPROVED, (), ())


def claim(store: Store, now: datetime, limit: int = BATCH) -> list[int]:
    return [each.id for each in store.pending.claim(now, lease_seconds=LEASE_SECONDS, limit=limit)]


def claim_again(store: Store, now: datetime) -> list[int]:
    return [each.id for each in store.pending.claim_again(now, lease_seconds=LEASE_SECONDS)]


def count_signals(store: Store) -> int:
    with store.database.read() as connection:
        return connection.execute(select(func.count()).select_from(schema.signals)).scalar_one()


class TestClaim:
    def test_nothing_is_claimed_when_nothing_waits(self, store: Store, now: datetime) -> None:
        assert claim(store, now) == claim_again(store, now) == []
        assert store.pending.hold_exhausted(now, lease_seconds=LEASE_SECONDS) == 0

    def test_the_oldest_come_first_and_no_more_than_asked(self, store: Store, now: datetime) -> None:
        waiting = [factories.accept(store).id for _ in range(5)]

        assert claim(store, now, limit=3) == waiting[:3]
        assert claim(store, now, limit=3) == waiting[3:]
        assert claim(store, now, limit=3) == []

    def test_only_pending_comments_are_claimed(self, store: Store, now: datetime) -> None:
        factories.a_held_comment(store)
        factories.an_approved_comment(store)
        factories.a_rejected_comment(store)

        assert claim(store, now + 10 * LEASE) == claim_again(store, now + 10 * LEASE) == []

    def test_no_comment_is_claimed_twice_at_the_same_moment(self, store: Store, now: datetime) -> None:
        waiting = [factories.accept(store).id for _ in range(40)]

        taken = together([partial(claim, store, now, 5) for _ in range(6)])
        taken += [claim(store, now) for _ in range(3)]

        claimed = [comment_id for batch in taken for comment_id in batch]
        assert sorted(claimed) == waiting

    def test_a_lease_keeps_everybody_else_away_until_it_ends(self, store: Store, now: datetime) -> None:
        accepted = factories.accept(store)
        assert claim(store, now) == [accepted.id]

        just_before, end = now + LEASE - timedelta(microseconds=1), now + LEASE

        assert claim(store, just_before) == claim_again(store, just_before) == []
        assert claim(store, end) == [], "what was tried is not tried in a batch again"
        assert claim_again(store, end) == [accepted.id]

    def test_a_lease_ends_though_the_clock_was_put_back(self, store: Store, now: datetime) -> None:
        # given: claimed by a worker that died, before the clock was put back by an hour
        accepted = factories.accept(store)
        assert claim(store, now + timedelta(hours=1)) == [accepted.id]

        # when, then
        assert claim_again(store, now) == [accepted.id], "else it would wait for an hour"
        assert store.pending.hold_exhausted(now, lease_seconds=LEASE_SECONDS) == 0

    def test_a_clock_a_little_ahead_takes_no_lease_away(self, store: Store, now: datetime) -> None:
        factories.accept(store)
        claim(store, now + LEASE)

        assert claim_again(store, now) == []

    def test_a_second_attempt_is_made_alone(self, store: Store, now: datetime) -> None:
        waiting = [factories.accept(store).id for _ in range(3)]
        assert claim(store, now) == waiting

        later = now + LEASE
        assert [claim_again(store, later) for _ in range(4)] == [[waiting[0]], [waiting[1]], [waiting[2]], []]

    def test_two_workers_never_make_the_same_second_attempt(self, store: Store, now: datetime) -> None:
        waiting = [factories.accept(store).id for _ in range(4)]
        claim(store, now)

        taken = together([partial(claim_again, store, now + LEASE) for _ in range(4)])
        taken += [claim_again(store, now + LEASE) for _ in range(4)]

        assert sorted(comment_id for batch in taken for comment_id in batch) == waiting

    def test_attempts_are_counted(self, store: Store, now: datetime) -> None:
        factories.accept(store)

        [first] = store.pending.claim(now, lease_seconds=LEASE_SECONDS)
        [second] = store.pending.claim_again(now + LEASE, lease_seconds=LEASE_SECONDS)

        assert (first.attempts, second.attempts) == (1, 2)

    def test_what_fails_twice_goes_to_a_person(self, store: Store, now: datetime) -> None:
        accepted = factories.accept(store)
        claim(store, now)
        claim_again(store, now + LEASE)
        assert store.pending.hold_exhausted(now + 2 * LEASE - timedelta(seconds=1), lease_seconds=LEASE_SECONDS) == 0

        assert store.pending.hold_exhausted(now + 2 * LEASE, lease_seconds=LEASE_SECONDS) == 1

        card = store.desk.card(accepted.id, now=now, scope=EVERY_SITE)
        assert card.status is Status.HELD
        assert card.explanation == (CRASHED,)
        assert card.last_decision.made_by == "system"
        assert store.pending.hold_exhausted(now + 9 * LEASE, lease_seconds=LEASE_SECONDS) == 0
        assert claim_again(store, now + 9 * LEASE) == []

    def test_a_claim_carries_what_the_checks_need(self, store: Store, now: datetime) -> None:
        site = factories.a_site(store, blocked_words=("casino",), held_words=("lottery",))
        factories.accept(store, email="a@mailinator.com", disposable_domains=frozenset({"mailinator.com"}))

        [claimed] = store.pending.claim(now, lease_seconds=LEASE_SECONDS)

        assert claimed.site == site
        assert claimed.disposable_email
        assert claimed.thread_title == "Strikes on the border"
        assert claimed.revision == 1
        assert not any(isinstance(getattr(claimed, name), bytes) for name in Claimed.__slots__), "no hash goes along"


class TestSettle:
    def test_a_batch_is_settled_at_once(self, store: Store, now: datetime) -> None:
        for _ in range(BATCH):
            factories.accept(store)
        claimed = store.pending.claim(now, lease_seconds=LEASE_SECONDS)
        verdicts = [HELD if each.id % 2 else CLEAN for each in claimed]

        stood = store.pending.settle([Settlement(*pair) for pair in zip(claimed, verdicts, strict=True)], now)

        assert stood == BATCH
        for each, verdict in zip(claimed, verdicts, strict=True):
            record = store.desk.history(each.id, scope=EVERY_SITE)[-1]
            assert (record.comment_id, record.new_status) == (each.id, verdict.status)
            assert record.explanation == verdict.reasons
        counts = store.desk_reads.counts(EVERY_SITE)
        assert counts.review == counts.approved == BATCH // 2

    def test_settling_nothing_is_nothing(self, store: Store, now: datetime) -> None:
        assert store.pending.settle([], now) == 0

    def test_settling_twice_is_settling_once(self, store: Store, now: datetime) -> None:
        factories.accept(store)
        [claimed] = store.pending.claim(now, lease_seconds=LEASE_SECONDS)
        settlement = Settlement(claimed, HELD, ((0, 5), (1, 6)))

        assert [store.pending.settle([settlement], now) for _ in range(2)] == [1, 0]

        assert len(store.desk.history(claimed.id, scope=EVERY_SITE)) == 2
        assert count_signals(store) == 1

    def test_two_workers_settle_a_comment_once(self, store: Store, now: datetime) -> None:
        factories.accept(store)
        [claimed] = store.pending.claim(now, lease_seconds=LEASE_SECONDS)

        stood = together([partial(store.pending.settle, [Settlement(claimed, HELD)], now) for _ in range(4)])

        assert sorted(stood) == [0, 0, 0, 1]
        assert len(store.desk.history(claimed.id, scope=EVERY_SITE)) == 2
        assert count_signals(store) == 1

    def test_batches_in_different_order_do_not_block_each_other(self, store: Store, now: datetime) -> None:
        for _ in range(20):
            factories.accept(store)
        claimed = store.pending.claim(now, lease_seconds=LEASE_SECONDS)
        batch = [Settlement(each, CLEAN) for each in claimed]

        stood = together([partial(store.pending.settle, order, now) for order in (batch, batch[::-1]) * 2])

        assert sum(stood) == 20

    def test_a_verdict_on_an_earlier_revision_changes_nothing(self, store: Store, now: datetime) -> None:
        accepted = factories.accept(store)
        stale = factories.a_claimed(store, accepted, revision=2)

        assert store.pending.settle([Settlement(stale, CLEAN)], now) == 0

        assert store.desk.card(accepted.id, now=now, scope=EVERY_SITE).status is Status.PENDING
        assert len(store.desk.history(accepted.id, scope=EVERY_SITE)) == 1

    def test_a_moderator_who_was_faster_wins(self, store: Store, now: datetime) -> None:
        factories.accept(store)
        [claimed] = store.pending.claim(now, lease_seconds=LEASE_SECONDS)
        moderator = factories.a_moderator(store)
        store.desk.decide(claimed.id, Status.REJECTED, version=1, moderator_id=moderator.id, now=now, scope=EVERY_SITE)

        assert store.pending.settle([Settlement(claimed, CLEAN)], now) == 0

        assert store.desk.card(claimed.id, now=now, scope=EVERY_SITE).status is Status.REJECTED

    def test_signals_come_back_as_they_went_in(self, store: Store, now: datetime) -> None:
        signals = (
            factories.a_signal(spans=(Span(0, 4), Span(2, 3, Field.NAME, "fr€€ → “free”")), microseconds=1234),
            factories.a_signal(category=Category.THREAT, score=0.1 + 0.2, weight=Weight.REJECT, detail="ọ̀rọ̀ '\"\\"),
            factories.a_signal(check="shadowed", version="2026-05", shadow=True, spans=()),
        )
        accepted = factories.accept(store)

        factories.settle(store, accepted, Status.HELD, signals=signals)

        assert store.desk.card(accepted.id, now=now, scope=EVERY_SITE).signals == signals

    def test_the_policy_that_decided_is_named(self, store: Store, now: datetime) -> None:
        factories.a_site(store, name="Renamed")
        accepted = factories.an_approved_comment(store)

        with store.database.read() as connection:
            statement = select(schema.decisions.c.policy_version).where(schema.decisions.c.comment_id == accepted.id)
            assert connection.execute(statement).scalars().all() == [None, "2"]

    def test_what_fails_halfway_changes_nothing(self, store: Store, now: datetime) -> None:
        factories.accept(store)
        [claimed] = store.pending.claim(now, lease_seconds=LEASE_SECONDS)
        twice_the_same_band = ((0, 5), (0, 6))

        with pytest.raises(Exception, match=r"UNIQUE|duplicate key"):
            store.pending.settle([Settlement(claimed, HELD, twice_the_same_band)], now)

        assert store.desk.card(claimed.id, now=now, scope=EVERY_SITE).status is Status.PENDING
        assert len(store.desk.history(claimed.id, scope=EVERY_SITE)) == 1
        assert count_signals(store) == 0


class TestWhatCameBefore:
    def test_a_new_author_has_no_history(self, store: Store, now: datetime) -> None:
        factories.an_approved_comment(store, email="eve@example.org")
        new = factories.a_claimed(store, factories.accept(store))

        history = store.pending.history(new, now)

        assert (history.approved, history.held, history.rejected, history.last_ten_minutes) == (0, 0, 0, 0)

    def test_history_counts_what_became_of_the_earlier_ones(self, store: Store, now: datetime) -> None:
        long_ago = now - timedelta(minutes=10)
        for make in (factories.an_approved_comment, factories.a_held_comment, factories.a_rejected_comment):
            make(store, now=long_ago)
        factories.a_held_comment(store, email="ADA.OBI+x@example.org")
        factories.an_approved_comment(store, site="other")
        new = factories.a_claimed(store, factories.accept(store))
        factories.an_approved_comment(store)

        history = store.pending.history(new, now)

        assert (history.approved, history.held, history.rejected) == (1, 2, 1)
        assert history.last_ten_minutes == 1

    def test_authors_of_one_batch_are_told_apart(self, store: Store, now: datetime) -> None:
        # given somebody published, somebody rejected and banned, somebody new, and the first one again on another site
        factories.an_approved_comment(store)
        factories.a_rejected_comment(store, email="eve@example.org")
        eve = author_keys("eve@example.org", "demo", factories.ROOT_KEY)
        assert eve is not None
        store.bans.add(factories.a_site(store).id, eve, until=None, now=now)
        emails = ["ada.obi@example.org", "eve@example.org", "new@example.org"]
        batch = [factories.a_claimed(store, factories.accept(store, email=email)) for email in emails]
        batch.append(factories.a_claimed(store, factories.accept(store, site="other")))

        found = store.pending.histories(batch, now)

        told = [(each.approved, each.rejected, each.is_known, each.is_banned) for each in found.values()]
        assert told == [(1, 0, True, False), (0, 1, False, True), (0, 0, False, False), (0, 0, False, False)]
        assert list(found) == [claimed.id for claimed in batch]

    def test_a_batch_of_new_authors_costs_a_few_statements(self, store: Store, now: datetime) -> None:
        batch = [factories.a_claimed(store, factories.accept(store, email=f"a{n}@example.org")) for n in range(20)]
        statements: list[str] = []
        with store.database.read() as connection:
            listen(connection.engine, "before_cursor_execute", lambda *seen: statements.append(seen[2]))

        store.pending.histories(batch, now)

        assert 0 < len([each for each in statements if each.split()[0] == "SELECT"]) <= 3

    @pytest.mark.parametrize(
        ("name", "email", "is_known"),
        [
            ("Ada Obi", "ada.obi@example.org", True),
            ("Ada Obi", "Ada.Obi@EXAMPLE.org", True),
            ("Ada Obi", "ada.obi+x@example.org", False),
            ("Ada", "ada.obi@example.org", False),
            ("Ada Obi", "eve@example.org", False),
        ],
    )
    def test_known_is_who_types_a_name_and_address_that_were_published(
        self, store: Store, now: datetime, name: str, email: str, *, is_known: bool
    ) -> None:
        # given somebody who was published
        factories.an_approved_comment(store)
        new = factories.a_claimed(store, factories.accept(store, name=name, email=email))

        assert store.pending.history(new, now).is_known is is_known

    def test_what_was_held_or_published_elsewhere_makes_nobody_known(self, store: Store, now: datetime) -> None:
        factories.a_held_comment(store)
        factories.an_approved_comment(store, site="other")
        new = factories.a_claimed(store, factories.accept(store))
        factories.an_approved_comment(store)

        assert not store.pending.history(new, now).is_known

    def test_similar_comments_are_found_by_their_bands(self, store: Store, now: datetime) -> None:
        def settled(*bands: tuple[int, int], **overrides: object) -> int:
            accepted = factories.accept(store, **overrides)
            factories.settle(store, accepted, Status.HELD, bands=bands)
            return accepted.id

        exact = settled((0, 7), (1, 1), (2, 2), (3, 3), (4, 4))
        near = settled((0, 8), (1, 1), (2, 2), (3, 0), (4, 0), email="eve@example.org")
        settled((0, 9), (1, 1), (2, 0), (3, 0), (4, 0))  # one band is chance
        settled((0, 7), (1, 1), (2, 2), site="other")
        settled((0, 1), (1, 7))  # the same value in another band
        claimed = factories.a_claimed(store, factories.accept(store))
        settled((0, 7))  # it came later

        found = store.pending.similar(claimed, ((0, 7), (1, 1), (2, 2), (3, 3), (4, 4)))

        assert [(each.comment_id, each.is_exact, each.same_author) for each in found] == [
            (near, False, False),
            (exact, True, True),
        ]
        assert {each.status for each in found} == {Status.HELD}
        assert store.pending.similar(claimed, ()) == ()


class TestStranded:
    def test_what_nobody_was_woken_for_is_counted(self, store: Store, now: datetime) -> None:
        factories.accept(store, now=now - timedelta(seconds=5))
        factories.accept(store, now=now - timedelta(seconds=4))
        factories.a_held_comment(store, now=now - timedelta(seconds=60))

        assert store.pending.count_stranded(now, older_than_seconds=5, lease_seconds=LEASE_SECONDS) == 1
        claim(store, now)
        assert store.pending.count_stranded(now, older_than_seconds=5, lease_seconds=LEASE_SECONDS) == 0
        assert store.pending.count_stranded(now + LEASE, older_than_seconds=5, lease_seconds=LEASE_SECONDS) == 2

    def test_what_was_written_under_a_later_clock_is_counted(self, store: Store, now: datetime) -> None:
        factories.accept(store, now=now + timedelta(days=1))

        assert store.pending.count_stranded(now, older_than_seconds=5, lease_seconds=LEASE_SECONDS) == 1

    def test_the_oldest_is_known(self, store: Store, now: datetime) -> None:
        assert store.pending.oldest_at() is None
        factories.a_held_comment(store, now=now - timedelta(hours=1))
        factories.accept(store, now=now - timedelta(seconds=9))
        factories.accept(store, now=now)

        assert store.pending.oldest_at() == now - timedelta(seconds=9)
