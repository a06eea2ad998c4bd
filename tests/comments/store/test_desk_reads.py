"""The desk, read: every list is complete and exact, within the moderator's sites, at a fixed number of statements."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import event, insert, update

from comments import schema
from comments.findings import Findings
from comments.queue_query import Order, Queue, QueueQuery, orders_of
from comments.roles import EVERY_SITE, NO_SITE, Scope
from comments.signal import Category, Signal, Weight
from comments.status import Status
from comments.store import Store
from comments.store.audit import NotThere
from comments.store.cards_records import QueueCounts, QueuePage
from comments.store.pending import Settlement
from comments.store.records import Accepted
from comments.verdict import Verdict
from tests import factories

MOST_STATEMENTS = 12


def a_comment(
    store: Store,
    status: Status = Status.HELD,
    *,
    findings: Findings | None = None,
    signals: tuple[Signal, ...] = (),
    **overrides: object,
) -> Accepted:
    """Return a judged comment with what the checks made of it."""
    accepted = factories.accept(store, **overrides)  # type: ignore[arg-type]  # its own keywords and the body's fields
    verdict = Verdict(status, (), signals)
    settlement = Settlement(factories.a_claimed(store, accepted), verdict, findings=findings or Findings())
    assert store.pending.settle([settlement], factories.NOW) == 1
    return replace(accepted, status=status)


def page(store: Store, query: QueueQuery | None = None, *, scope: Scope = EVERY_SITE, **named: object) -> QueuePage:
    query = query or QueueQuery()
    return store.desk_reads.page(query, scope=scope, now=factories.NOW, **named)  # type: ignore[arg-type]  # page's own


def ids(store: Store, query: QueueQuery | None = None, *, scope: Scope = EVERY_SITE) -> list[int]:
    return [card.id for card in page(store, query, scope=scope).cards]


def joined(store: Store, cluster_id: int, members: list[int]) -> None:
    """Make these one campaign."""
    with store.database.write() as connection:
        members_of = update(schema.comments).where(schema.comments.c.id.in_(members))
        connection.execute(members_of.values(cluster_id=cluster_id))


@contextmanager
def counted(store: Store) -> Iterator[list[str]]:
    """Collect every statement that is executed meanwhile."""
    statements: list[str] = []

    def note(connection: object, cursor: object, statement: str, *rest: object) -> None:
        statements.append(statement)

    readers = (store.database._reader,)
    for engine in readers:
        event.listen(engine, "before_cursor_execute", note)
    yield statements
    for engine in readers:
        event.remove(engine, "before_cursor_execute", note)


class TestLists:
    def test_an_empty_desk_says_so(self, store: Store) -> None:
        for queue in Queue:
            found = page(store, QueueQuery(queue))

            assert (found.total, found.total_is_exact, found.cards, found.next_cursor) == (0, True, (), None)
            assert found.oldest_at is None
            assert found.counts == QueueCounts()

    @pytest.mark.parametrize("queue", Queue)
    @pytest.mark.parametrize("limit", [1, 2, 6, 7])
    def test_all_pages_together_are_the_list(self, store: Store, queue: Queue, limit: int) -> None:
        made = {_one_of(store, queue, number) for number in range(6)}
        _one_of(store, Queue.REJECTED if queue is not Queue.REJECTED else Queue.APPROVED, 7)

        for order in orders_of(queue):
            found, cursor = list[int](), None
            while True:
                here = page(store, QueueQuery(queue, order=order), cursor=cursor, limit=limit)
                found += [card.id for card in here.cards]
                cursor = here.next_cursor
                assert here.total == getattr(here.counts, queue.value)
                if cursor is None:
                    break
            own = [each for each in found if each in made]
            assert sorted(own) == sorted(made), order
            assert len(found) == len(set(found)) == here.total

    def test_orders_say_what_comes_first(self, store: Store, now: datetime) -> None:
        first = a_comment(store, thread="b", findings=Findings(risk=0.2)).id
        second = a_comment(store, thread="a", findings=Findings(risk=0.9), now=now + timedelta(seconds=1)).id
        third = a_comment(store, thread="b", findings=Findings(risk=0.5), now=now + timedelta(seconds=2)).id

        assert ids(store, QueueQuery(order=Order.OLDEST)) == [first, second, third]
        assert ids(store, QueueQuery(order=Order.NEWEST)) == [third, second, first]
        assert ids(store, QueueQuery(order=Order.RISK)) == [second, third, first]
        assert ids(store, QueueQuery(order=Order.STORY)) == [first, third, second]

    def test_what_is_public_comes_newest_first_by_time(self, store: Store, now: datetime) -> None:
        late = a_comment(store, Status.APPROVED, now=now).id
        imported = a_comment(store, Status.APPROVED, now=now - timedelta(days=9)).id

        assert ids(store, QueueQuery(Queue.APPROVED, order=Order.NEWEST)) == [late, imported]
        assert ids(store, QueueQuery(Queue.APPROVED, order=Order.OLDEST)) == [imported, late]

    def test_the_oldest_says_since_when_it_waits(self, store: Store, now: datetime) -> None:
        a_comment(store, now=now)
        a_comment(store, now=now - timedelta(hours=1), findings=Findings("spam"))

        assert page(store).oldest_at == now - timedelta(hours=1)
        assert page(store, QueueQuery(Queue.ABUSE)).oldest_at is None

    def test_paging_goes_on_where_a_decided_comment_was(self, store: Store) -> None:
        held = [a_comment(store).id for _ in range(4)]
        ada = factories.a_moderator(store)
        first = page(store, limit=2)
        for card in first.cards:
            store.desk.decide(
                card.id,
                Status.APPROVED,
                version=card.version,
                moderator_id=ada.id,
                scope=EVERY_SITE,
                now=factories.NOW,
            )

        assert [card.id for card in page(store, limit=2, cursor=first.next_cursor).cards] == held[2:]

    @pytest.mark.parametrize("cursor", ["", "x", "1_2_3", "nan", "9" * 30, "-", "1e999", "0x1", "'; --"])
    def test_a_cursor_that_is_none_is_the_beginning(self, store: Store, cursor: str) -> None:
        held = a_comment(store).id

        assert [card.id for card in page(store, cursor=cursor).cards] == [held]


class TestFilters:
    @pytest.mark.parametrize("queue", [Queue.REVIEW, Queue.APPROVED, Queue.REJECTED, Queue.AUDIT, Queue.APPEALS])
    @pytest.mark.parametrize(
        "filters",
        [
            {"thread_id": 2},
            {"language": "yo"},
            {"min_score": 0.5},
            {"min_age_minutes": 30},
            {"check": "links"},
            {"words": "loan"},
            {"words": "loan", "thread_id": 2},
            {"language": "yo", "words": "loan"},
            {"site_key": "other"},
            {"section": "Sport"},
        ],
        ids=str,
    )
    def test_a_filter_leaves_what_fits(self, store: Store, queue: Queue, filters: dict[str, object]) -> None:
        # given
        plain = _one_of(store, queue, 1)
        old = factories.NOW - timedelta(hours=2)
        fits = _one_of(
            store,
            queue,
            2,
            thread="second",
            site="other",
            text="A cheap lóan for you",
            now=old,
            findings=Findings("spam", 0.8, "yo"),
            signals=(factories.a_signal(weight=Weight.SOFT),),
        )
        with store.database.write() as connection:
            connection.execute(update(schema.threads).where(schema.threads.c.id == 2).values(section="Sport"))

        # when
        found = page(store, QueueQuery(queue, order=orders_of(queue)[0], **filters))  # type: ignore[arg-type]  # its fields

        # then
        assert plain != fits
        assert [card.id for card in found.cards] == [fits]
        assert (found.total, found.total_is_exact) == (1, True)
        assert getattr(found.counts, queue.value) == 2

    def test_ages_are_bounds(self, store: Store, now: datetime) -> None:
        old, young = (a_comment(store, now=now - timedelta(minutes=age)).id for age in (60, 10))

        assert ids(store, QueueQuery(min_age_minutes=60)) == [old]
        assert ids(store, QueueQuery(max_age_minutes=60)) == [young]

    def test_a_reason_is_a_category_of_what_counted(self, store: Store) -> None:
        insult = factories.a_signal(check="models", category=Category.INSULT, weight=Weight.SOFT)
        held = a_comment(store, signals=(insult,)).id
        a_comment(store, signals=(replace(insult, weight=Weight.NOTE),))
        a_comment(store, signals=(replace(insult, shadow=True),))
        public = a_comment(store, Status.APPROVED, signals=(insult,)).id
        a_comment(store, Status.APPROVED, signals=(replace(insult, shadow=True),))

        assert ids(store, QueueQuery(reason="insult")) == [held]
        assert ids(store, QueueQuery(check="models")) == [held]
        assert ids(store, QueueQuery(reason="sult")) == []
        assert ids(store, QueueQuery(reason="%")) == []
        assert ids(store, QueueQuery(Queue.APPROVED, reason="insult")) == [public]

    def test_in_the_list_of_the_rejected_a_reason_is_a_moderators(self, store: Store) -> None:
        ada = factories.a_moderator(store)
        held = a_comment(store).id
        a_comment(store, Status.REJECTED)
        card = store.desk_reads.card(held, scope=EVERY_SITE, now=factories.NOW)
        from comments.reasons import Reason

        store.desk.decide(
            held,
            Status.REJECTED,
            version=card.version,
            moderator_id=ada.id,
            scope=EVERY_SITE,
            now=factories.NOW,
            reason=Reason.HATE,
        )

        assert ids(store, QueueQuery(Queue.REJECTED, reason="hate")) == [held]
        assert ids(store, QueueQuery(Queue.REJECTED, reason="insult")) == []

    def test_a_long_list_is_looked_at_piece_by_piece(self, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
        # given: one that fits at the far end
        monkeypatch.setattr("comments.store.done_lists.LOOKED_AT", 2)
        far = a_comment(store, Status.APPROVED, findings=Findings(language="ig")).id
        for _ in range(4):
            a_comment(store, Status.APPROVED)
        query = QueueQuery(Queue.APPROVED, language="ig", order=Order.NEWEST)

        # when
        pages = [page(store, query)]
        while pages[-1].next_cursor is not None:
            pages.append(page(store, query, cursor=pages[-1].next_cursor))

        # then
        assert [[card.id for card in each.cards] for each in pages] == [[], [], [far]]
        assert not pages[0].total_is_exact

    def test_what_is_counted_has_an_end(self, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("comments.store.done_lists.COUNTED_AT_MOST", 2)
        for number in range(3):
            a_comment(store, Status.APPROVED, text=f"Thank you {number}")

        found = page(store, QueueQuery(Queue.APPROVED, words="thank", order=Order.NEWEST))

        assert (found.total, found.total_is_exact, len(found.cards)) == (2, False, 3)

    def test_choices_are_what_the_list_is_about(self, store: Store) -> None:
        a_comment(store, findings=Findings("spam", 0.8, "yo"), signals=(factories.a_signal(),))
        a_comment(store, Status.APPROVED, thread="quiet", site="other", findings=Findings(language="ha"))

        held = store.desk_reads.filters(QueueQuery(section="Gone"), scope=EVERY_SITE, now=factories.NOW)
        public = store.desk_reads.filters(QueueQuery(Queue.APPROVED), scope=EVERY_SITE, now=factories.NOW)
        nothing = store.desk_reads.filters(QueueQuery(), scope=NO_SITE, now=factories.NOW)

        assert [site.value for site in held.sites] == ["demo", "other"]
        assert (held.checks, held.reasons, held.languages) == (("links",), ("spam",), ("yo",))
        assert held.sections == ("Gone",), "what was chosen can be seen and chosen away"
        assert [story.value for story in public.stories] == ["2"]
        assert public.languages == ("ha",)
        assert (nothing.sites, nothing.stories) == ((), ())


class TestCampaigns:
    def test_a_campaign_is_one_card_that_stands_for_the_others(self, store: Store) -> None:
        held = [a_comment(store).id for _ in range(5)]
        joined(store, held[1], held[1:4])

        found = page(store)

        assert [(card.id, card.alike) for card in found.cards] == [(held[0], 0), (held[1], 2), (held[4], 0)]
        assert found.total == 5

    def test_in_a_filtered_list_the_first_that_fits_stands_for_all_that_is_decided(self, store: Store) -> None:
        held = [a_comment(store, thread="b" if number else "a").id for number in range(3)]
        joined(store, held[0], held)

        found = page(store, QueueQuery(thread_id=2))

        assert [(card.id, card.alike) for card in found.cards] == [(held[1], 2)]
        assert found.total == 2

    def test_those_that_were_decided_are_not_counted(self, store: Store) -> None:
        held = [a_comment(store).id for _ in range(3)]
        public = a_comment(store, Status.APPROVED).id
        joined(store, public, [public, *held])

        assert [(card.id, card.alike) for card in page(store).cards] == [(held[0], 2)]
        assert ids(store, QueueQuery(Queue.APPROVED)) == [public]


class TestScope:
    @pytest.fixture
    def here(self, store: Store) -> Scope:
        """The scope of a moderator of the site "demo" alone."""
        return Scope(frozenset({factories.a_site(store).id}))

    @pytest.mark.parametrize("queue", Queue)
    def test_what_is_elsewhere_is_in_no_list_and_no_number(self, store: Store, here: Scope, queue: Queue) -> None:
        mine = _one_of(store, queue, 1)
        theirs = _one_of(store, queue, 2, site="other", text="an unusual word")
        assert theirs in ids(store, QueueQuery(queue)), "else this proves nothing"

        found = page(store, QueueQuery(queue), scope=here)

        assert [card.id for card in found.cards] == [mine]
        assert found.total == getattr(found.counts, queue.value) == 1
        assert found.counts == store.desk_reads.counts(here)
        assert ids(store, QueueQuery(queue, site_key="other"), scope=here) == []
        assert ids(store, QueueQuery(queue, words="unusual"), scope=here) == []
        assert page(store, QueueQuery(queue, words="unusual"), scope=here).total == 0
        assert ids(store, QueueQuery(queue, thread_id=2), scope=here) == []
        assert ids(store, QueueQuery(queue), scope=NO_SITE) == []

    def test_what_is_elsewhere_is_not_there(self, store: Store, here: Scope) -> None:
        theirs = a_comment(store, site="other").id

        for read in (store.desk_reads.card, store.desk_reads.author):
            with pytest.raises(NotThere):
                read(theirs, scope=here, now=factories.NOW)
        with pytest.raises(NotThere):
            store.desk_reads.conversation(theirs, scope=here)

    def test_a_campaign_stands_for_nobody_elsewhere(self, store: Store, here: Scope) -> None:
        theirs, mine = a_comment(store, site="other").id, a_comment(store).id
        joined(store, theirs, [theirs, mine])

        assert [(card.id, card.alike) for card in page(store, scope=here).cards] == [(mine, 0)]


class TestCost:
    @pytest.mark.parametrize("queue", Queue)
    @pytest.mark.parametrize("filters", [{}, {"site_key": "demo"}, {"words": "part"}, {"language": "en"}], ids=str)
    def test_a_page_is_a_dozen_statements_whatever_is_on_it(
        self, store: Store, queue: Queue, filters: dict[str, object]
    ) -> None:
        # given: cards with everything a card can have
        ada = factories.a_moderator(store)
        made = [_one_of(store, queue, number, email=f"a{number}@example.org") for number in range(8)]
        parent = a_comment(store, Status.APPROVED)
        with store.database.write() as connection:
            replies = update(schema.comments).where(schema.comments.c.id.in_(made[:4]))
            connection.execute(replies.values(parent_id=parent.id, cluster_id=made[0]))
            rows = [{"comment_id": each, "moderator_id": ada.id, "made_at": factories.NOW} for each in made]
            connection.execute(insert(schema.notes), [{**row, "text": "Look"} for row in rows])
        page(store, QueueQuery(queue))

        # when
        with counted(store) as statements:
            found = page(store, QueueQuery(queue, **filters))  # type: ignore[arg-type]  # its fields

        # then
        assert found.cards or filters.get("language"), "else this proves nothing"
        assert len([each for each in statements if not each.startswith("BEGIN")]) <= MOST_STATEMENTS


def _one_of(store: Store, queue: Queue, number: int, **overrides: object) -> int:
    """Put a comment into a list and return its number."""
    status = {Queue.APPROVED: Status.APPROVED, Queue.AUDIT: Status.APPROVED}.get(queue, Status.HELD)
    status = Status.REJECTED if queue in {Queue.REJECTED, Queue.APPEALS} else status
    suspected = queue.value if queue in {Queue.SPAM, Queue.ABUSE} else ""
    named = {"findings": Findings(suspected, number / 10), "thread": f"story-{number % 2}", **overrides}
    made = a_comment(store, status, **named).id  # type: ignore[arg-type]  # a_comment's own keywords
    with store.database.write() as connection:
        if queue is Queue.AUDIT:
            site_id = schema.comments.c.site_id
            found = connection.execute(
                schema.comments.select().with_only_columns(site_id).where(schema.comments.c.id == made)
            )
            row = {"comment_id": made, "site_id": found.scalar_one(), "rate": 0.01, "created_at": factories.NOW}
            connection.execute(insert(schema.audit_samples), row)
        if queue is Queue.APPEALS:
            decisions = schema.decisions.select().where(schema.decisions.c.comment_id == made)
            latest = connection.execute(decisions.order_by(schema.decisions.c.id.desc())).first()
            assert latest is not None
            row = {"comment_id": made, "decision_id": latest.id, "text": "Why?", "made_at": factories.NOW}
            connection.execute(insert(schema.appeals), row)
    return made
