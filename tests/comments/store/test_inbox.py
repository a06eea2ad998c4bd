"""Accept: what a 202 stands for is kept once, whole, and under the right article."""

import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import select, update
from sqlalchemy.event import listen

from comments import schema
from comments.idempotency import TWIN_WINDOW_SECONDS
from comments.identity import RootKey
from comments.roles import EVERY_SITE
from comments.status import Status
from comments.store import Store, open_store
from comments.store.inbox import Arrival, ClosedThread, IdempotencyConflict, UnknownParent, UnknownSite
from comments.store.keeping import Wish
from comments.store.records import Accepted, Site
from comments.turns import Take, Turns
from tests import factories
from tests.servers.replydesk import wait_until
from tests.together import together


def count(store: Store, table: str) -> int:
    with store.database.read() as connection:
        return len(connection.execute(select(schema.metadata.tables[table])).all())


def title_and_url(store: Store, now: datetime) -> tuple[str, str]:
    page = store.threads.page("demo", "a", now=now)
    return page.title, page.url


def test_a_submission_becomes_a_pending_comment(store: Store, now: datetime) -> None:
    accepted = factories.accept(store, text="First!", honeypot_filled=True, seconds_to_submit=7)

    assert (accepted.status, accepted.is_new) == (Status.PENDING, True)
    [claimed] = store.pending.claim(now, lease_seconds=60)
    assert (claimed.id, claimed.text, claimed.name) == (accepted.id, "First!", "Ada Obi")
    assert (claimed.honeypot_filled, claimed.seconds_to_submit, claimed.disposable_email) == (True, 7, False)
    [record] = store.desk.history(accepted.id, scope=EVERY_SITE)
    assert (record.old_status, record.new_status, record.made_by) == (None, Status.PENDING, "reader")
    assert record.made_at == now


def test_what_was_accepted_is_there_for_another_process(store: Store, database_url: str) -> None:
    accepted = factories.accept(store)

    other = open_store(database_url)
    assert other.desk.card(accepted.id, now=factories.NOW, scope=EVERY_SITE).id == accepted.id
    other.close()


@pytest.mark.parametrize(
    "text", ["Ẹ ṣeun 👍🏾", "\u202eabc", "a\tb\nc", "'; DROP TABLE comments; --", "%s {0} \\", "x" * 5000]
)
def test_every_text_comes_back_as_it_was_typed(store: Store, text: str) -> None:
    accepted = factories.accept(store, text=text)

    assert store.desk.card(accepted.id, now=factories.NOW, scope=EVERY_SITE).text == text


def test_an_unknown_site_keeps_nothing(store: Store, now: datetime) -> None:
    with pytest.raises(UnknownSite):
        store.inbox.accept(factories.an_arrival(), now)

    assert {count(store, name) for name in ("comments", "threads", "identities", "decisions")} == {0}


def test_a_repeat_is_the_same_comment_with_the_same_receipt(store: Store) -> None:
    first = factories.accept(store, text="Once.")
    again = factories.accept(store, text="Once.")

    assert not again.is_new
    assert (again.id, again.receipt_nonce) == (first.id, first.receipt_nonce)
    assert count(store, "comments") == count(store, "decisions") == 1


def test_a_repeat_says_what_became_of_the_first(store: Store) -> None:
    factories.an_approved_comment(store, text="Once.")

    assert factories.accept(store, text="Once.").status is Status.APPROVED


def test_the_same_words_long_after_are_a_new_comment(store: Store, now: datetime) -> None:
    first = factories.accept(store, text="Again.")
    later = factories.accept(store, text="Again.", now=now + timedelta(seconds=2 * TWIN_WINDOW_SECONDS))

    assert later.is_new
    assert later.id != first.id


def test_twins_at_the_same_moment_are_one_comment(store: Store, site: Site, now: datetime) -> None:
    arrivals = [factories.an_arrival(text="Double click.") for _ in range(8)]

    kept = together([partial(store.inbox.accept, arrival, now) for arrival in arrivals])

    assert len({accepted.id for accepted in kept}) == 1
    assert len({accepted.receipt_nonce for accepted in kept}) == 1
    assert sum(accepted.is_new for accepted in kept) == 1
    assert count(store, "comments") == count(store, "identities") == count(store, "decisions") == 1


