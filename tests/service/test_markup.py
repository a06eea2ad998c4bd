"""What search engines read in a thread: schema.org comments, nested by what they answer, without an address."""

from datetime import datetime
from itertools import pairwise

import pytest
from flask import Flask
from flask.testing import FlaskClient

from comments.roles import EVERY_SITE
from comments.status import Status
from comments.store import Store
from service.threads import render_thread
from tests import factories
from tests.service.conftest import SITE_ORIGIN
from tests.service.microdata import Item, read_items

PAGE = "http://localhost/threads/demo?thread=border-strikes"
ARTICLE = f"{SITE_ORIGIN}/border-strikes"
SCHEMA = "https://schema.org/"


def thread_of(html: str, address: str = PAGE) -> Item:
    [thread] = read_items(html, address)
    assert thread.type == f"{SCHEMA}CreativeWork"
    return thread


def by_url(thread: Item) -> dict[str, Item]:
    return {comment.texts("url")[0]: comment for comment in thread.items("comment")}


def test_thread_is_a_work_with_its_comments(client: FlaskClient, sqlite_store: Store) -> None:
    first = factories.an_approved_comment(sqlite_store, name="Ngozi & Sons", text="One <b>\ntwo: ẹ jẹ́ kí a gbọ́")

    thread = thread_of(client.get(PAGE).text)

    assert thread.texts("url") == [ARTICLE]
    assert thread.texts("commentCount") == ["1"]
    [comment] = thread.items("comment")
    assert comment.type == f"{SCHEMA}Comment"
    [author] = comment.items("author")
    assert (author.type, author.texts("name")) == (f"{SCHEMA}Person", ["Ngozi & Sons"])
    assert comment.texts("text") == ["One <b>\ntwo: ẹ jẹ́ kí a gbọ́"]
    assert datetime.fromisoformat(comment.texts("datePublished")[0]) == factories.NOW
    assert comment.texts("url") == [f"http://localhost/threads/demo/comments/{first.id}"]
    assert "parentItem" not in comment.properties


def test_reply_names_the_comment_it_answers_at_any_depth(client: FlaskClient, sqlite_store: Store) -> None:
    last = None
    made = [(last := factories.an_approved_comment(sqlite_store, parent=last and last.id)) for _ in range(7)]

    thread = thread_of(client.get(PAGE).text)

    parents = {url: comment.texts("parentItem") for url, comment in by_url(thread).items()}
    address = "http://localhost/threads/demo/comments/"
    assert parents == {f"{address}{made[0].id}": []} | {
        f"{address}{after.id}": [f"{address}{before.id}"] for before, after in pairwise(made)
    }


def test_in_an_article_a_comment_is_a_place_on_its_page(app: Flask, sqlite_store: Store) -> None:
    first = factories.an_approved_comment(sqlite_store)
    factories.an_approved_comment(sqlite_store, parent=first.id)
    with app.test_request_context("/border-strikes"):
        html = str(render_thread("demo", "border-strikes", ARTICLE, "Title", {}))
    fragment = app.test_client().get(f"{PAGE}&format=fragment&url={ARTICLE}").text

    for piece in (html, fragment):
        thread = thread_of(piece, ARTICLE)
        assert set(by_url(thread)) == {f"{ARTICLE}#comment-1", f"{ARTICLE}#comment-2"}
        assert by_url(thread)[f"{ARTICLE}#comment-2"].texts("parentItem") == [f"{ARTICLE}#comment-1"]


def test_fragments_links_are_its_style_sheets_alone(client: FlaskClient, sqlite_store: Store) -> None:
    first = factories.an_approved_comment(sqlite_store)
    factories.an_approved_comment(sqlite_store, parent=first.id)

    fragment = client.get(f"{PAGE}&format=fragment&url={ARTICLE}").text

    assert fragment.count("<link") == fragment.count('<link rel="stylesheet"') > 0


def test_what_is_gone_is_no_comment(client: FlaskClient, sqlite_store: Store) -> None:
    root = factories.an_approved_comment(sqlite_store)
    reply = factories.an_approved_comment(sqlite_store, parent=root.id)
    moderator = factories.a_moderator(sqlite_store)
    sqlite_store.desk.decide(
        root.id, Status.REJECTED, version=2, moderator_id=moderator.id, scope=EVERY_SITE, now=factories.NOW
    )

    page = client.get(PAGE).text

    assert "This comment is not available." in page
    assert list(by_url(thread_of(page))) == [f"http://localhost/threads/demo/comments/{reply.id}"]


def test_strangers_page_is_not_what_the_thread_is_about(client: FlaskClient, sqlite_store: Store) -> None:
    thread = {"key": "border-strikes", "url": "https://evil.example/", "title": "T"}
    factories.an_approved_comment(sqlite_store, thread=thread)

    assert "url" not in thread_of(client.get(PAGE).text).properties


@pytest.mark.parametrize("language", ["en", "yo", "fr"])
def test_text_says_its_language_where_it_is_another(client: FlaskClient, sqlite_store: Store, language: str) -> None:
    factories.a_site(sqlite_store, language=language)
    factories.an_approved_comment(sqlite_store, text="Ẹ káàárọ̀")
    with sqlite_store.database.write() as connection:
        connection.exec_driver_sql("UPDATE comments SET language = 'yo'")

    page = client.get(PAGE).text

    assert ('dir="auto" lang="yo" itemprop' in page) is (language != "yo")


def test_address_in_a_text_is_masked_here_too(client: FlaskClient, sqlite_store: Store) -> None:
    factories.an_approved_comment(sqlite_store, text="Write to ada@example.org.")

    [comment] = thread_of(client.get(PAGE).text).items("comment")

    assert comment.texts("text") == ["Write to [address removed]."]
