"""Public reads: approved comments, all of them, and nothing else."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from comments.roles import EVERY_SITE
from comments.status import Status
from comments.store import Store
from comments.store.records import Conversation, ThreadPage
from comments.store.threads import Order
from tests import factories

THREAD = "border-strikes"


def page(store: Store, **named: object) -> ThreadPage:
    return store.threads.page("demo", THREAD, now=factories.NOW, **named)  # type: ignore[arg-type]  # page's own keywords


def every_page(store: Store, order: Order, limit: int) -> list[Conversation]:
    """Read a thread from the first page to the last."""
    found: list[Conversation] = []
    after = None
    while True:
        read = page(store, order=order, after=after, limit=limit)
        assert len(read.conversations) <= limit
        found += read.conversations
        after = read.next_after
        if after is None:
            return found


def shown_ids(conversations: list[Conversation]) -> list[int]:
    roots = [each.root.id for each in conversations if not each.root.is_gone]
    return roots + [reply.id for each in conversations for reply in each.replies]


def move(store: Store, comment_id: int, new: Status) -> None:
    """Decide as a moderator who has just looked."""
    moderator = factories.a_moderator(store)
    version = store.desk.card(comment_id, now=factories.NOW, scope=EVERY_SITE).version
    store.desk.decide(comment_id, new, version=version, moderator_id=moderator.id, now=factories.NOW, scope=EVERY_SITE)


def test_only_approved_comments_are_public(store: Store) -> None:
    shown = factories.an_approved_comment(store)
    hidden = [factories.accept(store), factories.a_held_comment(store), factories.a_rejected_comment(store)]

    read = page(store)

    assert [each.root.id for each in read.conversations] == [shown.id]
    assert read.total == 1
    assert {each.status for each in hidden} == {Status.PENDING, Status.HELD, Status.REJECTED}


@pytest.mark.parametrize("new", [Status.HELD, Status.REJECTED, Status.ERASED])
def test_what_is_taken_down_is_gone(store: Store, new: Status) -> None:
    comment = factories.an_approved_comment(store)
    before = page(store).version

    move(store, comment.id, new)

    assert page(store).conversations == ()
    assert page(store).total == 0
    assert page(store).version > before


def test_a_public_comment_shows_these_fields_and_no_other(store: Store) -> None:
    comment = factories.an_approved_comment(store, name="Ada", text="Hello.")

    [conversation] = page(store).conversations
    root = conversation.root
    shown = {name: getattr(root, name) for name in root.__slots__}
    assert shown == {
        "id": comment.id,
        "parent_id": None,
        "name": "Ada",
        "text": "Hello.",
        "created_at": factories.NOW,
        "is_gone": False,
        "by_newsroom": False,
        "language": "",
    }


def test_a_thread_nobody_wrote_in_is_empty(store: Store) -> None:
    read = page(store)

    assert (read.thread_id, read.version, read.total, read.conversations) == (None, 0, 0, ())
    assert store.threads.version("demo", THREAD) is None


def test_replies_come_oldest_first_under_their_conversation(store: Store) -> None:
    first, second = factories.an_approved_comment(store), factories.an_approved_comment(store)
    replies = [factories.an_approved_comment(store, parent=parent.id).id for parent in (second, first, second)]

    for order in Order:
        found = {each.root.id: [reply.id for reply in each.replies] for each in page(store, order=order).conversations}
        assert found == {first.id: [replies[1]], second.id: [replies[0], replies[2]]}


class TestGone:
    def test_a_root_that_is_gone_keeps_its_place_without_its_words(self, store: Store) -> None:
        root = factories.an_approved_comment(store, name="Sekret", text="Sekret words.")
        reply = factories.an_approved_comment(store, parent=root.id)
        move(store, root.id, Status.REJECTED)

        [conversation] = page(store).conversations

        assert conversation.root.is_gone
        assert (conversation.root.id, conversation.root.name, conversation.root.text) == (root.id, "", "")
        assert [each.id for each in conversation.replies] == [reply.id]
        assert page(store).total == 1
        assert "Sekret" not in repr(page(store))

    def test_it_goes_when_its_last_reply_goes(self, store: Store) -> None:
        root = factories.an_approved_comment(store)
        reply = factories.an_approved_comment(store, parent=root.id)
        move(store, root.id, Status.REJECTED)
        move(store, reply.id, Status.HELD)

        assert page(store).conversations == ()

    def test_a_reply_outlives_a_gone_reply_between(self, store: Store) -> None:
        root = factories.an_approved_comment(store)
        between = factories.an_approved_comment(store, parent=root.id, text="Sekret.")
        last = factories.an_approved_comment(store, parent=between.id)
        move(store, between.id, Status.REJECTED)

        [conversation] = page(store).conversations

        assert [each.id for each in conversation.replies] == [last.id]
        assert "Sekret" not in repr(conversation)


class TestVersion:
    @pytest.mark.parametrize("new", [Status.HELD, Status.REJECTED])
    def test_what_was_never_public_changes_nothing(self, store: Store, new: Status) -> None:
        factories.an_approved_comment(store)
        before = page(store).version

        accepted = factories.accept(store)
        factories.settle(store, accepted, new)

        assert page(store).version == store.threads.version("demo", THREAD) == before

    def test_every_change_of_what_is_public_changes_it(self, store: Store) -> None:
        versions = [page(store).version]
        comment = factories.an_approved_comment(store)
        versions.append(page(store).version)
        for new in (Status.HELD, Status.APPROVED, Status.REJECTED, Status.APPROVED, Status.ERASED):
            move(store, comment.id, new)
            versions.append(page(store).version)

        assert versions == sorted(set(versions))

    def test_another_thread_is_not_touched(self, store: Store) -> None:
        factories.an_approved_comment(store)
        before = page(store).version

        factories.an_approved_comment(store, thread="elsewhere")

        assert page(store).version == before


class TestPaging:
    @pytest.mark.parametrize("order", Order)
    @pytest.mark.parametrize("limit", [1, 3, 7, 100])
    def test_all_pages_together_show_every_conversation_once(self, store: Store, order: Order, limit: int) -> None:
        roots = [factories.an_approved_comment(store).id for _ in range(7)]
        factories.a_held_comment(store)

        found = [each.root.id for each in every_page(store, order, limit)]

        assert found == (roots if order is Order.OLDEST else roots[::-1])

    @pytest.mark.parametrize("order", Order)
    def test_what_comes_between_two_pages_neither_repeats_nor_hides_anything(self, store: Store, order: Order) -> None:
        old = [factories.an_approved_comment(store).id for _ in range(4)]
        first = page(store, order=order, limit=2)

        new = factories.an_approved_comment(store).id
        second = page(store, order=order, limit=10, after=first.next_after)

        found = [each.root.id for each in (*first.conversations, *second.conversations)]
        assert found == ([*old, new] if order is Order.OLDEST else old[::-1])

    def test_the_last_page_says_so_even_when_it_is_full(self, store: Store) -> None:
        for _ in range(2):
            factories.an_approved_comment(store)

        assert page(store, limit=2).next_after is None
        assert page(store, limit=1).next_after is not None

    def test_past_the_end_there_is_nothing(self, store: Store) -> None:
        comment = factories.an_approved_comment(store)

        assert page(store, order=Order.OLDEST, after=comment.id).conversations == ()
        assert page(store, order=Order.NEWEST, after=comment.id).conversations == ()
        assert page(store, after=0).conversations == ()


# What one comment of a random thread is: what became of it, and which earlier one it replies to, if any may be.
A_COMMENT = st.tuples(st.sampled_from([Status.APPROVED, Status.HELD, Status.REJECTED]), st.none() | st.integers(0, 9))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(A_COMMENT, max_size=12), st.sets(st.integers(0, 11)), st.integers(1, 4), st.sampled_from(Order))
def test_counts_always_equal_what_is_listed(
    sqlite_store: Store, planned: list[tuple[Status, int | None]], taken_down: set[int], limit: int, order: Order
) -> None:
    # given a thread of its own with replies at any depth, some of it taken down again
    thread = str(uuid4())
    public: list[int] = []
    for status, parent in planned:
        parent_id = public[parent] if parent is not None and parent < len(public) else None
        accepted = factories.accept(sqlite_store, thread=thread, parent=parent_id)
        factories.settle(sqlite_store, accepted, status)
        public += [accepted.id] if status is Status.APPROVED else []
    for index in sorted(taken_down):
        if index < len(public):
            move(sqlite_store, public[index], Status.REJECTED)
    expected = sorted(comment_id for index, comment_id in enumerate(public) if index not in taken_down)

    # when it is read from end to end
    found: list[Conversation] = []
    after = None
    while True:
        read = sqlite_store.threads.page("demo", thread, order=order, after=after, limit=limit, now=factories.NOW)
        found += read.conversations
        after = read.next_after
        if after is None:
            break

    # then every public comment is there once, and both counts say so
    assert sorted(shown_ids(found)) == expected
    assert read.total == sqlite_store.threads.counts("demo", [thread])[thread] == len(expected)


def test_counts_are_of_the_approved_comments_of_each_thread(store: Store) -> None:
    root = factories.an_approved_comment(store, thread="a")
    factories.an_approved_comment(store, thread="a", parent=root.id)
    factories.a_held_comment(store, thread="a")
    factories.a_held_comment(store, thread="b")
    factories.an_approved_comment(store, thread="a", site="other")

    assert store.threads.counts("demo", ["a", "b", "c"]) == {"a": 2, "b": 0, "c": 0}
    assert store.threads.counts("nobody", ["a"]) == {"a": 0}
    assert store.threads.counts("demo", []) == {}


def test_a_page_and_its_count_are_of_one_moment(store: Store, database_url: str) -> None:
    factories.an_approved_comment(store)
    with store.database.read() as connection:
        before = connection.exec_driver_sql("SELECT count(*) FROM comments").scalar_one()
        factories.an_approved_comment(store)
        assert connection.exec_driver_sql("SELECT count(*) FROM comments").scalar_one() == before == 1


def test_times_come_back_exactly(store: Store) -> None:
    moment = factories.NOW + timedelta(microseconds=123_457)
    factories.an_approved_comment(store, now=moment)

    [conversation] = page(store).conversations
    assert conversation.root.created_at == moment
    assert conversation.root.created_at.utcoffset() == timedelta(0)
    assert isinstance(conversation.root.created_at, datetime)


class TestConversation:
    def replies(self, store: Store, root: int, count: int) -> list[int]:
        return [factories.an_approved_comment(store, parent=root, name=f"R{n}").id for n in range(count)]

    def test_a_page_of_many_shows_the_first_replies_of_each(self, store: Store) -> None:
        roots = [factories.an_approved_comment(store).id for _ in range(2)]
        replies = {root: self.replies(store, root, 5) for root in roots}
        factories.a_held_comment(store, parent=roots[0])

        for each in page(store, replies=3).conversations:
            mine = replies[each.root.id]
            assert [reply.id for reply in each.replies] == mine[:3]
            assert (each.reply_count, each.next_after) == (5, mine[2])
        for each in page(store, replies=5).conversations:
            assert (len(each.replies), each.next_after) == (5, None)

    def test_one_conversation_is_read_to_its_end(self, store: Store) -> None:
        root = factories.an_approved_comment(store).id
        made = self.replies(store, root, 7)
        other = factories.an_approved_comment(store).id
        self.replies(store, other, 2)

        found: list[int] = []
        after = None
        while True:
            read = store.threads.conversation("demo", THREAD, root, after=after, limit=3, now=factories.NOW)
            [each] = read.conversations
            assert (each.root.id, each.reply_count, read.total) == (root, 7, 11)
            found += [reply.id for reply in each.replies]
            after = each.next_after
            if after is None:
                break
        assert found == made

    def test_it_names_those_of_earlier_pages_that_are_answered(self, store: Store) -> None:
        root = factories.an_approved_comment(store).id
        early, gone = self.replies(store, root, 2)
        for parent in (early, gone):
            factories.an_approved_comment(store, parent=parent)
        move(store, gone, Status.REJECTED)

        [each] = store.threads.conversation("demo", THREAD, root, after=gone, now=factories.NOW).conversations

        assert each.earlier == {early: "R0"}

    def test_what_is_no_conversation_is_empty(self, store: Store) -> None:
        root = factories.an_approved_comment(store).id
        [reply] = self.replies(store, root, 1)
        others = [factories.a_held_comment(store).id, factories.an_approved_comment(store, thread="elsewhere").id]

        for number in (reply, *others, 4711):
            assert store.threads.conversation("demo", THREAD, number, now=factories.NOW).conversations == ()
        assert store.threads.conversation("demo", "nowhere", root, now=factories.NOW).version == 0

    def test_a_comment_knows_the_pages_that_begin_with_it(self, store: Store) -> None:
        first, second = (factories.an_approved_comment(store).id for _ in range(2))
        one, two = self.replies(store, first, 2)

        places = {number: store.threads.place_of("demo", number) for number in (first, second, one, two)}

        told = {
            number: place and (place.thread_key, place.root_id, place.after_root, place.after_reply)
            for number, place in places.items()
        }
        assert told == {
            first: (THREAD, first, second, None),
            second: (THREAD, second, None, None),
            one: (THREAD, first, second, None),
            two: (THREAD, first, second, one),
        }

    def test_only_what_is_public_has_a_place(self, store: Store) -> None:
        hidden = [
            factories.accept(store).id,
            factories.a_held_comment(store).id,
            factories.a_rejected_comment(store).id,
        ]
        elsewhere = factories.an_approved_comment(store, site="other").id

        assert {store.threads.place_of("demo", number) for number in (*hidden, elsewhere, 4711)} == {None}
