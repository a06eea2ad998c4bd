"""The audit sample at the desk, on both databases: looked at once, left public or taken down, and never in secret."""

import json
import re
from collections.abc import Callable

import pytest
from flask import Flask

from comments.roles import EVERY_SITE
from comments.status import Status
from comments.store import Store
from tests import factories
from tests.service.review.conftest import OURS, Browser
from tests.service.review.pages import Page

AUDIT = "/review/audit"
SWAP = {**OURS, "HX-Request": "true"}


@pytest.fixture
def app(make_app: Callable[..., Flask], store: Store) -> Flask:
    """The application on the test's own database."""
    factories.a_site(store)
    return make_app(store)


@pytest.fixture
def ada(app: Flask, log_in: Callable[..., Browser], store: Store) -> Browser:
    """The browser of the moderator "ada"."""
    return log_in(app, "ada", store)


@pytest.fixture
def bisi(app: Flask, log_in: Callable[..., Browser], store: Store) -> Browser:
    """The browser of the moderator "bisi"."""
    return log_in(app, "bisi", store)


def follow(browser: Browser, answer: object) -> Page:
    location = getattr(answer, "location")  # noqa: B009 - only its address matters here
    return browser.open(location.split("#")[0])


def words_of(page: Page) -> str:
    return " ".join(page.text.split())


def shown(page: Page) -> list[int]:
    return [int(name.removeprefix("comment-")) for name in page.ids if name.startswith("comment-")]


def audit_counts(page: Page) -> list[str]:
    return re.findall(r'data-count="audit"[^>]*>([\d,]+)<', page.html)


# The list ------------------------------------------------------------------------------------------------------------


def test_sample_shows_the_drawn_comments_oldest_first_with_the_exact_count(ada: Browser, store: Store) -> None:
    # given: more than one page, and published comments that were not drawn
    drawn = [factories.a_drawn_comment(store).id for _ in range(27)]
    factories.an_approved_comment(store)

    # when
    first = ada.open(AUDIT)
    second = ada.open(next(link for link in first.links if "after=" in link))

    # then: beside the name of the list as in its head
    assert shown(first) + shown(second) == drawn
    assert audit_counts(first) == audit_counts(second) == ["27", "27"]
    assert audit_counts(ada.open()) == ["27"]


def test_sample_of_one_site(ada: Browser, store: Store) -> None:
    ours, theirs = factories.a_drawn_comment(store), factories.a_drawn_comment(store, site="sport")

    page = ada.open(f"{AUDIT}?site=sport")

    assert shown(page) == [theirs.id]
    assert audit_counts(page) == ["2"]
    assert re.findall(r"data-count-here>(\d+)<", page.html) == ["1"]
    assert shown(ada.open(AUDIT)) == [ours.id, theirs.id]
    assert "Nothing here fits these filters." in words_of(ada.open(f"{AUDIT}?site=nowhere"))


@pytest.mark.parametrize(
    ("drawn", "said"), [(1, "1 comment is due for audit."), (3, "3 comments are due for audit."), (0, "New comments")]
)
def test_empty_queue_says_what_is_due(ada: Browser, store: Store, drawn: int, said: str) -> None:
    for _ in range(drawn):
        factories.a_drawn_comment(store)

    assert f"Nothing waits. {said}" in words_of(ada.open())


def test_empty_sample_says_what_it_is_for(ada: Browser) -> None:
    page = ada.open(AUDIT)

    assert "Nothing is due for audit." in page.text
    assert "drawn at random" in page.text
    assert audit_counts(page) == ["0", "0"]


def test_only_a_comment_that_awaits_its_audit_can_be_confirmed(ada: Browser, store: Store) -> None:
    # given: a drawn comment in the list of all that is published, and one that was not drawn
    drawn, other = factories.a_drawn_comment(store), factories.an_approved_comment(store)

    assert "Leave it public" not in ada.open("/review/approved").text
    assert "Leave it public" not in ada.open(f"/review/comments/{other.id}").text
    assert "Leave it public" in ada.open(f"/review/comments/{drawn.id}").text


# A look --------------------------------------------------------------------------------------------------------------


def test_confirmed_comment_stays_public_and_leaves_the_sample(ada: Browser, store: Store) -> None:
    # given
    drawn, following = factories.a_drawn_comment(store), factories.a_drawn_comment(store)

    # when
    answer = ada.press(ada.open(AUDIT), f"/{drawn.id}/confirm")

    # then: the next card, and the news
    assert answer.status_code == 303
    assert answer.location.endswith(f"#comment-{following.id}")
    page = follow(ada, answer)
    assert shown(page) == [following.id]
    assert "Looked at, stays public." in words_of(page)
    assert store.threads.counts("demo", ["border-strikes"]) == {"border-strikes": 2}
    assert store.desk.history(drawn.id, scope=EVERY_SITE)[-1].moderator == "ada"


