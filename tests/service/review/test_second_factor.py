"""The second factor: asked for after the password, each code once, and nobody kept out by another's guesses."""

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from comments.roles import Grant, Role
from comments.store import Store
from tests import factories
from tests.service.conftest import Clock
from tests.service.review.conftest import COOKIE, OURS
from tests.service.review.logins import a_person, code_at, enrol, is_in, log_in, show_code, submit
from tests.service.review.pages import Page
from tests.service.review.routes import routes

STEP = timedelta(seconds=30)


@pytest.fixture
def own(app: Flask, sqlite_store: Store) -> FlaskClient:
    """Ada's own browser, logged in."""
    a_person(sqlite_store)
    return log_in(app)


@pytest.fixture
def secret(own: FlaskClient, clock: Clock) -> str:
    """The secret of ada's second factor, set up in her own browser; its first code is used up."""
    secret, _ = enrol(own, clock.now)
    clock.now += STEP
    return secret


# Setting up ----------------------------------------------------------------------------------------------------------


def test_looking_at_the_square_changes_nothing(own: FlaskClient, sqlite_store: Store) -> None:
    pages = [own.get("/review/account/second-factor") for _ in range(2)]
    assert [page.status_code for page in pages] == [200, 200]
    assert pages[0].text != pages[1].text
    found = sqlite_store.moderators.find("ada")
    assert found
    assert not found.has_second_factor


def test_setting_up_keeps_the_secret_sealed_and_ends_the_other_sessions(
    app: Flask, own: FlaskClient, sqlite_store: Store, clock: Clock
) -> None:
    other = log_in(app)
    secret, codes = enrol(own, clock.now)
    found = sqlite_store.moderators.find("ada")
    assert found
    assert found.totp_secret
    assert secret.encode() not in found.totp_secret
    assert (len(codes), found.recovery_left) == (10, 10)
    assert is_in(own)
    assert not is_in(other)


def test_wrong_code_keeps_the_square(own: FlaskClient) -> None:
    form = Page(own.get("/review/account/second-factor").text).forms[0]
    answer = own.post(form.action, data={**form.fields, "code": "000000"}, headers=OURS)
    assert answer.status_code == 400
    assert "not right" in answer.text
    assert Page(answer.text).forms[0].fields["csrf"] == form.fields["csrf"]
    assert 'class="secret"' in answer.text


@pytest.mark.parametrize("whose", ["made up", "another moderator's"])
def test_secret_of_another_page_is_not_taken(
    app: Flask, own: FlaskClient, sqlite_store: Store, clock: Clock, whose: str
) -> None:
    # given: a secret that an attacker knows
    a_person(sqlite_store, "eve")
    eve = log_in(app, "eve")
    offered = Page(eve.get("/review/account/second-factor").text).forms[0].fields["offered"]
    form = Page(own.get("/review/account/second-factor").text).forms[0]

    # when
    planted = offered if whose.startswith("another") else "AAAA"
    answer = own.post(form.action, data={**form.fields, "offered": planted, "code": "123456"}, headers=OURS)

    # then
    assert answer.status_code == 400
    assert "scan the new square" in answer.text


def test_later_than_a_quarter_of_an_hour_the_password_is_asked_for(own: FlaskClient, clock: Clock) -> None:
    # given: a browser left open
    clock.now += timedelta(minutes=20)
    form = Page(own.get("/review/account/second-factor").text).forms[0]
    assert "password" in form.fields

    # when: whoever sits there does not know it
    answer = own.post(form.action, data={**form.fields, "code": "123456", "password": "a guess"}, headers=OURS)

    # then
    assert answer.status_code == 400
    assert "not your password" in answer.text


# Logging in ----------------------------------------------------------------------------------------------------------


