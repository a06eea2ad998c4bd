"""Replies as the newsroom: a form on the card of what is published, for whoever may speak for the site."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from comments import schema
from comments.roles import EVERY_SITE, Grant, Role
from comments.status import Status
from comments.store import Store
from tests import factories
from tests.service.review.conftest import OURS, Browser
from tests.service.review.pages import Page

PUBLISHED = "/review/approved"
THREAD = "/threads/demo?thread=border-strikes"
JSON = "/api/v1/comments?site=demo&thread=border-strikes"
WORDS = "We have corrected the figure."


def reply(browser: Browser, text: str = WORDS, **typed: str) -> str:
    """Send the form of the first card in the list of what is published; return where that leads."""
    answer = browser.press(browser.open(PUBLISHED), "/speak", text=text, **typed)
    assert answer.status_code == 303, answer.text
    return answer.location


def test_reply_is_published_and_marked_everywhere(ada: Browser, client: FlaskClient, sqlite_store: Store) -> None:
    asked = factories.an_approved_comment(sqlite_store, name="Ngozi")

    where = reply(ada, f"  {WORDS}\r\nThank you.  ")

    # then: by a plain form and a redirect, with what was done and how to undo it
    assert where.startswith(PUBLISHED)
    assert "Approved." in ada.open(where).text
    [root] = client.get(JSON).json["comments"]
    [answer] = root["replies"]
    assert (root["by_newsroom"], answer["by_newsroom"]) == (False, True)
    assert (answer["name"], answer["text"]) == ("The demo news", f"{WORDS}\nThank you.")
    page = client.get(THREAD).text
    assert '<bdi itemprop="name">The demo news</bdi> <b class="newsroom">Newsroom</b>' in page
    assert "https://schema.org/Organization" in page
    assert page.count('class="newsroom"') == 1
    feed = client.get("/feeds/demo.atom").text
    assert feed.count('<category term="newsroom" label="Newsroom" />') == 1
    assert asked.id == answer["parent"]


def test_it_is_taken_back_like_any_decision(ada: Browser, client: FlaskClient, sqlite_store: Store) -> None:
    factories.an_approved_comment(sqlite_store)
    where = reply(ada)

    assert ada.press(ada.open(where), "/undo").status_code == 303

    assert client.get(JSON).json["total"] == 1
    queue = ada.open()
    assert "It was written at the desk, in the newsroom's name." in queue.text
    assert "Newsroom" in queue.text
    assert "Reader " not in queue.text, "there is no author"
    # and its past is told
    number = next(link for link in queue.links if link.startswith("/review/comments/")).split("#")[0]
    assert "Written at the desk by ada" in " ".join(ada.open(number).text.split())


def test_published_reply_comes_off_the_page_by_a_button(ada: Browser, client: FlaskClient, sqlite_store: Store) -> None:
    factories.an_approved_comment(sqlite_store)
    reply(ada)
    card = sqlite_store.desk_reads.card(2, scope=EVERY_SITE, now=factories.NOW)
    page = ada.open(f"/review/comments/{card.id}")
    assert ("decision", "spam") not in page.form("/decide").buttons
    assert "Take it off the page" in page.text

    ada.press(page, "/decide", "hold")

    assert client.get(JSON).json["total"] == 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "Write something first."),
        (" \u200b\n", "Write something first."),
        ("x" * 5_001, "at most 5000"),
        ("a\x00b", "control characters"),
        ("a\ufffeb", "control characters"),
        ("e" + "\u0301" * 30, "stacked accents"),
        ("Write to tips@news.example", "Leave the email address out"),
    ],
)
def test_reply_that_cannot_be_published_says_why(
    ada: Browser, client: FlaskClient, sqlite_store: Store, text: str, said: str
) -> None:
    factories.an_approved_comment(sqlite_store)
    form = ada.open(PUBLISHED).form("/speak")

    answer = ada.client.post(form.action, data={**form.fields, "text": text}, headers=OURS)

    assert answer.status_code == 400
    assert said in answer.text
    assert "tips@" not in answer.text
    assert client.get(JSON).json["total"] == 1


def test_long_reply_in_any_script_is_taken(ada: Browser, client: FlaskClient, sqlite_store: Store) -> None:
    factories.an_approved_comment(sqlite_store)
    reply(ada, "😀" * 5_000)
    assert client.get(JSON).json["total"] == 2


def test_the_same_again_is_told_and_not_published_twice(ada: Browser, client: FlaskClient, sqlite_store: Store) -> None:
    factories.an_approved_comment(sqlite_store)
    form = ada.open(PUBLISHED).form("/speak")
    answers = [ada.client.post(form.action, data={**form.fields, "text": WORDS}, headers=OURS) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [303, 400]
    assert "has said this here already" in answers[1].text
    assert client.get(JSON).json["total"] == 2


def test_what_is_not_public_any_more_is_not_answered(ada: Browser, sqlite_store: Store) -> None:
    comment = factories.an_approved_comment(sqlite_store)
    form = ada.open(PUBLISHED).form("/speak")
    moderator = factories.a_moderator(sqlite_store, "bisi")
    sqlite_store.desk.decide(
        comment.id, Status.HELD, version=2, moderator_id=moderator.id, scope=EVERY_SITE, now=factories.NOW
    )

    answer = ada.client.post(form.action, data={**form.fields, "text": WORDS}, headers=OURS)

    assert answer.status_code == 400
    assert "Only a published comment is answered" in answer.text


def test_sensitive_story_keeps_it_for_a_second_moderator(
    ada: Browser, client: FlaskClient, sqlite_store: Store
) -> None:
    factories.an_approved_comment(sqlite_store)
    with sqlite_store.database.write() as connection:
        connection.execute(update(schema.threads).values(is_sensitive=True))

    where = reply(ada)

    assert "Approved by the first of two" in ada.open(where).text
    assert client.get(JSON).json["total"] == 1


@pytest.mark.parametrize(("role", "may"), [(Role.EDITOR, True), (Role.MODERATOR, False), (Role.VIEWER, False)])
def test_only_who_may_speak_has_the_form(
    app: Flask, log_in: Callable[..., Browser], sqlite_store: Store, role: Role, may: bool
) -> None:
    comment = factories.an_approved_comment(sqlite_store)
    factories.a_moderator(sqlite_store, "mod", grants=(Grant(role, factories.a_site(sqlite_store).id),))
    browser = log_in(app, "mod")

    page = browser.open(PUBLISHED)
    assert any(form.action.endswith("/speak") for form in page.forms) is may

    sent = {"csrf": page.form("/logout").fields["csrf"], "text": WORDS}
    answer = browser.client.post(f"/review/comments/{comment.id}/speak", data=sent, headers=OURS)
    assert answer.status_code == (303 if may else 403)


def test_another_sites_comment_is_not_there(app: Flask, log_in: Callable[..., Browser], sqlite_store: Store) -> None:
    comment = factories.an_approved_comment(sqlite_store)
    other = factories.a_site(sqlite_store, "other")
    factories.a_moderator(sqlite_store, "mod", grants=(Grant(Role.EDITOR, other.id),))
    browser = log_in(app, "mod")

    sent = {"csrf": browser.open().form("/logout").fields["csrf"], "text": WORDS}

    assert browser.client.post(f"/review/comments/{comment.id}/speak", data=sent, headers=OURS).status_code == 404


@pytest.mark.parametrize("broken", ["no token", "other token", "other origin"])
def test_form_of_another_page_is_refused(ada: Browser, client: FlaskClient, sqlite_store: Store, broken: str) -> None:
    factories.an_approved_comment(sqlite_store)
    form = ada.open(PUBLISHED).form("/speak")
    token = {"no token": {}, "other token": {"csrf": "x" * 43}}.get(broken, {"csrf": form.fields["csrf"]})
    headers = {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"} if broken == "other origin" else OURS

    answer = ada.client.post(form.action, data={"text": WORDS, **token}, headers=headers)

    assert answer.status_code == 403
    assert client.get(JSON).json["total"] == 1


def test_reader_cannot_send_the_mark(client: FlaskClient, sqlite_store: Store) -> None:
    sent = factories.a_body() | {"by_newsroom": True, "status": "approved", "mark": "Newsroom"}
    answer = client.post("/api/v1/comments", json=sent)
    assert answer.status_code == 202
    form = {"site": "demo", "thread_key": "a", "name": "Ada", "email": "a@b.example", "text": "T", "by_newsroom": "1"}
    assert client.post("/api/v1/comments", data=form).status_code == 202

    with sqlite_store.database.read() as connection:
        kept = connection.execute(schema.comments.select()).all()
    assert [(row.by_newsroom, row.status) for row in kept] == [(False, "pending")] * 2


def test_htmx_gets_the_card_and_the_news(ada: Browser, sqlite_store: Store) -> None:
    comment = factories.an_approved_comment(sqlite_store)
    form = ada.open(PUBLISHED).form("/speak")

    answer = ada.client.post(form.action, data={**form.fields, "text": WORDS}, headers={**OURS, "HX-Request": "true"})

    assert answer.status_code == 200
    assert f"outerHTML:#comment-{comment.id}" in answer.text
    assert Page(answer.text).form("/undo").method == "post"