def test_confirmation_is_told_and_can_be_taken_back_wherever_it_stands(ada: Browser, store: Store) -> None:
    drawn = factories.a_drawn_comment(store)
    ada.press(ada.open(AUDIT), "/confirm")

    for address in ("/review/decided", f"/review/comments/{drawn.id}"):
        assert "Looked at, stays public by ada" in words_of(ada.open(address)), address

    ada.press(ada.open("/review/decided"), "/undo")
    assert "Undone: waits for a look again by ada" in words_of(ada.open(f"/review/comments/{drawn.id}"))
    assert shown(ada.open(AUDIT)) == [drawn.id]


def test_a_confirmation_is_taken_back_and_the_comment_waits_for_a_look_again(ada: Browser, store: Store) -> None:
    drawn, site = factories.a_drawn_comment(store), factories.a_site(store)
    page = ada.open(AUDIT)
    ada.press(page, "/confirm")
    confirmed = store.desk.history(drawn.id, scope=EVERY_SITE)[-1]

    address = f"/review/decisions/{confirmed.id}/undo"
    answer = ada.client.post(address, data={"csrf": page.form("/confirm").fields["csrf"]}, headers=OURS)

    assert answer.status_code == 303
    assert store.desk.history(drawn.id, scope=EVERY_SITE)[-1].undoes_id == confirmed.id
    assert store.samples.count(site.id) == (1, 0)


@pytest.mark.parametrize(("button", "typed"), [("spam", {}), ("reject", {"reason": "insult"})])
def test_rejection_judges_the_sample_and_its_undo_brings_the_comment_back(
    ada: Browser, store: Store, button: str, typed: dict[str, str]
) -> None:
    # given
    drawn, site = factories.a_drawn_comment(store), factories.a_site(store)

    # when
    page = follow(ada, ada.press(ada.open(AUDIT), "/decide", button, **typed))

    # then
    assert store.desk.card(drawn.id, now=factories.NOW, scope=EVERY_SITE).status is Status.REJECTED
    assert store.samples.count(site.id) == (1, 1)
    assert shown(page) == []

    # and when it is undone, it can be looked at again
    again = follow(ada, ada.press(page, "/undo"))
    assert shown(again) == [drawn.id]
    assert ada.press(again, "/confirm").status_code == 303


# Somebody else was first ---------------------------------------------------------------------------------------------


def test_second_confirmation_is_told_who_looked(ada: Browser, bisi: Browser, store: Store) -> None:
    drawn = factories.a_drawn_comment(store)
    seen = bisi.open(AUDIT)
    ada.press(ada.open(AUDIT), "/confirm")
    before = store.desk.history(drawn.id, scope=EVERY_SITE)

    answer = bisi.press(seen, "/confirm")

    words = words_of(Page(answer.text))
    assert answer.status_code == 409
    assert "Looked at, stays public by ada, just now" in words
    assert "Your decision was not applied." in words
    assert "Leave it public" not in words
    assert store.desk.history(drawn.id, scope=EVERY_SITE) == before


def test_comment_that_was_taken_down_meanwhile_is_not_confirmed(ada: Browser, bisi: Browser, store: Store) -> None:
    drawn = factories.a_drawn_comment(store)
    seen = bisi.open(AUDIT)
    ada.press(ada.open(AUDIT), "/decide", "spam")

    answer = bisi.press(seen, "/confirm")

    assert answer.status_code == 409
    assert "Rejected as spam by ada" in words_of(Page(answer.text))
    assert store.desk.card(drawn.id, now=factories.NOW, scope=EVERY_SITE).status is Status.REJECTED


@pytest.mark.parametrize(("number", "version", "status"), [(1, "x", 400), (1, "", 400), (99, "2", 404), (1, "7", 409)])
def test_confirmation_that_no_page_sends_changes_nothing(
    ada: Browser, store: Store, number: int, version: str, status: int
) -> None:
    drawn = factories.a_drawn_comment(store)
    assert drawn.id == 1
    before = store.desk.history(drawn.id, scope=EVERY_SITE)
    sent = {"csrf": ada.open().form("/logout").fields["csrf"], "version": version}

    answer = ada.client.post(f"/review/comments/{number}/confirm", data=sent, headers=OURS)

    assert answer.status_code == status
    assert store.desk.history(drawn.id, scope=EVERY_SITE) == before


# With review.js ------------------------------------------------------------------------------------------------------


def test_script_gets_the_news_and_the_count(ada: Browser, store: Store) -> None:
    for _ in range(2):
        factories.a_drawn_comment(store)
    form = ada.open(AUDIT).form("/confirm")

    answer = ada.client.post(form.action, data=form.fields, headers=SWAP)

    assert "Looked at, stays public." in answer.text
    assert json.loads(answer.headers["HX-Trigger"])["desk:counts"]["audit"] == 1
    assert shown(Page(answer.text)) == []


def test_script_gets_an_undone_card_with_the_buttons_of_the_sample(ada: Browser, store: Store) -> None:
    factories.a_drawn_comment(store)
    form = ada.open(AUDIT).form("/decide", "spam")
    page = Page(ada.client.post(form.action, data={**form.fields, "decision": "spam"}, headers=SWAP).text)

    undo = page.form("/undo")
    again = Page(ada.client.post(undo.action, data=undo.fields, headers=SWAP).text)

    confirm = again.form("/confirm")
    assert ada.client.post(confirm.action, data=confirm.fields, headers=SWAP).status_code == 200
