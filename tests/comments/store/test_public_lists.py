"""Lists of approved comments: what is asked for, in order, and an exact number."""

from datetime import timedelta

from comments.store import Store
from comments.store.public_lists import Wanted
from tests import factories


def ids_of(store: Store, **asked: object) -> tuple[list[int], int]:
    """Return the ids of a page and the total."""
    wanted = Wanted(factories.a_site(store).id, **asked)  # type: ignore[arg-type]  # checked by Wanted
    page = store.public_lists.page(wanted)
    return [comment.id for comment in page.comments], page.total


def make(store: Store, minutes: int = 0, **overrides: object) -> int:
    return factories.an_approved_comment(store, now=factories.NOW + timedelta(minutes=minutes), **overrides).id


def test_only_approved_comments_of_the_site_are_listed_and_counted(store: Store) -> None:
    shown = make(store)
    factories.accept(store)
    factories.a_held_comment(store)
    factories.a_rejected_comment(store)
    make(store, site="other")

    assert ids_of(store) == ([shown], 1)
    assert ids_of(store, ids=tuple(range(1, 20))) == ([shown], 1)


def test_order_and_pages(store: Store) -> None:
    late, early, middle = make(store, 9), make(store, 1), make(store, 5)

    assert ids_of(store) == ([late, middle, early], 3)
    assert ids_of(store, oldest_first=True) == ([early, middle, late], 3)
    assert ids_of(store, by_id=True, oldest_first=True) == ([late, early, middle], 3)
    assert ids_of(store, offset=1, limit=1) == ([middle], 3)
    assert ids_of(store, offset=3) == ([], 3)


def test_conditions_are_met_together(store: Store) -> None:
    first = make(store, 0, thread="wp:1")
    reply = make(store, 1, thread="wp:1", parent=first)
    deep = make(store, 2, thread="wp:1", parent=reply)
    other = make(store, 3, thread="wp:2")
    make(store, 4)

    assert ids_of(store, thread_keys=("wp:1", "wp:2"), oldest_first=True) == ([first, reply, deep, other], 4)
    assert ids_of(store, thread_keys=("wp:1",), parents=(0,)) == ([first], 1)
    assert ids_of(store, parents=(first,)) == ([reply], 1)
    assert ids_of(store, parents=(reply, other)) == ([deep], 1)
    assert ids_of(store, parents=(first, reply), not_ids=(deep,)) == ([reply], 1)
    assert ids_of(store, thread_keys=("wp:1",), parents=(0, first), oldest_first=True) == ([first, reply], 2)
    assert ids_of(store, after=factories.NOW, before=factories.NOW + timedelta(minutes=2)) == ([reply], 1)
    assert ids_of(store, thread_keys=("wp:3",)) == ([], 0)


def test_row_names_its_thread(store: Store) -> None:
    make(store, thread="wp:7", name="Ada", text="Words")

    [comment] = store.public_lists.page(Wanted(factories.a_site(store).id)).comments

    assert (comment.thread_key, comment.thread_url) == ("wp:7", "https://news.example/wp:7")
    assert (comment.name, comment.text, comment.created_at) == ("Ada", "Words", factories.NOW)