def test_password_alone_opens_nothing(app: Flask, secret: str) -> None:
    # given: somebody who knows the password
    thief = log_in(app, client=app.test_client())
    asked = [route for route in routes(app) if not route.is_open and route.endpoint != "review.code"]
    assert len(asked) > 20

    # then: every page leads to the code, and no form is taken
    csrf = Page(thief.get("/review/login/code").text).forms[0].fields["csrf"]
    for route in asked:
        if route.endpoint != "review.logout":
            answer = thief.open(route.path, method=route.method, data={"csrf": csrf}, headers=OURS)
            assert answer.status_code == 303, route
            assert answer.location.startswith("/review/login/code"), route


def test_code_opens_the_desk_with_a_new_session(app: Flask, secret: str, clock: Clock) -> None:
    # given
    client = log_in(app)
    half = client.get_cookie(COOKIE, path="/review")
    assert half
    assert client.get("/review/people").location == "/review/login/code?back=/review/people"

    # when
    answer = show_code(client, code_at(secret, clock.now))

    # then: whoever knows the session of before has nothing
    assert (answer.status_code, answer.location) == (303, "/review/")
    assert is_in(client)
    copy = app.test_client()
    copy.set_cookie(COOKIE, half.value, path="/review")
    assert not is_in(copy)


def test_code_serves_once(app: Flask, secret: str, clock: Clock) -> None:
    # given: somebody who looks over ada's shoulder
    code = code_at(secret, clock.now)
    assert show_code(log_in(app), code).status_code == 303

    # when
    thief = log_in(app)
    answer = show_code(thief, code)

    # then
    assert answer.status_code == 401
    assert not is_in(thief)
    clock.now += STEP
    assert show_code(thief, code_at(secret, clock.now)).status_code == 303


def test_recovery_code_opens_the_desk_once(app: Flask, own: FlaskClient, clock: Clock) -> None:
    _, codes = enrol(own, clock.now)
    assert show_code(log_in(app), codes[3]).status_code == 303
    assert show_code(log_in(app), codes[3]).status_code == 401
    assert show_code(log_in(app), codes[4].upper()).status_code == 303


def test_half_a_login_does_not_last(app: Flask, secret: str, clock: Clock) -> None:
    client = log_in(app)
    clock.now += timedelta(minutes=10)
    assert client.get("/review/login/code").location == "/review/login?back=/review/login/code"


def test_half_a_login_makes_no_known_browser(app: Flask, secret: str) -> None:
    client = log_in(app)
    assert client.get_cookie("replydesk_known", path="/review") is None
    assert client.get_cookie(COOKIE, path="/review")


# Guessing ------------------------------------------------------------------------------------------------------------


def test_guesser_of_codes_must_wait_and_longer_each_time(app: Flask, secret: str, clock: Clock) -> None:
    # given: a thief who knows the password
    thief = log_in(app, ip="198.51.100.1")
    for _ in range(5):
        assert show_code(thief, "000000", ip="198.51.100.1").status_code == 401

    # when
    answer = show_code(thief, code_at(secret, clock.now), ip="198.51.100.1")

    # then: even the right one is not looked at, and from elsewhere it is not much better
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "2")
    tries = 0
    for number in range(2, 30):
        ip = f"198.51.{number}.1"
        tries += show_code(log_in(app, ip=ip), "000000", ip=ip).status_code == 401
    assert tries == 5


def test_guesser_cannot_keep_the_owner_out_of_a_known_browser(
    app: Flask, own: FlaskClient, secret: str, clock: Clock
) -> None:
    # given: ada's own browser, logged out, and a thief who knows her password
    submit(own, "/review/account", "/logout")
    assert not is_in(own)

    # when: the thief guesses from many networks and from hers until every count is full
    for number in range(40):
        ip = f"198.51.{number}.1" if number % 4 else "203.0.113.7"
        show_code(log_in(app, ip=ip), "000000", ip=ip)
    assert show_code(log_in(app), code_at(secret, clock.now)).status_code == 429, "else this proves nothing"

    # then: she comes in at once
    log_in(app, client=own)
    assert show_code(own, code_at(secret, clock.now)).status_code == 303
    assert is_in(own)