def test_different_comments_at_the_same_moment_are_all_kept(store: Store, site: Site, now: datetime) -> None:
    arrivals = [factories.an_arrival(thread="new-thread") for _ in range(8)]

    kept = together([partial(store.inbox.accept, arrival, now) for arrival in arrivals])

    assert len({accepted.id for accepted in kept}) == 8
    assert all(accepted.is_new for accepted in kept)
    assert count(store, "threads") == 1


class TestOneTransactionForMany:
    """What comes while another transaction is on its way is kept in one of its own, each as if it had come alone."""

    def test_a_group_is_one_commit(self, store: Store, site: Site, now: datetime) -> None:
        arrivals = [factories.an_arrival(thread=f"story-{number % 3}") for number in range(8)]

        kept, commits = keep_at_once(store, arrivals, now)

        assert len({each.id for each in kept if isinstance(each, Accepted)}) == 8
        assert commits == 2, "one for whoever came first, one for the others"
        assert {count(store, name) for name in ("comments", "identities", "decisions")} == {8}
        assert count(store, "threads") == 3
        for accepted, arrival in zip(kept, arrivals, strict=True):
            assert isinstance(accepted, Accepted)
            claimed = factories.a_claimed(store, accepted)
            assert (claimed.text, claimed.thread_title) == (arrival.text, arrival.thread_title)
            assert accepted.receipt_nonce == arrival.receipt.nonce
        with store.database.read() as connection:
            rows = connection.execute(select(schema.identities.c.comment_id, schema.identities.c.request_digest))
            digests = {row.comment_id: row.request_digest for row in rows}
        assert [digests[each.id] for each in kept] == [each.request_digest for each in arrivals]  # type: ignore[union-attr]  # none was refused

    def test_who_comes_while_another_writes_shares_one_commit(self, store: Store, site: Site, now: datetime) -> None:
        if not store.database.is_sqlite:
            pytest.skip("PostgreSQL's writers do not wait for each other")
        arrivals = [factories.an_arrival() for _ in range(6)]
        inbox, commits = store.inbox, list[object]()
        listen(store.database.engine, "commit", commits.append)

        with ThreadPoolExecutor(len(arrivals)) as pool, store.database.write():
            kept = [pool.submit(inbox.accept, arrival, now) for arrival in arrivals]
            wait_until(lambda: len(inbox._turns._waiting) == len(arrivals))

        assert len({each.result().id for each in kept}) == 6
        assert len(commits) == 2, "somebody else's, and one for all"

    def test_one_of_a_group_wakes_the_workers(self, store: Store, site: Site, now: datetime) -> None:
        twin = factories.an_arrival(idempotency_key="k1")
        store.inbox.accept(twin, now)

        kept, _ = keep_at_once(store, [twin, twin, *(factories.an_arrival() for _ in range(4))], now)

        rings = [each.rings for each in kept if isinstance(each, Accepted)]
        assert sorted(rings) == [False] * 5 + [True]
        assert not any(rings[:2]), "nobody waits for workers because of these"

    def test_who_is_refused_takes_nobody_with_them(self, store: Store, site: Site, now: datetime) -> None:
        root = factories.an_approved_comment(store, thread="open")
        factories.a_site(store, "strict", close_after_days=0)
        good = [factories.an_arrival(thread="open", parent=root.id), factories.an_arrival(thread="new")]
        bad = [
            factories.an_arrival(site="nowhere"),
            factories.an_arrival(site="strict"),
            factories.an_arrival(thread="new", parent=root.id),
        ]
        before = count(store, "comments")

        kept, _ = keep_at_once(store, [*good, *bad], now)

        assert [type(each) for each in kept] == [Accepted, Accepted, UnknownSite, ClosedThread, UnknownParent]
        assert count(store, "comments") == before + 2

    def test_twins_in_one_group_are_one_comment(self, store: Store, site: Site, now: datetime) -> None:
        twins = [factories.an_arrival(text="Double click.", idempotency_key="k1") for _ in range(4)]
        other = factories.an_arrival(text="Something else.", idempotency_key="k1")

        kept, commits = keep_at_once(store, [factories.an_arrival(), *twins, other], now)

        assert commits == 2
        assert len({each.id for each in kept[1:5] if isinstance(each, Accepted)}) == 1
        assert sum(each.is_new for each in kept[1:5] if isinstance(each, Accepted)) == 1
        assert isinstance(kept[5], IdempotencyConflict)
        assert count(store, "comments") == 2

    def test_one_that_breaks_the_transaction_breaks_its_own_alone(
        self, store: Store, site: Site, now: datetime
    ) -> None:
        arrivals = [factories.an_arrival() for _ in range(5)]
        arrivals[3] = replace(arrivals[3], identity=replace(arrivals[3].identity, kid=None))  # type: ignore[arg-type]  # what is tried

        kept, _ = keep_at_once(store, arrivals, now)

        assert isinstance(kept[3], Exception)
        assert all(isinstance(each, Accepted) for each in (*kept[:3], kept[4]))
        assert count(store, "comments") == 4

    def test_gaps_are_filled_by_whoever_knows_more(self, store: Store, site: Site, now: datetime) -> None:
        arrivals = [
            factories.an_arrival(thread="elsewhere"),
            factories.an_arrival(thread={"key": "a"}),
            factories.an_arrival(thread={"key": "a", "title": "Right"}),
            factories.an_arrival(thread={"key": "a", "title": "Wrong", "url": "https://news.example/a"}),
        ]

        keep_at_once(store, arrivals, now)

        assert title_and_url(store, now) == ("Right", "https://news.example/a")


