"""The desk: the queue is complete, stale decisions change nothing, and nothing depends on an address."""

from datetime import datetime
from functools import partial

import pytest

from comments.queue_query import Queue, QueueQuery
from comments.reasons import Reason
from comments.roles import EVERY_SITE
from comments.status import ForbiddenMove, Status
from comments.store import Store, open_store
from comments.store.desk import NotThere, StaleDecision
from comments.store.records import DecisionRecord, Moderator
from tests import factories
from tests.together import together


@pytest.fixture
def moderator(store: Store) -> Moderator:
    return factories.a_moderator(store)


def decide(store: Store, comment_id: int, new: Status, **named: object) -> int:
    """Decide as somebody who has just looked, unless `version` says what was seen."""
    version = named.pop("version", None) or store.desk.card(comment_id, now=factories.NOW, scope=EVERY_SITE).version
    moderator = store.moderators.find("ada")
    assert moderator is not None
    outcome = store.desk.decide(
        comment_id,
        new,
        **{"version": version, "moderator_id": moderator.id, "now": factories.NOW} | named,  # type: ignore[arg-type]  # decide's own keywords
        scope=EVERY_SITE,
    )
    assert outcome.decision_id is not None
    return outcome.decision_id


def undo(store: Store, decision_id: int) -> DecisionRecord:
    moderator = store.moderators.find("ada")
    assert moderator is not None
    return store.desk.undo(decision_id, moderator_id=moderator.id, now=factories.NOW, scope=EVERY_SITE)


class TestCards:
    def test_a_card_explains_the_comment(self, store: Store, now: datetime) -> None:
        parent = factories.an_approved_comment(store, name="Eve", email="eve@example.org")
        comment = factories.a_held_comment(store, name="Ada", text="See two links.", parent=parent.id)

        card = store.desk.card(comment.id, now=now, scope=EVERY_SITE)

        assert (card.name, card.text, card.status) == ("Ada", "See two links.", Status.HELD)
        assert (card.site_key, card.thread_title) == ("demo", "Strikes on the border")
        assert card.parent is not None
        assert (card.parent.id, card.parent.name) == (parent.id, "Eve")
        assert card.signals == (factories.a_signal(),)
        assert card.explanation == ("It contains two links.",)
        assert card.last_decision.made_by == "policy"

    def test_the_reason_stays_after_a_moderator_has_decided(self, store: Store, moderator: Moderator) -> None:
        comment = factories.a_held_comment(store)
        decide(store, comment.id, Status.APPROVED)

        card = store.desk.card(comment.id, now=factories.NOW, scope=EVERY_SITE)

        assert card.explanation == ("It contains two links.",)
        assert card.last_decision.made_by == "moderator"

    def test_no_card_without_its_comment(self, store: Store, now: datetime) -> None:
        with pytest.raises(NotThere):
            store.desk.card(1, now=now, scope=EVERY_SITE)

    def test_a_parent_that_is_no_longer_public_is_not_shown(
        self, store: Store, now: datetime, moderator: Moderator
    ) -> None:
        parent = factories.an_approved_comment(store)
        reply = factories.a_held_comment(store, parent=parent.id)
        decide(store, parent.id, Status.REJECTED)

        assert store.desk.card(reply.id, now=now, scope=EVERY_SITE).parent is None