def test_browser_known_before_the_second_factor_is_no_known_one_after(
    app: Flask, own: FlaskClient, sqlite_store: Store, clock: Clock
) -> None:
    # given: a thief logged in with the password while that was enough
    thief = log_in(app, ip="198.51.100.1")
    before = thief.get_cookie("replydesk_known", path="/review")
    enrol(own, clock.now)

    # then: the thief's tries count with everybody's
    after = own.get_cookie("replydesk_known", path="/review")
    assert before
    assert after
    assert before.value != after.value
    for _ in range(5):
        show_code(log_in(app, ip="198.51.100.1"), "000000", ip="198.51.100.1")
    log_in(app, ip="198.51.100.1", client=thief)
    assert show_code(thief, "000000", ip="198.51.100.1").status_code == 429


# Changing it ---------------------------------------------------------------------------------------------------------


def test_second_factor_is_removed_by_a_code_only(
    own: FlaskClient, sqlite_store: Store, secret: str, clock: Clock
) -> None:
    # given
    assert submit(own, "/review/account", "/remove", code="000000").status_code == 400
    found = sqlite_store.moderators.find("ada")
    assert found
    assert found.has_second_factor

    # when
    assert submit(own, "/review/account", "/remove", code=code_at(secret, clock.now)).status_code == 303

    # then
    found = sqlite_store.moderators.find("ada")
    assert found
    assert not found.has_second_factor
    assert is_in(own)


def test_new_recovery_codes_end_the_old_ones(app: Flask, own: FlaskClient, clock: Clock) -> None:
    secret, old = enrol(own, clock.now)
    clock.now += STEP
    answer = submit(own, "/review/account", "/codes", code=code_at(secret, clock.now))
    assert answer.status_code == 200
    assert show_code(log_in(app), old[0]).status_code == 401


# A site that requires it ---------------------------------------------------------------------------------------------


def test_where_a_site_requires_it_nothing_else_opens_before(app: Flask, sqlite_store: Store, clock: Clock) -> None:
    # given: a moderator at work
    site = factories.a_site(sqlite_store)
    a_person(sqlite_store, "bisi", (Grant(Role.MODERATOR, site.id),))
    bisi = log_in(app, "bisi")
    assert is_in(bisi)

    # when
    sqlite_store.second_factors.require(site.id, required=True, made_by_id=None, now=clock.now)

    # then: from the next click on
    csrf = Page(bisi.get("/review/account/second-factor").text).forms[0].fields["csrf"]
    for route in routes(app):
        if not route.is_open and route.endpoint not in {"review.second_factor", "review.logout"}:
            answer = bisi.open(route.path, method=route.method, data={"csrf": csrf}, headers=OURS)
            assert (answer.status_code, answer.location) == (303, "/review/account/second-factor"), route
    enrol(bisi, clock.now)
    assert is_in(bisi)


def test_whoever_removes_a_required_one_sets_up_another_at_once(app: Flask, sqlite_store: Store, clock: Clock) -> None:
    site = factories.a_site(sqlite_store)
    sqlite_store.second_factors.require(site.id, required=True, made_by_id=None, now=clock.now)
    a_person(sqlite_store, "bisi", (Grant(Role.MODERATOR, site.id),))
    bisi = log_in(app, "bisi")
    secret, _ = enrol(bisi, clock.now)
    clock.now += STEP
    submit(bisi, "/review/account", "/remove", code=code_at(secret, clock.now))
    assert bisi.get("/review/account").location == "/review/account/second-factor"


def test_script_is_told_where_to_go_instead_of_being_sent(app: Flask, secret: str) -> None:
    client = log_in(app)
    answer = client.get("/review/", headers={"HX-Request": "true"})
    assert answer.status_code == 401
    assert answer.headers["HX-Redirect"].startswith("/review/login/code")


def test_code_page_is_for_whoever_awaits_one(own: FlaskClient) -> None:
    assert own.get("/review/login/code").location == "/review/"
