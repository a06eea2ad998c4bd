"""The outlook of a reply before it is kept, on both databases."""

from datetime import timedelta

from comments.status import Status
from comments.store import Store
from tests import factories

KEY = "border-strikes"


def test_thread_nobody_wrote_in_is_open_and_has_no_parents(store: Store) -> None:
    factories.a_site(store)

    new = store.outlooks.of("demo", KEY, None, factories.NOW)
    assert (new.takes_parent, new.is_closed, new.thread_url) == (True, False, "")
    assert not store.outlooks.of("demo", KEY, 1, factories.NOW).takes_parent


def test_only_a_public_comment_of_the_same_thread_takes_replies(store: Store) -> None:
    public = factories.an_approved_comment(store)
    held = factories.a_held_comment(store)
    elsewhere = factories.an_approved_comment(store, thread="floods")

    found = {
        each.id: store.outlooks.of("demo", KEY, each.id, factories.NOW).takes_parent
        for each in (public, held, elsewhere)
    }

    assert found == {public.id: True, held.id: False, elsewhere.id: False}


def test_thread_closes_with_its_days(store: Store) -> None:
    factories.an_approved_comment(store)
    factories.a_site(store, close_after_days=7)

    days = {days: store.outlooks.of("demo", KEY, None, factories.NOW + timedelta(days=days)) for days in (6, 7)}

    assert [days[6].is_closed, days[7].is_closed] == [False, True]
    assert days[6].thread_url == f"https://news.example/{KEY}"


def test_words_are_said_by_name_text_and_place(store: Store) -> None:
    parent = factories.an_approved_comment(store, name="Ada", text="I agree.")
    factories.accept(store, name="Bisi", text="No.", parent=parent.id)

    def is_said(thread: str = KEY, parent_id: int | None = None, *, name: str = "Ada", text: str = "I agree.") -> bool:
        return store.outlooks.is_said("demo", thread, parent_id, name=name, text=text)

    assert is_said()
    assert is_said(parent_id=parent.id, name="Bisi", text="No.")
    assert not is_said("floods")
    assert not is_said(parent_id=parent.id)
    assert not is_said(name="Bisi", text="No.")
    assert not is_said(name="ada")
    assert not is_said(text="I agree")


def test_words_that_were_rejected_do_not_stand(store: Store) -> None:
    rejected = factories.accept(store, name="Ada", text="Buy pills.")
    assert store.outlooks.is_said("demo", KEY, None, name="Ada", text="Buy pills.")

    factories.settle(store, rejected, Status.REJECTED)

    assert not store.outlooks.is_said("demo", KEY, None, name="Ada", text="Buy pills.")
