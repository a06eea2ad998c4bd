"""Claims at the desk, on both databases: they warn, lock nothing, and end by themselves."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from comments.roles import EVERY_SITE, Grant, Role
from comments.status import Status
from comments.store import Store
from comments.store.claims import LEASE_SECONDS
from tests import factories
from tests.service.conftest import Clock
from tests.service.review.conftest import OURS, Browser
from tests.service.review.pages import Page

JSON = {**OURS, "Accept": "application/json"}
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


def csrf(browser: Browser) -> str:
    return browser.open().form("/logout").fields["csrf"]


def claim(browser: Browser, comment_id: int, what: str = "claim", **fields: object) -> TestResponse:
    sent = {"csrf": csrf(browser), **fields}
    return browser.client.post(f"/review/comments/{comment_id}/{what}", data=sent, headers=JSON)


def status(store: Store, comment_id: int) -> Status:
    return store.desk.card(comment_id, scope=EVERY_SITE, now=factories.NOW).status


def test_first_who_opens_a_comment_has_it_and_the_second_is_told_who(ada: Browser, bisi: Browser, store: Store) -> None:
    comment = factories.a_held_comment(store)
    assert claim(ada, comment.id).json == {"holder": None}
    assert claim(bisi, comment.id).json == {"holder": "ada"}
    assert claim(ada, comment.id).json == {"holder": None}


def test_next_card_gives_the_one_before_back(ada: Browser, bisi: Browser, store: Store) -> None:
    ids = [factories.a_held_comment(store).id for _ in range(2)]
    claim(ada, ids[0])
    claim(ada, ids[1], instead=ids[0])
    assert claim(bisi, ids[0]).json == {"holder": None}
    assert claim(bisi, ids[1]).json == {"holder": "ada"}


def test_released_comment_is_free_and_nobody_releases_for_another(ada: Browser, bisi: Browser, store: Store) -> None:
    comment = factories.a_held_comment(store)
    claim(ada, comment.id)
    claim(bisi, comment.id, "release")
    assert claim(bisi, comment.id).json == {"holder": "ada"}
    claim(ada, comment.id, "release")
    assert claim(bisi, comment.id).json == {"holder": None}


def test_claim_that_was_left_behind_frees_itself(ada: Browser, bisi: Browser, store: Store, clock: Clock) -> None:
    # given: ada's browser has crashed
    comment = factories.a_held_comment(store)
    claim(ada, comment.id)

    # then
    clock.now += timedelta(seconds=LEASE_SECONDS - 1)
    assert claim(bisi, comment.id).json == {"holder": "ada"}
    clock.now += timedelta(seconds=2)
    assert bisi.decide(comment.id, "approve").status_code == 303
    assert status(store, comment.id) is Status.APPROVED


def test_decision_on_what_somebody_has_open_says_so_first(ada: Browser, bisi: Browser, store: Store) -> None:
    # given
    comment = factories.a_held_comment(store)
    claim(ada, comment.id)

    # when: bisi decides, without a script
    answer = bisi.decide(comment.id, "reject", reason="insult", note="No names.")

    # then: nothing is done, and the page offers to do it all the same
    page = Page(answer.text)
    assert answer.status_code == 409
    assert "ada has this open" in page.text
    assert status(store, comment.id) is Status.HELD

    # and when bisi means it
    form = page.form("/decide")
    assert bisi.client.post(form.action, data=form.fields, headers=OURS).status_code == 303
    latest = store.desk.history(comment.id, scope=EVERY_SITE)[-1]
    assert (latest.moderator, latest.reason, latest.note) == ("bisi", "insult", "No names.")


def test_script_is_told_who_has_the_comment_open_and_may_insist(ada: Browser, bisi: Browser, store: Store) -> None:
    comment = factories.a_held_comment(store)
    form = bisi.open().form(f"/{comment.id}/decide")
    claim(ada, comment.id)

    answer = bisi.client.post(form.action, data={**form.fields, "decision": "spam"}, headers=SWAP)
    assert answer.status_code == 409
    assert '"desk:held": {"comment": 1, "holder": "ada"}' in answer.headers["HX-Trigger"]

    # and being told of somebody else is not being told of ada
    for despite, expected in (("chidi", 409), ("ada", 200)):
        sent = {**form.fields, "decision": "spam", "despite": despite}
        assert bisi.client.post(form.action, data=sent, headers=SWAP).status_code == expected
    assert status(store, comment.id) is Status.REJECTED


def test_claim_without_a_script_leads_back(ada: Browser, store: Store) -> None:
    comment = factories.a_held_comment(store)
    sent = {"csrf": csrf(ada), "back": f"/review/comments/{comment.id}"}
    answer = ada.client.post(f"/review/comments/{comment.id}/claim", data=sent, headers=OURS)
    assert (answer.status_code, answer.location) == (303, f"/review/comments/{comment.id}")


def test_comment_of_another_site_is_claimed_by_nobody(
    app: Flask, ada: Browser, log_in: Callable[..., Browser], store: Store, clock: Clock
) -> None:
    sport = factories.a_site(store, "sport")
    factories.a_moderator(store, "chidi", grants=[Grant(Role.MODERATOR, sport.id)])
    elsewhere = factories.a_held_comment(store)
    claim(log_in(app, "chidi", store), elsewhere.id)
    assert store.claims.present(EVERY_SITE, clock.now) == ()
