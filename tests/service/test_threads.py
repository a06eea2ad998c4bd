"""Threads as HTML: readable without a script, in every script, small, and safe whatever was typed."""

import re
from collections.abc import Callable
from datetime import timedelta
from urllib.parse import quote

import pytest
from flask import Flask
from flask.testing import FlaskClient

from comments.store import Store
from service.embed.script import script
from service.threads import render_thread
from tests import factories
from tests.service.conftest import SITE_ORIGIN, Clock

URL = "/threads/demo?thread=border-strikes"
FRAGMENT = "&format=fragment"
HOST = SITE_ORIGIN.removeprefix("https://")
PAYLOADS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "'onmouseover='alert(1)",
    "{{ 7 * 7 }}{% raw %}",
    "</textarea><script>alert(1)</script>",
    "<!--<script>",
    "javascript:alert(1)",
]


def test_page_is_complete_without_a_script(client: FlaskClient, sqlite_store: Store) -> None:
    first = factories.an_approved_comment(sqlite_store, name="Ngozi A.", text="One\nline more")

    page = client.get(URL).text

    assert f'id="comment-{first.id}"' in page
    assert '<time datetime="2026-05-04T12:00Z"' in page
    assert '<p class="text" dir="auto" itemprop="text">One\nline more</p>' in page
    assert '<bdi itemprop="name">Ngozi A.</bdi>' in page
    assert f'href="?thread=border-strikes&amp;reply_to={first.id}#reply-form"' in page
    assert "Your email address will not be published." in page
    assert re.findall(r"<script.*?>", page) == [f'<script src="{script().path}" data-site="demo" defer>']
    assert "style=" not in page


@pytest.mark.parametrize("payload", PAYLOADS)
@pytest.mark.parametrize("field", ["name", "text", "title", "key"])
def test_whatever_was_typed_is_only_shown(client: FlaskClient, sqlite_store: Store, field: str, payload: str) -> None:
    # given a payload in a field, in the thread that everybody reads
    thread = {"key": payload if field == "key" else "a", "title": payload if field == "title" else "T"}
    typed = {field: payload} if field in {"name", "text"} else {}
    factories.an_approved_comment(sqlite_store, thread=thread, **typed)

    page = client.get("/threads/demo", query_string={"thread": thread["key"]}).text

    assert "Thank you" in page or field == "text"
    for dangerous in ("<script>alert", "<img src=x", "<svg onload", "'onmouseover='", "<!--<script"):
        assert dangerous not in page
    assert ">49" not in page


def test_query_is_only_shown(client: FlaskClient) -> None:
    page = client.get(
        "/threads/demo", query_string={"thread": "a", PAYLOADS[1]: PAYLOADS[2], "title": PAYLOADS[0]}
    ).text

    assert "<svg" not in page
    assert "<img" not in page
    assert "<script>" not in page


def test_link_under_a_comment_opens_the_form_for_it(client: FlaskClient, sqlite_store: Store) -> None:
    first = factories.an_approved_comment(sqlite_store, name="Ngozi A.")

    page = client.get(f"{URL}&sort=oldest&reply_to={first.id}").text

    assert "Reply to <bdi>Ngozi A.</bdi>" in page
    assert f'name="parent" value="{first.id}"' in page
    assert '<a href="?thread=border-strikes&amp;sort=oldest#reply-form">Cancel' in page


@pytest.mark.parametrize("reply_to", ["4711", "x", "", "-1", "٣", "9" * 5_000])
def test_form_for_a_comment_that_is_not_there_answers_nobody(client: FlaskClient, reply_to: str) -> None:
    page = client.get(f"{URL}&reply_to={reply_to}")

    assert page.status_code == 200
    assert 'name="parent" value=""' in page.text
    assert "Leave a reply" in page.text


def test_deep_replies_stay_on_the_page_and_name_whom_they_answer(client: FlaskClient, sqlite_store: Store) -> None:
    last = None
    for depth in range(1, 8):
        last = factories.an_approved_comment(sqlite_store, name=f"Reader {depth}", parent=last and last.id)

    page = client.get(URL).text

    assert page.count('class="comment d4"') == 3
    assert "comment d5" not in page
    assert "to <bdi>Reader 6</bdi>" in page


def test_next_page_is_linked_and_keeps_the_order(client: FlaskClient, sqlite_store: Store) -> None:
    made = [factories.an_approved_comment(sqlite_store).id for _ in range(51)]

    page = client.get(f"{URL}&sort=oldest").text

    assert f'href="?thread=border-strikes&amp;sort=oldest&amp;after={made[49]}#comments"' in page