def keep_at_once(store: Store, arrivals: Sequence[Arrival], now: datetime) -> tuple[list[Accepted | Exception], int]:
    """Keep the first one, and the others together while it is on its way. Returns outcomes and number of commits."""
    inbox, commits = store.inbox, list[object]()
    listen(store.database.engine, "commit", commits.append)
    keep, calls = inbox._keep, list[int]()

    def keep_when_all_have_come(take: Take[Wish]) -> Sequence[Accepted | Exception]:
        calls.append(len(take()))
        while len(calls) == 1 and len(inbox._turns._waiting) < len(arrivals) - 1:
            time.sleep(0.001)
        return keep(take)

    inbox._turns = Turns(keep_when_all_have_come, most=len(arrivals))
    outcomes: list[Accepted | Exception] = [UnknownSite()] * len(arrivals)

    def accept(number: int) -> None:
        try:
            outcomes[number] = inbox.accept(arrivals[number], now)
        except Exception as error:
            outcomes[number] = error

    threads = [threading.Thread(target=accept, args=[number]) for number in range(len(arrivals))]
    for number, thread in enumerate(threads):
        thread.start()
        while number == 0 and not calls:
            time.sleep(0.001)
    for thread in threads:
        thread.join()
    return outcomes, len(commits)


def test_an_idempotency_key_is_for_one_body(store: Store) -> None:
    factories.accept(store, idempotency_key="k1", text="One.")

    with pytest.raises(IdempotencyConflict):
        factories.accept(store, idempotency_key="k1", text="Other.")
    with pytest.raises(IdempotencyConflict):
        factories.accept(store, idempotency_key="k1", text="One.", email="eve@example.org")
    assert count(store, "comments") == 1


def test_an_idempotency_key_finds_its_comment_from_another_network_a_day_later(store: Store, now: datetime) -> None:
    first = factories.accept(store, idempotency_key="k1", text="One.")
    again = factories.accept(
        store, idempotency_key="k1", text="One.", client_ip="198.51.100.9", now=now + timedelta(days=1)
    )

    assert (again.id, again.is_new) == (first.id, False)


def test_two_sites_may_use_the_same_idempotency_key(store: Store) -> None:
    here = factories.accept(store, idempotency_key="k1", text="One.")
    there = factories.accept(store, idempotency_key="k1", text="One.", site="other")

    assert here.id != there.id
    assert there.is_new


