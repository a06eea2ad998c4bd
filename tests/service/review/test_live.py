"""News for open pages, on both databases: what others did since the page was made."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from comments.roles import EVERY_SITE, Grant, Role
from comments.store import Store
from comments.store.claims import LEASE_SECONDS
from tests import factories
from tests.service.conftest import Clock
from tests.service.review.conftest import Browser

JSON = {"Accept": "application/json"}


@pytest.fixture
def app(make_app: Callable[..., Flask], store: Store) -> Flask:
    """The application on the test's own database."""
    factories.a_site(store)
    return make_app(store)


@pytest.fixture
def ada(app: Flask, log_in: Callable[..., Browser], store: Store) -> Browser:
    """The browser of the moderator "ada"."""
    return log_in(app, "ada", store)


def look(browser: Browser, known: str = "", **asked: object) -> TestResponse:
    headers = JSON | ({"If-None-Match": known} if known else {})
    return browser.client.get("/review/live", query_string={"queue": "review", **asked}, headers=headers)


def test_page_is_told_nothing_while_nothing_changes(ada: Browser, store: Store) -> None:
    # given
    factories.a_held_comment(store)
    first = look(ada, since=store.live.newest_decision())
    assert first.status_code == 200

    # then: the same question again has no answer, however often it is asked
    for _ in range(2):
        again = look(ada, known=first.headers["ETag"], since=store.live.newest_decision())
        assert (again.status_code, again.data) == (304, b"")

    # and another question, or a comment more, has one
    assert look(ada, known=first.headers["ETag"], shown="1").status_code == 200
    factories.a_held_comment(store)
    assert look(ada, known=first.headers["ETag"], since=1).status_code == 200


def test_new_comments_are_counted_and_those_on_the_page_are_not(ada: Browser, store: Store) -> None:
    # given: a page with one comment, made before two more came
    shown = factories.a_held_comment(store)
    since = store.live.newest_decision()
    factories.a_held_comment(store)
    factories.a_held_comment(store, site="sport")
    factories.an_approved_comment(store)

    # then
    told = look(ada, since=since, shown=shown.id).json
    assert told["arrived"] == 2
    assert told["counts"]["review"] == 3
    assert look(ada, since=since, shown=shown.id, site="sport").json["arrived"] == 1
    assert look(ada, since=since, shown=shown.id, queue="approved").json["arrived"] == 0
    # a filter that only the list can apply: rather nothing than something wrong
    assert look(ada, since=since, shown=shown.id, q="words").json["arrived"] == 0


def test_ones_own_undone_decision_is_no_news(ada: Browser, store: Store) -> None:
    # given
    comment = factories.a_held_comment(store)
    since = store.live.newest_decision()
    ada.decide(comment.id, "spam")
    ada.press(ada.open("/review/decided"), "/undo")

    # then
    told = look(ada, since=since).json
    assert (told["arrived"], told["settled"]) == (0, {})


def test_what_somebody_else_decided_is_told_with_what_and_when(
    ada: Browser, app: Flask, log_in: Callable[..., Browser], store: Store
) -> None:
    # given: ada's page shows two comments
    ids = [factories.a_held_comment(store).id for _ in range(2)]
    since = store.live.newest_decision()

    # when
    log_in(app, "bisi", store).decide(ids[0], "reject", reason="insult")

    # then
    told = look(ada, since=since, shown=f"{ids[0]}.{ids[1]}").json
    assert told["settled"] == {str(ids[0]): "Rejected: insult by bisi, 2026-05-04 12:00 UTC"}
    assert told["counts"]["review"] == 1


def test_who_has_what_open_is_told_until_the_claim_ends(ada: Browser, store: Store, clock: Clock) -> None:
    # given
    comment = factories.a_held_comment(store)
    bisi = factories.a_moderator(store, "bisi")
    store.claims.take([comment.id], bisi.id, scope=EVERY_SITE, now=clock.now)

    # then
    first = look(ada, shown=comment.id)
    assert (first.json["held"], first.json["present"]) == ({str(comment.id): "bisi"}, "Also here: bisi")

    # and when bisi has gone without a word
    clock.now += timedelta(seconds=LEASE_SECONDS + 1)
    after = look(ada, known=first.headers["ETag"], shown=comment.id)
    assert (after.status_code, after.json["held"], after.json["present"]) == (200, {}, "")


def test_sites_of_others_are_no_news(app: Flask, log_in: Callable[..., Browser], store: Store, clock: Clock) -> None:
    # given: chidi moderates the site "sport" alone
    sport = factories.a_site(store, "sport")
    factories.a_moderator(store, "chidi", grants=[Grant(Role.MODERATOR, sport.id)])
    chidi = log_in(app, "chidi", store)
    elsewhere = factories.a_held_comment(store)
    ada = factories.a_moderator(store, "ada")
    store.claims.take([elsewhere.id], ada.id, scope=EVERY_SITE, now=clock.now)

    # then
    told = look(chidi, since=0, shown=elsewhere.id).json
    assert (told["arrived"], told["held"], told["present"], told["counts"]["review"]) == (0, {}, "", 0)


@pytest.mark.parametrize("asked", [{"since": "x"}, {"shown": "1.x.9999999999999999999"}, {"queue": "nothing"}, {}])
def test_question_that_no_page_asks_is_answered_with_what_is_known(ada: Browser, asked: dict[str, str]) -> None:
    answer = look(ada, **asked)
    assert answer.status_code == 200
    assert answer.json["arrived"] == 0


def test_who_is_logged_out_is_told_so_without_a_page(app: Flask) -> None:
    answer = app.test_client().get("/review/live", headers=JSON)
    assert answer.status_code == 401
    assert answer.data == b""