class TestDecide:
    def test_a_decision_says_who_what_when_and_why(self, store: Store, now: datetime, moderator: Moderator) -> None:
        comment = factories.a_held_comment(store)

        made = decide(store, comment.id, Status.REJECTED, reason=Reason.INSULT, note="calls him an “idiot”")

        record = store.desk.decision(made, scope=EVERY_SITE)
        assert (record.reason, record.note) == ("insult", "calls him an “idiot”")
        assert (record.moderator, record.made_at) == ("ada", now)
        assert store.desk.recent(scope=EVERY_SITE)[0] == record

    @pytest.mark.parametrize("new", [Status.APPROVED, Status.REJECTED])
    def test_a_stale_decision_changes_nothing_and_says_who_was_faster(
        self, store: Store, now: datetime, moderator: Moderator, new: Status
    ) -> None:
        comment = factories.a_held_comment(store)
        seen = store.desk.card(comment.id, now=now, scope=EVERY_SITE).version
        eve = factories.a_moderator(store, "eve")
        faster = decide(store, comment.id, Status.REJECTED, moderator_id=eve.id, reason=Reason.SPAM)
        trail = store.desk.history(comment.id, scope=EVERY_SITE)

        with pytest.raises(StaleDecision) as stale:
            decide(store, comment.id, new, version=seen)

        assert stale.value.status is Status.REJECTED
        assert (stale.value.latest.id, stale.value.latest.moderator) == (faster, "eve")
        assert store.desk.history(comment.id, scope=EVERY_SITE) == trail

    def test_of_many_moderators_at_once_one_decides(self, store: Store, moderator: Moderator) -> None:
        comment = factories.a_held_comment(store)
        version = store.desk.card(comment.id, now=factories.NOW, scope=EVERY_SITE).version

        def try_to(new: Status) -> bool:
            try:
                decide(store, comment.id, new, version=version)
            except StaleDecision:
                return False
            return True

        decided = together([partial(try_to, new) for new in (Status.APPROVED, Status.REJECTED) * 3])

        assert sum(decided) == 1
        assert len(store.desk.history(comment.id, scope=EVERY_SITE)) == 3

    def test_what_is_not_there_cannot_be_decided(self, store: Store, moderator: Moderator) -> None:
        with pytest.raises(NotThere):
            decide(store, 1, Status.APPROVED, version=1)


class TestUndo:
    @pytest.mark.parametrize("new", [Status.APPROVED, Status.REJECTED])
    def test_undo_moves_back_with_a_record_of_its_own(self, store: Store, moderator: Moderator, new: Status) -> None:
        comment = factories.a_held_comment(store)
        made = decide(store, comment.id, new)

        undone = undo(store, made)

        assert (undone.old_status, undone.new_status, undone.undoes_id) == (new, Status.HELD, made)
        assert store.desk.card(comment.id, now=factories.NOW, scope=EVERY_SITE).status is Status.HELD
        assert [each.id for each in store.desk.history(comment.id, scope=EVERY_SITE)][-2:] == [made, undone.id]

    def test_what_is_undone_twice_is_undone_once(self, store: Store, moderator: Moderator) -> None:
        comment = factories.a_held_comment(store)
        made = decide(store, comment.id, Status.APPROVED)
        undo(store, made)

        with pytest.raises(StaleDecision) as stale:
            undo(store, made)

        assert stale.value.latest.undoes_id == made
        assert store.desk.card(comment.id, now=factories.NOW, scope=EVERY_SITE).status is Status.HELD

    def test_of_many_undos_at_once_one_stands(self, store: Store, moderator: Moderator) -> None:
        comment = factories.a_held_comment(store)
        made = decide(store, comment.id, Status.APPROVED)

        def try_to() -> bool:
            try:
                undo(store, made)
            except StaleDecision:
                return False
            return True

        assert sum(together([try_to] * 6)) == 1
        assert len(store.desk.history(comment.id, scope=EVERY_SITE)) == 4

    def test_an_undo_can_be_undone(self, store: Store, moderator: Moderator) -> None:
        comment = factories.a_held_comment(store)
        undone = undo(store, decide(store, comment.id, Status.APPROVED))

        redone = undo(store, undone.id)

        assert (redone.new_status, redone.undoes_id) == (Status.APPROVED, undone.id)
        assert store.threads.counts("demo", ["border-strikes"]) == {"border-strikes": 1}

    def test_an_older_decision_cannot_be_undone(self, store: Store, moderator: Moderator) -> None:
        comment = factories.a_held_comment(store)
        older = decide(store, comment.id, Status.APPROVED)
        decide(store, comment.id, Status.REJECTED)

        with pytest.raises(StaleDecision):
            undo(store, older)
        assert store.desk.card(comment.id, now=factories.NOW, scope=EVERY_SITE).status is Status.REJECTED

    def test_only_moderators_decisions_can_be_undone(self, store: Store, moderator: Moderator) -> None:
        comment = factories.a_held_comment(store)

        for record in store.desk.history(comment.id, scope=EVERY_SITE):
            with pytest.raises(NotThere):
                undo(store, record.id)
        with pytest.raises(NotThere):
            undo(store, 2**40)

    def test_what_is_erased_stays_erased(self, store: Store, moderator: Moderator) -> None:
        comment = factories.a_held_comment(store)
        made = decide(store, comment.id, Status.ERASED)

        with pytest.raises(ForbiddenMove):
            undo(store, made)
        assert store.desk.card(comment.id, now=factories.NOW, scope=EVERY_SITE).status is Status.ERASED

    def test_a_decision_made_before_the_checks_cannot_be_undone_into_waiting(
        self, store: Store, moderator: Moderator
    ) -> None:
        comment = factories.accept(store)
        made = decide(store, comment.id, Status.APPROVED)

        with pytest.raises(ForbiddenMove):
            undo(store, made)
        assert store.desk.card(comment.id, now=factories.NOW, scope=EVERY_SITE).status is Status.APPROVED