def test_guessing_an_address_does_not_find_the_comment(store: Store, root_key: RootKey) -> None:
    public = factories.an_approved_comment(store, text="I was there.", email="ada@example.org")

    guesses = [
        factories.accept(store, text="I was there.", email=email, client_ip="198.51.100.9")
        for email in ("ada@example.org", "eve@example.org")
    ]

    assert all(guess.is_new and guess.id != public.id for guess in guesses)
    assert factories.receipt_of(public, root_key) not in [factories.receipt_of(guess, root_key) for guess in guesses]


class TestParents:
    def test_a_reply_belongs_to_its_conversation(self, store: Store, now: datetime) -> None:
        root = factories.an_approved_comment(store)
        reply = factories.an_approved_comment(store, parent=root.id)
        deeper = factories.an_approved_comment(store, parent=reply.id)

        [conversation] = store.threads.page("demo", "border-strikes", now=now).conversations
        assert [(each.id, each.parent_id) for each in conversation.replies] == [
            (reply.id, root.id),
            (deeper.id, reply.id),
        ]

    def test_only_what_is_public_in_this_thread_can_be_replied_to(self, store: Store) -> None:
        elsewhere = factories.an_approved_comment(store, thread="elsewhere")
        other_site = factories.an_approved_comment(store, site="other")
        hidden = [factories.accept(store), factories.a_held_comment(store), factories.a_rejected_comment(store)]
        before = count(store, "comments")

        for parent in [elsewhere.id, other_site.id, *(each.id for each in hidden), 2**53 - 1]:
            with pytest.raises(UnknownParent):
                factories.accept(store, parent=parent)
        assert count(store, "comments") == before

    def test_a_refused_first_reply_makes_no_thread(self, store: Store) -> None:
        with pytest.raises(UnknownParent):
            factories.accept(store, parent=1, thread="new")

        assert count(store, "threads") == 0


class TestThreads:
    def test_a_closed_thread_takes_nothing_more(self, store: Store, now: datetime) -> None:
        first = factories.accept(store, text="In time.")
        with store.database.write() as connection:
            connection.execute(update(schema.threads).values(closed_at=now))

        with pytest.raises(ClosedThread):
            factories.accept(store, now=now)
        assert factories.accept(store, text="In time.").id == first.id, "a repeat of what was kept is still answered"
        assert store.threads.page("demo", "border-strikes", now=now).is_closed

    def test_a_thread_that_closes_later_is_open(self, store: Store, now: datetime) -> None:
        factories.accept(store)
        with store.database.write() as connection:
            connection.execute(update(schema.threads).values(closed_at=now + timedelta(seconds=1)))

        assert factories.accept(store, now=now).is_new
        assert not store.threads.page("demo", "border-strikes", now=now).is_closed

    def test_a_thread_closes_so_many_days_after_its_first_comment(self, store: Store, now: datetime) -> None:
        factories.a_site(store, close_after_days=2)
        factories.accept(store, now=now)
        last, late = now + timedelta(days=2, seconds=-1), now + timedelta(days=2)

        assert factories.accept(store, now=last).is_new
        assert not store.threads.page("demo", "border-strikes", now=last).is_closed
        with pytest.raises(ClosedThread):
            factories.accept(store, now=late)
        assert store.threads.page("demo", "border-strikes", now=late).is_closed

    def test_section_and_lead_are_kept_at_first_sight_and_no_reader_changes_them(
        self, store: Store, now: datetime
    ) -> None:
        factories.accept(store, thread={"key": "a", "title": "A"})
        factories.accept(store, thread={"key": "a", "section": "World", "lead": "The envoy was recalled."})
        last = factories.accept(store, thread={"key": "a", "section": "Sport", "lead": "Idiot Moron"})

        assert factories.a_claimed(store, last).thread_lead == "The envoy was recalled."
        with store.database.read() as connection:
            assert connection.execute(select(schema.threads.c.section)).scalars().all() == ["World"]

    def test_knowing_more_of_a_thread_costs_no_statement(self, store: Store, now: datetime) -> None:
        thread = {"key": "a", "url": "https://news.example/a", "title": "A", "section": "World", "lead": "The envoy"}
        factories.accept(store, thread=thread)
        statements: list[str] = []
        listen(store.database.engine, "before_cursor_execute", lambda *seen: statements.append(seen[2]))

        store.inbox.accept(factories.an_arrival(thread=thread), now)

        assert len([each for each in statements if each.split()[0] in {"SELECT", "INSERT", "UPDATE"}]) == 6

    def test_a_burst_is_said_with_what_was_kept(self, store: Store, now: datetime) -> None:
        factories.accept(store)
        until = now + timedelta(minutes=10)
        with store.database.write() as connection:
            connection.execute(update(schema.threads).values(burst_until=until))

        assert factories.accept(store, now=now, text="Once.").burst_until == until
        assert factories.accept(store, now=now, text="Once.").burst_until == until, "a repeat is told the same"
        assert factories.accept(store, now=until).burst_until is None
        assert store.threads.page("demo", "border-strikes", now=now).is_burst
        assert not store.threads.page("demo", "border-strikes", now=until).is_burst

    def test_a_reader_cannot_rename_an_article(self, store: Store, now: datetime) -> None:
        factories.accept(store, thread={"key": "a", "url": "https://news.example/a", "title": "Right"})
        factories.accept(store, thread={"key": "a", "url": "https://evil.example/", "title": "Wrong"})

        assert title_and_url(store, now) == ("Right", "https://news.example/a")

    def test_a_gap_is_filled_by_the_first_who_knows(self, store: Store, now: datetime) -> None:
        factories.an_approved_comment(store, thread={"key": "a"})
        before = store.threads.version("demo", "a")

        factories.accept(store, thread={"key": "a", "title": "Right"})
        assert title_and_url(store, now) == ("Right", "")
        factories.accept(store, thread={"key": "a", "url": "https://news.example/a", "title": "Wrong"})
        assert title_and_url(store, now) == ("Right", "https://news.example/a")

        assert store.threads.version("demo", "a") != before, "else a cached page keeps the gap"

    def test_two_sites_have_threads_of_their_own(self, store: Store, now: datetime) -> None:
        here = factories.an_approved_comment(store)
        factories.an_approved_comment(store, site="other")

        page = store.threads.page("demo", "border-strikes", now=now)
        assert [each.root.id for each in page.conversations] == [here.id]


