"""A thread two levels deep, by offset and with limits."""

from datetime import timedelta

from comments.roles import EVERY_SITE
from comments.status import Status
from comments.store import Store
from comments.store.flat_threads import FlatPage, Slice
from tests import factories


def page(store: Store, **asked: object) -> FlatPage:
    return store.flat_threads.page("demo", "border-strikes", Slice(**asked))  # type: ignore[arg-type]  # checked by Slice


def shape(found: FlatPage) -> list[tuple[int, list[int], int]]:
    return [(each.comment.id, [reply.id for reply in each.replies], each.reply_count) for each in found.comments]


def reject(store: Store, comment_id: int) -> None:
    card = store.desk.card(comment_id, now=factories.NOW, scope=EVERY_SITE)
    store.desk.decide(
        comment_id,
        Status.REJECTED,
        version=card.version,
        moderator_id=factories.a_moderator(store).id,
        now=factories.NOW,
        scope=EVERY_SITE,
    )


def test_replies_of_replies_stand_below_the_conversation(store: Store) -> None:
    first = factories.an_approved_comment(store).id
    reply = factories.an_approved_comment(store, parent=first).id
    deep = factories.an_approved_comment(store, parent=reply).id
    second = factories.an_approved_comment(store).id
    factories.a_held_comment(store)
    factories.an_approved_comment(store, thread="elsewhere")

    found = page(store)

    assert shape(found) == [(first, [reply, deep], 2), (second, [], 0)]
    assert {reply.parent_id for reply in found.comments[0].replies} == {first}
    assert (found.total, found.level) == (4, 2)
    assert shape(page(store, oldest_first=False)) == [(second, [], 0), (first, [deep, reply], 2)]


def test_limits_and_offsets(store: Store) -> None:
    first, second, third = (factories.an_approved_comment(store).id for _ in range(3))
    replies = [factories.an_approved_comment(store, parent=second).id for _ in range(3)]

    assert shape(page(store, offset=1, limit=1, nested_limit=2)) == [(second, replies[:2], 3)]
    assert shape(page(store, limit=0)) == []
    assert shape(page(store, nested_limit=0)) == [(first, [], 0), (second, [], 3), (third, [], 0)]
    more = page(store, parent=second, offset=2, limit=5)
    assert ([each.comment.id for each in more.comments], more.total, more.level) == (replies[2:], 3, 3)
    assert page(store, parent=replies[0]).comments == ()


def test_only_what_came_after(store: Store) -> None:
    first = factories.an_approved_comment(store).id
    factories.an_approved_comment(store, parent=first, now=factories.NOW + timedelta(minutes=1))
    late = factories.an_approved_comment(store, now=factories.NOW + timedelta(minutes=2)).id

    assert shape(page(store, after=factories.NOW + timedelta(minutes=1))) == [(late, [], 0)]


def test_comment_that_is_gone_leaves_a_place_without_its_words(store: Store) -> None:
    first = factories.an_approved_comment(store, name="Gone Person", text="Gone words").id
    reply = factories.an_approved_comment(store, parent=first).id
    alone = factories.an_approved_comment(store).id
    reject(store, first)
    reject(store, alone)

    found = page(store)

    assert shape(found) == [(first, [reply], 1)]
    assert (found.comments[0].comment.is_gone, found.comments[0].comment.text) == (True, "")
    assert "Gone" not in str(found)
    assert (found.total, found.level) == (1, 1)


def test_thread_nobody_wrote_in_is_empty(store: Store) -> None:
    factories.a_site(store)

    assert page(store) == FlatPage((), 0, 0)
