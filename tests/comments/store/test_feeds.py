"""What feeds read: approved comments alone, what was published last first, page by page without a gap."""

from datetime import timedelta

import pytest

from comments.roles import EVERY_SITE
from comments.status import Status
from comments.store import Store
from tests import factories


@pytest.mark.parametrize("thread", [None, "border-strikes"])
def test_pages_lose_nothing_and_repeat_nothing(store: Store, thread: str | None) -> None:
    # given: comments of the same moment, of later ones, and what is not public or elsewhere
    made = [
        factories.an_approved_comment(store, now=factories.NOW + timedelta(seconds=number // 4)).id
        for number in range(11)
    ]
    factories.a_held_comment(store)
    factories.a_rejected_comment(store)
    factories.an_approved_comment(store, site="other")
    outside = factories.an_approved_comment(store, thread="elsewhere", now=factories.NOW - timedelta(days=1)).id

    found: list[int] = []
    before = None
    while True:
        page = store.feeds.page("demo", thread, before=before, limit=4)
        assert page is not None
        found += [entry.id for entry in page.entries]
        before = page.next_before
        if before is None:
            break

    assert found == [*reversed(made), *([outside] if thread is None else [])]


def test_entry_has_what_a_feed_shows(store: Store) -> None:
    first = factories.an_approved_comment(store, name="Ngozi", text="Hello.")
    waited = factories.accept(store, name="Bashir", text="Haka ne.", parent=first.id)
    factories.settle(store, waited, Status.APPROVED, now=factories.NOW + timedelta(days=2))

    page = store.feeds.page("demo", "border-strikes")

    assert page is not None
    assert (page.title, page.url) == ("Strikes on the border", "https://news.example/border-strikes")
    assert page.site_begun_at == page.begun_at == factories.NOW
    newest, oldest = page.entries
    assert (newest.id, newest.parent_id, newest.name, newest.text) == (waited.id, first.id, "Bashir", "Haka ne.")
    assert (newest.created_at, newest.published_at) == (factories.NOW, factories.NOW + timedelta(days=2))
    assert (oldest.parent_id, oldest.by_newsroom, oldest.thread_key) == (None, False, "border-strikes")


def test_what_is_taken_down_is_out_of_it(store: Store) -> None:
    comment = factories.an_approved_comment(store)
    moderator = factories.a_moderator(store)
    store.desk.decide(
        comment.id, Status.ERASED, version=2, moderator_id=moderator.id, scope=EVERY_SITE, now=factories.NOW
    )

    for thread in (None, "border-strikes"):
        page = store.feeds.page("demo", thread)
        assert page is not None
        assert page.entries == ()


def test_what_is_not_there(store: Store) -> None:
    factories.a_site(store)

    assert store.feeds.page("nobody", None) is None
    empty = store.feeds.page("demo", "new")
    assert empty is not None
    assert (empty.entries, empty.begun_at) == ((), factories.NOW)