class TestDecided:
    def test_decisions_come_newest_first_page_by_page(self, store: Store, moderator: Moderator) -> None:
        made = [decide(store, factories.a_held_comment(store).id, Status.APPROVED) for _ in range(5)]

        first = store.desk.decided(limit=3, scope=EVERY_SITE)
        second = store.desk.decided(limit=3, before=first[-1].decision.id, scope=EVERY_SITE)

        assert [each.decision.id for each in (*first, *second)] == made[::-1]

    def test_only_the_last_one_on_a_comment_can_be_undone(self, store: Store, moderator: Moderator) -> None:
        comment = factories.a_held_comment(store, text="Words.")
        decide(store, comment.id, Status.APPROVED)
        decide(store, comment.id, Status.REJECTED)

        assert [(each.text, each.is_latest) for each in store.desk.decided(scope=EVERY_SITE)] == [
            ("Words.", True),
            ("Words.", False),
        ]


class TestPseudonym:
    """The desk tells authors apart and learns nothing of their addresses."""

    def test_the_same_author_has_the_same_name_everywhere_on_a_site(self, store: Store, now: datetime) -> None:
        spellings = ["ada@example.org", "ADA@example.org", "ada+news@example.org"]
        cards = [
            store.desk.card(
                factories.a_held_comment(store, email=email, name=f"Ada {place}").id, now=now, scope=EVERY_SITE
            )
            for place, email in enumerate(spellings)
        ]

        assert len({card.pseudonym for card in cards}) == 1

    def test_another_author_or_site_has_another_name(self, store: Store, now: datetime) -> None:
        made = [
            factories.a_held_comment(store),
            factories.a_held_comment(store, email="eve@example.org"),
            factories.a_held_comment(store, site="other"),
        ]

        assert len({store.desk.card(each.id, now=now, scope=EVERY_SITE).pseudonym for each in made}) == 3

    def test_nothing_the_desk_shows_depends_on_the_address(self, sqlite_url: str, postgresql_url: str) -> None:
        ordinary = {"ada": "ada@example.org", "eve": "eve@example.org", "obi": "obi@example.org"}
        others = {"ada": "zz.top+9@gmail.com", "eve": "ọlá@münchen.example", "obi": "a@mail.example.co.uk"}

        seen = []
        for url, addresses in ((sqlite_url, ordinary), (postgresql_url, others)):
            store = open_store(url)
            seen.append(all_that_is_shown(store, addresses))
            store.close()

        assert seen[0] == seen[1]
        assert len(seen[0]) > 2000, "else this proves nothing"
        assert "Reader 0001" in seen[0]


def all_that_is_shown(store: Store, addresses: dict[str, str]) -> str:
    """Play one scenario and return, as text, all that moderators and readers get to see of it."""
    now = factories.NOW
    factories.a_moderator(store)
    root = factories.an_approved_comment(store, email=addresses["ada"], name="Ada", text="One.")
    factories.a_held_comment(store, email=addresses["eve"], name="Eve", text="Two.", parent=root.id)
    factories.a_rejected_comment(store, email=addresses["obi"], name="Obi", text="Three.")
    held = factories.a_held_comment(store, email=addresses["ada"].upper(), name="A.", text="Four.")
    factories.accept(store, email=addresses["eve"], name="E.", text="Five.")
    undo(store, decide(store, held.id, Status.APPROVED))
    decide(store, root.id, Status.HELD)
    shown: list[object] = [store.desk_reads.page(QueueQuery(queue), now=now, scope=EVERY_SITE) for queue in Queue]
    shown += [
        store.desk.decided(scope=EVERY_SITE),
        store.desk.recent(scope=EVERY_SITE),
        *(store.desk.history(each, scope=EVERY_SITE) for each in range(1, 6)),
    ]
    shown += [store.threads.page("demo", "border-strikes", now=now), store.sites.all()]
    shown += store.pending.claim(now, lease_seconds=60)
    return repr(shown)