def test_list_is_drawn_anew_when_something_changes(client: FlaskClient, sqlite_store: Store, clock: Clock) -> None:
    factories.an_approved_comment(sqlite_store)
    assert 'Comments <span class="soft">· 1</span>' in client.get(URL).text

    # at once after a decision
    factories.an_approved_comment(sqlite_store)
    assert 'Comments <span class="soft">· 2</span>' in client.get(URL).text
    # and in time for the minutes that pass
    clock.now += timedelta(minutes=1)
    assert ">1 minute ago</time>" in client.get(URL).text


def test_receipt_of_another_site_shows_nothing(client: FlaskClient, sqlite_store: Store) -> None:
    other = factories.accept(sqlite_store, site="other", text="Elsewhere words")

    page = client.get(f"{URL}&replydesk={factories.receipt_of(other)}")

    assert "Elsewhere" not in page.text


@pytest.mark.parametrize("token", ["x", "A" * 22, "%00", "A" * 5_000])
def test_unknown_receipt_changes_nothing(client: FlaskClient, token: str) -> None:
    page = client.get(f"{URL}&replydesk={token}")

    assert page.status_code == 200
    assert "your-comment" not in page.text


def test_fragment_is_a_piece_for_another_page(client: FlaskClient, sqlite_store: Store) -> None:
    first = factories.an_approved_comment(sqlite_store)

    answer = client.get(
        "/threads/demo",
        query_string={"thread": "border-strikes", "format": "fragment", "url": f"{SITE_ORIGIN}/border-strikes"},
        headers={"Origin": SITE_ORIGIN},
    )

    assert "<html" not in answer.text
    assert 'action="http://localhost/api/v1/comments"' in answer.text
    assert f'href="{SITE_ORIGIN}/border-strikes?reply_to={first.id}#reply-form"' in answer.text
    assert 'name="return_to" value=""' in answer.text
    assert answer.headers["Access-Control-Allow-Origin"] == SITE_ORIGIN
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"


def test_fragment_never_links_to_a_strangers_page(client: FlaskClient, sqlite_store: Store) -> None:
    # given a thread that was begun by somebody who gave their own page as the article's
    thread = {"key": "border-strikes", "url": "https://evil.example/", "title": "T"}
    factories.an_approved_comment(sqlite_store, thread=thread)

    for url in ("", "https://evil.example/", rf"https://evil.example\@{HOST}/", rf"https://evil.example\.{HOST}/"):
        for form in ("", FRAGMENT):
            page = client.get(f"{URL}{form}&url={quote(url)}").text

            assert 'href="https://evil' not in page


@pytest.mark.parametrize("form", ["", FRAGMENT, f"{FRAGMENT}&form=theme"])
@pytest.mark.parametrize("name", ["email", "url", "title", "section", "lead"])
def test_address_in_a_newsletters_link_gets_into_no_page(
    client: FlaskClient, sqlite_store: Store, form: str, name: str
) -> None:
    factories.an_approved_comment(sqlite_store)
    factories.an_approved_comment(sqlite_store)
    address = "zaynab@canary.example"
    value = f"{SITE_ORIGIN}/border-strikes?email={address}" if name == "url" else address

    page = client.get(f"{URL}{form}&{name}={quote(value)}").text

    assert 'class="text"' in page, "else this proves nothing"
    assert "canary" not in page
    if name == "url":
        assert f"{SITE_ORIGIN}/border-strikes" in page


def test_page_that_includes_the_thread_keeps_its_own_query(app: Flask, sqlite_store: Store) -> None:
    factories.an_approved_comment(sqlite_store)
    factories.an_approved_comment(sqlite_store)

    article, query = (
        "http://localhost/article?edition=2",
        {"edition": "2", "sort": "oldest", "email": "a@canary.example"},
    )
    with app.test_request_context(f"{article}&sort=oldest&email=a@canary.example"):
        html = render_thread("demo", "border-strikes", article, "Title", query)

    assert "<html" not in html
    assert 'href="?edition=2&amp;sort=newest#comments"' in html
    assert f'name="thread_url" value="{article}"' in html
    assert "canary" not in html


def test_old_and_new_times_are_in_words(make_app: Callable[..., Flask], sqlite_store: Store) -> None:
    for age in (timedelta(seconds=5), timedelta(minutes=1), timedelta(hours=2), timedelta(days=6), timedelta(days=30)):
        factories.an_approved_comment(sqlite_store, now=factories.NOW - age)

    page = make_app(sqlite_store).test_client().get(URL).text

    for words in ("just now", "1 minute ago", "2 hours ago", "6 days ago", "4 April 2026"):
        assert f">{words}</time>" in page


@pytest.mark.parametrize("path", ["/threads/nowhere?thread=a", "/threads/DEMO?thread=a"])
def test_unknown_site_is_not_found(client: FlaskClient, path: str) -> None:
    answer = client.get(path, headers={"Accept": "text/html"})

    assert answer.status_code == 404
    assert answer.mimetype == "text/html"
    assert "There is no such site." in answer.text
