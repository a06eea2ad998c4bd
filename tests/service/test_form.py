"""The reply form without a script: posted, shown again with what was typed, and never sent to a stranger's page."""

import re
from collections.abc import Callable
from html.parser import HTMLParser
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from comments.store import Store
from service.page_links import RECEIPT
from service.reply_form import HONEYPOT
from tests import factories
from tests.service.conftest import SITE_ORIGIN, Clock

URL = "/api/v1/comments"
BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
ADDRESS = "zaynab.marker@address-canary.example"
ARTICLE = f"{SITE_ORIGIN}/border-strikes"


class FormFields(HTMLParser):
    """The values of a page's form, as a browser would send them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.values: dict[str, str] = {}
        self._textarea = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag == "input":
            self.values[found["name"]] = found.get("value", "")
        self._textarea = found.get("name", "") if tag == "textarea" else ""

    def handle_data(self, data: str) -> None:
        if self._textarea:
            self.values[self._textarea] = data.removeprefix("\n")  # a browser drops the first newline
            self._textarea = ""


def fields(**overrides: str) -> dict[str, str]:
    body = factories.a_body()
    typed = {"site": "demo", "thread_key": "border-strikes", "thread_url": ARTICLE, "thread_title": "Strikes"}
    return {**typed, "name": "Ọlá", "email": ADDRESS, "text": str(body["text"]), **overrides}


def post(client: FlaskClient, **overrides: str) -> TestResponse:
    return client.post(URL, data=fields(**overrides), headers=BROWSER)


def test_reader_comes_back_to_the_article_and_sees_the_comment_there(app: Flask, client: FlaskClient) -> None:
    # when a reader posts under an article of the site
    answer = post(client, text="First!\r\nمرحبا", thread_url=f"{ARTICLE}?page=2#top")

    # then the browser goes back to that page with the receipt
    assert answer.status_code == 303
    assert answer.headers["Cache-Control"] == "no-store"
    back = urlsplit(answer.headers["Location"])
    assert f"{back.scheme}://{back.netloc}{back.path}" == ARTICLE
    assert re.fullmatch(r"your-comment-\d+", back.fragment)
    query = parse_qs(back.query)
    assert query.keys() == {"page", RECEIPT}
    # and whoever holds the receipt sees the comment as typed, while nobody else does
    thread = "/threads/demo?thread=border-strikes"
    mine = client.get(f"{thread}&{RECEIPT}={query[RECEIPT][0]}")
    assert f'id="{back.fragment}"' in mine.text
    assert "First!\nمرحبا" in mine.text
    assert "Awaiting moderation" in mine.text
    assert mine.headers["Cache-Control"] == "no-store"
    assert mine.headers["X-Robots-Tag"] == "noindex"
    assert mine.headers["Referrer-Policy"] == "same-origin"
    assert "مرحبا" not in client.get(thread).text


@pytest.mark.parametrize(
    "thread_url",
    [
        "https://evil.example/",
        "https://news.example.evil.example/border-strikes",
        "https://news.example:444/border-strikes",
        "http://news.example/border-strikes",
        "",
    ],
)
def test_redirect_stays_with_us_when_the_page_is_not_the_sites(client: FlaskClient, thread_url: str) -> None:
    answer = post(client, thread_url=thread_url)

    assert answer.status_code == 303
    assert answer.headers["Location"].startswith("/threads/demo?thread=border-strikes&replydesk=")


@pytest.mark.parametrize("thread_url", ["javascript:alert(1)", "//evil.example/", "https://news.example@evil.example/"])
def test_what_is_no_web_address_is_refused(client: FlaskClient, thread_url: str) -> None:
    assert post(client, thread_url=thread_url).status_code == 422


def test_form_on_our_own_page_leads_back_to_it(client: FlaskClient) -> None:
    assert post(client, return_to="threads").headers["Location"].startswith("/threads/demo?")


def test_receipt_in_the_articles_address_is_replaced(client: FlaskClient) -> None:
    answer = post(client, thread_url=f"{ARTICLE}?{RECEIPT}=old&a=1")

    query = parse_qs(urlsplit(answer.headers["Location"]).query)
    assert query["a"] == ["1"]
    assert query[RECEIPT] != ["old"]


def test_form_comes_back_with_everything_but_the_address(client: FlaskClient) -> None:
    # given a reply with a bad address
    sent = fields(email="zaynab@address-canary", text="Two\r\nlines & <b>", parent="")
    answer = client.post(URL, data=sent, headers=BROWSER)

    # then it is shown again, with what to change beside its field and at the top
    assert answer.status_code == 422
    assert answer.mimetype == "text/html"
    again = FormFields(answer.text).values
    assert again["name"] == "Ọlá"
    assert again["text"] == sent["text"]
    assert again["email"] == ""
    assert "canary" not in answer.text
    assert '<a href="#reply-email">' in answer.text
    assert 'aria-describedby="reply-email-error"' in answer.text
    # and posting what came back, with the address typed again, is accepted and leads to the article
    accepted = client.post(URL, data={**again, "email": ADDRESS}, headers=BROWSER)
    assert accepted.status_code == 303
    assert accepted.headers["Location"].startswith(ARTICLE)
    # which Chrome allows only if the page's policy names that origin
    assert f"form-action 'self' {SITE_ORIGIN};" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize("name", ["thread_key", "thread_url", "thread_title", "thread_section", "thread_lead"])
def test_an_address_from_a_newsletters_link_is_not_shown_again(client: FlaskClient, name: str) -> None:
    address = "zaynab@canary.example"
    value = f"{ARTICLE}?p=7&email={address}" if name == "thread_url" else address

    answer = client.post(URL, data=fields(text="", **{name: value}), headers=BROWSER)

    assert answer.status_code == 422
    assert "canary" not in answer.text
    if name == "thread_url":
        assert FormFields(answer.text).values[name] == f"{ARTICLE}?p=7"


def test_an_address_from_a_newsletters_link_is_not_on_the_way_back(client: FlaskClient) -> None:
    answer = post(client, thread_url=f"{ARTICLE}?p=7&email=zaynab@canary.example")

    assert answer.headers["Location"].startswith(f"{ARTICLE}?p=7&")
    assert "canary" not in answer.headers["Location"]


@pytest.mark.parametrize(
    "name", ["zaynab@canary.example", "zaynab\uff20canary.example", "a\u200bb zaynab@canary.example"]
)
def test_an_address_for_a_name_is_not_shown_again(client: FlaskClient, name: str) -> None:
    answer = client.post(URL, data=fields(name=name, text="Kept."), headers=BROWSER)

    assert answer.status_code == 422
    again = FormFields(answer.text).values
    assert (again["name"], again["text"].strip()) == ("", "Kept.")
    assert "canary" not in answer.text


def test_summary_of_what_to_change_takes_the_focus(client: FlaskClient) -> None:
    answer = post(client, name="", text="")

    assert 'role="alert" tabindex="-1" autofocus' in answer.text
    assert answer.text.index('"#reply-name"') < answer.text.index('"#reply-text"')


def test_reply_to_a_comment_that_went_away_can_be_posted_by_itself(client: FlaskClient) -> None:
    answer = post(client, parent="4711", text="Do not lose me")

    assert answer.status_code == 422
    again = FormFields(answer.text).values
    assert (again["parent"], again["text"]) == ("", "Do not lose me")


def test_text_survives_a_database_that_is_away(client: FlaskClient, sqlite_store: Store) -> None:
    with sqlite_store.database.write():
        answer = post(client, text="Do not lose me")

    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "5"
    assert FormFields(answer.text).values["text"] == "Do not lose me"


def test_text_survives_a_rate_limit(make_app: Callable[..., Flask], sqlite_store: Store) -> None:
    factories.a_site(sqlite_store)
    client = make_app(sqlite_store, rate_limits=True).test_client()
    answers = [post(client, text=f"Number {number}") for number in range(4)]

    assert [answer.status_code for answer in answers] == [303, 303, 303, 429]
    assert int(answers[3].headers["Retry-After"]) > 0
    assert FormFields(answers[3].text).values["text"] == "Number 3"


def test_program_that_posts_a_form_gets_json(client: FlaskClient) -> None:
    answer = client.post(URL, data=fields())

    assert answer.status_code == 202
    assert answer.json["status"] == "pending"


def test_multipart_form_is_read_too(client: FlaskClient) -> None:
    answer = client.post(URL, data=fields(), content_type="multipart/form-data", headers=BROWSER)

    assert answer.status_code == 303


def test_form_that_was_given_out_tells_how_long_it_was_open(
    client: FlaskClient, sqlite_store: Store, clock: Clock
) -> None:
    # given the form as the page shows it
    given = FormFields(client.get("/threads/demo?thread=border-strikes").text).values
    clock.now = clock.now.replace(second=31)

    client.post(URL, data={**given, "name": "Ada", "email": ADDRESS, "text": "Slow"}, headers=BROWSER)

    (claimed,) = sqlite_store.pending.claim(clock.now, lease_seconds=60)
    assert (claimed.seconds_to_submit, claimed.honeypot_filled) == (31, False)


def test_field_that_nobody_sees_is_noted(client: FlaskClient, sqlite_store: Store) -> None:
    assert post(client, **{HONEYPOT: "http://buy.example"}).status_code == 303

    (claimed,) = sqlite_store.pending.claim(factories.NOW, lease_seconds=60)
    assert claimed.honeypot_filled
