"""Filters: a form that ends in one address, which says the same to whoever it is sent."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import update

from comments import schema
from comments.queue_query import QueueQuery
from comments.roles import Grant, Role
from comments.signal import Category
from comments.status import Status
from comments.store import Store
from tests import factories
from tests.service.review.conftest import Browser
from tests.service.review.pages import Page


def shown(page: Page) -> list[int]:
    """Return the numbers of the cards in their order."""
    return [int(name.removeprefix("comment-")) for name in page.ids if name.startswith("comment-")]


def change(store: Store, comment_id: int, **values: object) -> None:
    """Make a comment what the checks would have made of it."""
    with store.database.write() as connection:
        connection.execute(update(schema.comments).where(schema.comments.c.id == comment_id).values(**values))


def test_every_list_is_in_the_bar_with_its_number_and_its_plain_address(ada: Browser) -> None:
    page = ada.open()
    lists = ["", "spam", "abuse", "appeals", "audit", "decided", "approved", "rejected"]
    assert [link for link in page.links if link.removeprefix("/review/") in lists][1:9] == [
        f"/review/{name}" for name in lists
    ]


def test_suspected_spam_and_abuse_are_lists_of_their_own(ada: Browser, sqlite_store: Store) -> None:
    spam, abuse = factories.a_held_comment(sqlite_store).id, factories.a_held_comment(sqlite_store).id
    change(sqlite_store, spam, suspected="spam")
    change(sqlite_store, abuse, suspected="abuse")
    assert shown(ada.open("/review/spam")) == [spam]
    assert shown(ada.open("/review/abuse")) == [abuse]
    assert shown(ada.open("/review/")) == [spam, abuse]


def test_form_of_the_filters_ends_in_an_address_without_empty_arguments(ada: Browser, sqlite_store: Store) -> None:
    # given: the form as it stands
    factories.a_held_comment(sqlite_store)
    form = next(form for form in ada.open().forms if form.id == "filters")
    assert form.method == "get"
    assert {"q", "why", "age", "order", "min_score"} <= set(form.fields)

    # when: something is chosen in it
    answer = ada.client.get(
        form.action, query_string={**form.fields, "why": "check:links", "age": "min:60", "q": "loan"}
    )

    # then
    assert answer.status_code == 303
    assert answer.location == "/review/?check=links&min_age=60&q=loan"


def test_address_sets_the_form_as_it_was_when_it_was_shared(ada: Browser, sqlite_store: Store) -> None:
    factories.a_held_comment(sqlite_store)
    page = ada.open("/review/?check=links&min_age=90&min_score=0.33&q=loan&order=risk")
    fields = next(form for form in page.forms if form.id == "filters").fields
    assert fields["why"] == "check:links"
    assert fields["age"] == "min:90"
    assert fields["min_score"] == "0.33"
    assert fields["q"] == "loan"
    assert fields["order"] == "risk"


def test_filter_by_what_was_found(ada: Browser, sqlite_store: Store) -> None:
    signals = (factories.a_signal(category=Category.THREAT, check="threats"),)
    threat = factories.accept(sqlite_store)
    factories.settle(sqlite_store, threat, Status.HELD, signals=signals)
    factories.a_held_comment(sqlite_store)
    assert shown(ada.open("/review/?reason=threat")) == [threat.id]
    assert shown(ada.open("/review/?check=threats")) == [threat.id]


def test_next_page_keeps_the_filters(ada: Browser, sqlite_store: Store) -> None:
    for _ in range(27):
        change(sqlite_store, factories.a_held_comment(sqlite_store).id, language="yo")
    following = next(link for link in ada.open("/review/?language=yo").links if "after=" in link)
    assert "language=yo" in following
    assert len(shown(ada.open(following))) == 2


@pytest.mark.parametrize("after", ["x", "", "-1", "9" * 30, "%00", "~"])
def test_cursor_that_is_none_shows_the_first_page(ada: Browser, sqlite_store: Store, after: str) -> None:
    number = factories.a_held_comment(sqlite_store).id
    answer = ada.client.get(f"/review/?after={after}", follow_redirects=True)
    assert shown(Page(answer.text)) == [number]


def test_site_of_somebody_else_is_neither_shown_nor_offered(
    app: Flask, log_in: Callable[..., Browser], sqlite_store: Store
) -> None:
    # given: a moderator of one of two sites
    ours = factories.a_held_comment(sqlite_store, site="sport").id
    theirs = factories.a_held_comment(sqlite_store).id
    grant = Grant(Role.MODERATOR, factories.a_site(sqlite_store, "sport").id)
    factories.a_moderator(sqlite_store, "bisi", grants=[grant])
    bisi = log_in(app, "bisi")

    # then
    page = bisi.open()
    assert shown(page) == [ours]
    assert "The demo news" not in page.text
    for address in (f"/review/comments/{theirs}", f"/review/authors/{theirs}"):
        assert bisi.client.get(address).status_code == 404


# Search ---------------------------------------------------------------------------------------------------------------


def test_what_was_searched_is_marked_in_text_and_name(ada: Browser, sqlite_store: Store) -> None:
    factories.a_held_comment(sqlite_store, name="Adé Ọjọ́", text="Ọjọ́ means a day. Every ojo counts.")
    factories.a_held_comment(sqlite_store, text="Nothing of the kind.")
    page = ada.open("/review/?q=ojo")
    assert len(shown(page)) == 1
    assert page.html.count('<b class="sought">') == 3
    assert page.typed_texts == ["Ọjọ́ means a day. Every ojo counts."]


def test_search_that_finds_nothing_says_where_else_to_look(ada: Browser, sqlite_store: Store) -> None:
    factories.an_approved_comment(sqlite_store, text="The envoy was recalled.")
    page = ada.open("/review/?q=envoy")
    assert "Nothing here has the words “envoy”." in page.text
    assert "/review/approved?q=envoy" in page.links
    assert len(shown(ada.open("/review/approved?q=envoy"))) == 1


def test_search_may_be_as_long_as_it_may_be_and_come_back_after_a_decision(ada: Browser, sqlite_store: Store) -> None:
    factories.a_held_comment(sqlite_store, text="ọ̀rọ̀ " * 30)
    address = "/review/?" + QueueQuery(words=("ọ̀rọ̀ " * 33).strip()).query_string(with_queue=False)
    page = ada.open(address)
    assert len(shown(page)) == 1
    answer = ada.press(page, "/decide", "approve")
    assert answer.location.startswith(address)