class TestIdentities:
    def test_keyed_hashes_stand_apart_from_the_comment(self, store: Store, now: datetime) -> None:
        arrival = factories.an_arrival(client_ip="203.0.113.7")
        factories.a_site(store)
        store.inbox.accept(arrival, now)

        with store.database.read() as connection:
            [row] = connection.execute(select(schema.identities)).all()
            [comment] = connection.execute(select(schema.comments)).all()
        assert (row.strict_key, row.loose_key) == (arrival.identity.strict, arrival.identity.loose)
        assert row.network_key == arrival.identity.network
        assert row.kid == factories.ROOT_KEY.kid
        assert {row.strict_key, row.loose_key, row.network_key}.isdisjoint(comment)

    def test_networks_are_forgotten_again_and_again(self, store: Store, now: datetime) -> None:
        week = timedelta(days=7)
        forgotten = []
        for weeks in range(0, 6, 2):
            factories.accept(store, now=now + weeks * week)
            forgotten.append(store.inbox.forget_networks(now + (weeks + 1) * week + timedelta(seconds=1)))

        assert forgotten == [1, 1, 1]

    def test_a_network_is_forgotten_after_seven_days(self, store: Store, now: datetime) -> None:
        factories.accept(store, now=now - timedelta(days=7, seconds=1))
        factories.accept(store, now=now - timedelta(days=7) + timedelta(seconds=1))
        factories.accept(store, now=now, client_ip=None)

        assert store.inbox.forget_networks(now) == 1
        assert store.inbox.forget_networks(now) == 0

        with store.database.read() as connection:
            kept = connection.execute(select(schema.identities.c.network_key).order_by("comment_id")).scalars().all()
        assert [key is not None for key in kept] == [False, True, False]


def test_a_broken_arrival_keeps_nothing(store: Store, site: Site, now: datetime) -> None:
    arrival = factories.an_arrival()
    broken = replace(arrival, identity=replace(arrival.identity, kid=None))  # type: ignore[arg-type]  # what is tried

    with pytest.raises(Exception, match=r"NULL|null"):
        store.inbox.accept(broken, now)

    assert {count(store, name) for name in ("comments", "threads", "identities", "decisions")} == {0}
