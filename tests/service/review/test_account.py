"""The account page: what one sees and changes of one's own, and of nobody else's."""

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from comments.roles import Grant, Role
from comments.store import Store
from service.auth.passwords import is_password_of
from tests import factories
from tests.service.conftest import Clock
from tests.service.review.conftest import OURS
from tests.service.review.logins import PASSWORD, a_person, is_in, log_in, send, submit
from tests.service.review.pages import Page

NEW = "quiet rain on zinc roofs"
FIREFOX = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0"}


@pytest.fixture
def own(app: Flask, sqlite_store: Store) -> FlaskClient:
    """Ada's browser, logged in."""
    a_person(sqlite_store)
    return log_in(app)


def change(client: FlaskClient, **typed: str) -> int:
    sent = {"current": PASSWORD, "password": NEW, "again": NEW, **typed}
    return submit(client, "/review/account", "/password", **sent).status_code


def test_every_role_sees_its_own_account(app: Flask, sqlite_store: Store) -> None:
    site = factories.a_site(sqlite_store)
    for role in Role:
        a_person(sqlite_store, role.value, (Grant(role, site.id),))
        page = log_in(app, role.value).get("/review/account")
        assert page.status_code == 200
        assert "The demo news" in page.text


def test_new_password_ends_the_other_sessions_and_keeps_this_one(
    app: Flask, own: FlaskClient, sqlite_store: Store
) -> None:
    # given
    other = log_in(app)
    assert is_in(other)

    # when
    assert change(own) == 303

    # then
    assert is_in(own)
    assert not is_in(other)
    found = sqlite_store.moderators.find("ada")
    assert is_password_of(found, NEW)
    assert not is_password_of(found, PASSWORD)


@pytest.mark.parametrize(
    "typed",
    [
        {"current": "something else"},
        {"current": ""},
        {"again": "another"},
        {"password": "short", "again": "short"},
        {"password": "password1", "again": "password1"},
        {"password": "ada and more", "again": "ada and more"},
    ],
)
def test_password_that_will_not_do_changes_nothing(
    own: FlaskClient, sqlite_store: Store, typed: dict[str, str]
) -> None:
    assert change(own, **typed) == 400
    assert is_password_of(sqlite_store.moderators.find("ada"), PASSWORD)


def test_present_password_cannot_be_guessed_in_a_session_left_open(own: FlaskClient, sqlite_store: Store) -> None:
    for _ in range(5):
        change(own, current="a guess")
    assert change(own) == 400
    assert is_password_of(sqlite_store.moderators.find("ada"), PASSWORD)


def test_browser_that_changed_the_password_stays_a_known_one(app: Flask, own: FlaskClient) -> None:
    # given
    change(own)
    submit(own, "/review/account", "/logout")

    # when: somebody guesses from the same network
    for _ in range(6):
        send(app.test_client(), "/review/login", login="ada", password="a guess")

    # then
    assert send(own, "/review/login", login="ada", password=NEW).status_code == 303


def test_sessions_are_listed_with_this_one_marked(app: Flask, own: FlaskClient, clock: Clock) -> None:
    # given: another browser, which says what it is
    other = app.test_client()
    form = Page(other.get("/review/login").text).forms[0]
    sent = {**form.fields, "login": "ada", "password": PASSWORD}
    assert other.post(form.action, data=sent, headers={**OURS, **FIREFOX}).status_code == 303
    clock.now += timedelta(minutes=5)

    # then
    page = own.get("/review/account").text
    assert "Firefox on Linux" in page
    assert page.count("this one") == 1
    assert sum(form.action.endswith("/end") for form in Page(page).forms) == 1


def test_session_is_ended_from_another_one(app: Flask, own: FlaskClient) -> None:
    lost = log_in(app)
    assert is_in(lost)
    assert submit(own, "/review/account", "/end").status_code == 303
    assert not is_in(lost)
    assert is_in(own)


def test_all_others_are_ended_at_once(app: Flask, own: FlaskClient) -> None:
    others = [log_in(app) for _ in range(2)]
    assert submit(own, "/review/account", "/end-others").status_code == 303
    assert not any(is_in(other) for other in others)
    assert is_in(own)


def test_nobody_ends_somebody_else_s_session(app: Flask, own: FlaskClient, sqlite_store: Store) -> None:
    # given: eve learns the name of one of ada's sessions
    log_in(app)
    action = Page(own.get("/review/account").text).form("/end").action
    a_person(sqlite_store, "eve")
    eve = log_in(app, "eve")
    csrf = Page(eve.get("/review/account").text).form("/logout").fields["csrf"]

    # when
    eve.post(action, data={"csrf": csrf}, headers=OURS)

    # then
    assert Page(own.get("/review/account").text).form("/end")


def test_account_page_names_no_secret(own: FlaskClient, sqlite_store: Store) -> None:
    found = sqlite_store.moderators.find("ada")
    assert found
    page = own.get("/review/account").text
    assert found.password_hash not in page
    assert "argon2" not in page
