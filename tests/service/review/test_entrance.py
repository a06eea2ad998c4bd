"""In by the setup link once, by the right password always, and never by anything else."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from structlog.testing import capture_logs
from werkzeug.test import TestResponse

from comments.store import Store
from service.auth.passwords import hash_password
from tests import factories
from tests.service.conftest import Clock
from tests.service.review.conftest import COOKIE, OURS, Browser
from tests.service.review.pages import Page

PASSWORD = "harmattan dust at noon"
QUARTER = timedelta(minutes=15)


@pytest.fixture
def link(sqlite_store: Store) -> str:
    """The path of a fresh setup link."""
    token = sqlite_store.moderators.new_setup_link(lasts=QUARTER, now=factories.NOW)
    return f"/review/setup/{token}"


@pytest.fixture
def ada_can_log_in(sqlite_store: Store) -> None:
    """The moderator "ada" has a password."""
    factories.a_moderator(sqlite_store, "ada", password_hash=hash_password(PASSWORD))


def send(client: FlaskClient, address: str, *, ip: str = "203.0.113.7", **typed: str) -> TestResponse:
    """Open the form at the address and send it with what is typed."""
    form = Page(client.get(address).text).forms[0]
    environ = {"REMOTE_ADDR": ip}
    return client.post(form.action, data={**form.fields, **typed}, headers=OURS, environ_base=environ)


def set_up(client: FlaskClient, link: str, **typed: str) -> TestResponse:
    return send(client, link, **{"login": "Ada", "password": PASSWORD, "again": PASSWORD, **typed})


def try_login(client: FlaskClient, password: str = PASSWORD, login: str = "ada", **more: str) -> TestResponse:
    return send(client, "/review/login", login=login, password=password, **more)


def is_in(client: FlaskClient) -> bool:
    return client.get("/review/").status_code == 200


# The setup link ------------------------------------------------------------------------------------------------------


def test_setup_link_makes_the_first_moderator_and_lets_them_in(
    client: FlaskClient, sqlite_store: Store, link: str
) -> None:
    answer = set_up(client, link)
    assert (answer.status_code, answer.location) == (303, "/review/")
    assert is_in(client)
    assert [moderator.login for moderator in sqlite_store.moderators.all()] == ["ada"]


def test_looking_at_the_setup_link_uses_nothing_up(client: FlaskClient, link: str) -> None:
    # given: a mail scanner and a browser's prefetch have been there
    for method in ("GET", "HEAD", "GET"):
        assert client.open(link, method=method).status_code == 200

    # then
    assert set_up(client, link).status_code == 303


def test_setup_link_works_once(app: Flask, client: FlaskClient, sqlite_store: Store, link: str) -> None:
    # given: two people have the form open
    second = app.test_client()
    form = Page(second.get(link).text).forms[0]
    assert set_up(client, link).status_code == 303

    # when: the other one sends it too
    typed = {**form.fields, "login": "eve", "password": PASSWORD, "again": PASSWORD}
    answer = second.post(link, data=typed, headers=OURS)

    # then
    assert answer.status_code == 404
    assert second.get(link).status_code == 404
    assert not is_in(second)
    assert len(sqlite_store.moderators.all()) == 1


def test_setup_link_ends_after_a_quarter_of_an_hour(client: FlaskClient, clock: Clock, link: str) -> None:
    clock.now += QUARTER
    assert client.get(link).status_code == 404


def test_made_up_setup_link_is_gone(client: FlaskClient, link: str) -> None:
    assert link
    assert client.get("/review/setup/" + "A" * 43).status_code == 404
    assert client.post("/review/setup/" + "A" * 43, headers=OURS).status_code == 404


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"login": "ada@example.org"}, "An email address is not needed."),
        ({"password": "short", "again": "short"}, "Use at least 8 characters"),
        ({"password": "password1", "again": "password1"}, "Too many people use this password."),
        ({"again": "something else"}, "not the same"),
        ({"token": "1.AAAAAAAAAAAAAAAAAAAAAA"}, "stood open for too long"),
    ],
)
def test_setup_says_what_to_mend_and_makes_nobody(
    client: FlaskClient, sqlite_store: Store, link: str, typed: dict[str, str], said: str
) -> None:
    answer = set_up(client, link, **typed)
    assert answer.status_code == 400
    assert said in answer.text
    assert sqlite_store.moderators.all() == ()
    assert client.get(link).status_code == 200


def test_there_is_no_default_account(client: FlaskClient, sqlite_store: Store) -> None:
    assert sqlite_store.moderators.all() == ()
    for login in ("admin", "moderator", "replydesk", ""):
        assert try_login(client, login, login).status_code == 401


@pytest.mark.parametrize("login", ["ada@example.org", "Ada <ada＠example.org>"])
def test_address_typed_as_a_login_is_not_shown_again(client: FlaskClient, link: str, login: str) -> None:
    for answer in (set_up(client, link, login=login), try_login(client, login, "whatever")):
        assert answer.status_code in {400, 401}
        assert "example.org" not in answer.text


# Login ---------------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("ada_can_log_in")
def test_right_password_opens_the_page_that_was_asked_for(client: FlaskClient) -> None:
    asked = client.get("/review/decided?before=7")
    assert asked.status_code == 303
    form = Page(client.get(asked.location).text).forms[0]
    answer = client.post("/review/login", data={**form.fields, "login": " ADA ", "password": PASSWORD}, headers=OURS)
    assert (answer.status_code, answer.location) == (303, "/review/decided?before=7")
    assert is_in(client)


@pytest.mark.usefixtures("ada_can_log_in")
@pytest.mark.parametrize(
    "back",
    [
        "//evil.example/",
        "https://evil.example/",
        "/\\evil.example",
        "/review/../x",
        "javascript:alert(1)",
        "/elsewhere",
        "//[",
    ],
)
def test_login_leads_nowhere_but_to_the_desk(client: FlaskClient, back: str) -> None:
    assert try_login(client, back=back).location == "/review/"


@pytest.mark.usefixtures("ada_can_log_in")
def test_unknown_login_and_wrong_password_get_the_same_answer(app: Flask) -> None:
    # given: two browsers
    wrong, unknown = app.test_client(), app.test_client()

    # when: one knows a login, the other does not
    answers = [try_login(wrong, "not the password"), try_login(unknown, "not the password", login="bob")]

    # then: beside what was typed and the form's token, nothing differs
    texts = [
        answer.text.replace(Page(answer.text).forms[0].fields["token"], "").replace('value="bob"', 'value="ada"')
        for answer in answers
    ]
    assert texts[0] == texts[1]
    assert [answer.status_code for answer in answers] == [401, 401]
    assert sorted(answers[0].headers.keys()) == sorted(answers[1].headers.keys())
    assert not is_in(wrong)


@pytest.mark.usefixtures("ada_can_log_in")
def test_logins_and_refusals_are_logged_without_what_was_typed(client: FlaskClient) -> None:
    with capture_logs() as lines:
        try_login(client, "canary of a password")
        try_login(client, "canary of a password", login="canary-of-a-login")
        try_login(client)

    events = [(line["event"], line["moderator_id"]) for line in lines]
    assert events == [("login refused", 1), ("login refused", None), ("moderator logged in", 1)]
    assert "canary" not in repr(lines)


@pytest.mark.usefixtures("ada_can_log_in")
def test_form_of_another_browser_does_not_log_in(app: Flask, client: FlaskClient) -> None:
    # given: an attacker's form, for the attacker's own account or anybody's
    theirs = Page(app.test_client().get("/review/login").text).forms[0].fields
    client.get("/review/login")

    # when: the victim's browser is made to send it
    answer = client.post("/review/login", data={**theirs, "login": "ada", "password": PASSWORD}, headers=OURS)

    # then
    assert answer.status_code == 400
    assert not is_in(client)


@pytest.mark.usefixtures("ada_can_log_in")
def test_form_that_stood_open_for_too_long_is_shown_again(client: FlaskClient, clock: Clock) -> None:
    form = Page(client.get("/review/login").text).forms[0]
    clock.now += timedelta(hours=2)
    answer = client.post("/review/login", data={**form.fields, "login": "ada", "password": PASSWORD}, headers=OURS)
    assert answer.status_code == 400
    assert "send it again" in answer.text
    assert PASSWORD not in answer.text
    assert Page(answer.text).forms[0].fields["login"] == "ada"


# Guessing ------------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("ada_can_log_in")
def test_guesser_must_wait_and_longer_each_time(client: FlaskClient, clock: Clock) -> None:
    # given: five wrong passwords
    for _ in range(5):
        assert try_login(client, "wrong").status_code == 401

    # when: even the right one comes at once
    answer = try_login(client)

    # then: it is not looked at, and the page says how long to wait
    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == "2"
    assert "Try again in 2 seconds" in answer.text
    clock.now += timedelta(seconds=2)
    assert try_login(client, "wrong").status_code == 401
    assert try_login(client).headers["Retry-After"] == "4"
    clock.now += timedelta(seconds=4)
    assert try_login(client).status_code == 303


@pytest.mark.usefixtures("ada_can_log_in")
def test_guessing_one_account_does_not_hinder_another(app: Flask, sqlite_store: Store) -> None:
    # given: a guesser who has to wait for ada
    factories.a_moderator(sqlite_store, "bisi", password_hash=hash_password(PASSWORD))
    guesser = app.test_client()
    while try_login(guesser, "wrong").status_code != 429:
        pass

    # then: bisi comes in, even from the same network
    assert try_login(app.test_client(), login="bisi").status_code == 303


@pytest.mark.usefixtures("ada_can_log_in")
def test_guesser_cannot_lock_out_a_browser_that_has_logged_in_before(app: Flask, clock: Clock) -> None:
    # given: ada's own browser, logged out again
    own = app.test_client()
    assert try_login(own).status_code == 303
    Browser(own, None).press(Page(own.get("/review/").text), "/logout")  # type: ignore[arg-type]  # needs no store

    # when: somebody guesses from many networks, and from hers, until every count is full
    guesser = app.test_client()
    for number in range(60):
        try_login(guesser, "wrong", ip=f"198.51.100.{number}")
    for _ in range(8):
        try_login(guesser, "wrong")
    assert try_login(app.test_client(), ip="198.51.100.200").status_code == 429, "else this proves nothing"

    # then: she comes in at once
    assert not is_in(own)
    assert try_login(own).status_code == 303


# Sessions ------------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("ada_can_log_in")
def test_login_gives_a_new_session_and_ends_the_one_that_was_there(app: Flask, client: FlaskClient) -> None:
    # given: a session whose token somebody else knows
    assert try_login(client).status_code == 303
    known = client.get_cookie(COOKIE, path="/review")
    assert known
    thief = app.test_client()
    thief.set_cookie(COOKIE, known.value, path="/review")
    assert is_in(thief)

    # when: it is planted in the browser of a moderator who logs in
    victim = app.test_client()
    fields = Page(victim.get("/review/login").text).forms[0].fields
    victim.set_cookie(COOKIE, known.value, path="/review")
    answer = victim.post("/review/login", data={**fields, "login": "ada", "password": PASSWORD}, headers=OURS)

    # then: the moderator has another one, and the known one opens nothing any more
    renewed = victim.get_cookie(COOKIE, path="/review")
    assert answer.status_code == 303
    assert renewed
    assert renewed.value != known.value
    assert is_in(victim)
    assert not is_in(thief)


def test_made_up_session_token_opens_nothing_and_is_never_adopted(client: FlaskClient, ada: Browser) -> None:
    client.set_cookie(COOKIE, "A" * 43, path="/review")
    assert not is_in(client)
    assert is_in(ada.client)


def test_session_ends_when_it_is_not_used(ada: Browser, clock: Clock) -> None:
    # given: somebody who uses it now and then
    for _ in range(3):
        clock.now += timedelta(minutes=29)
        assert is_in(ada.client)

    # when: they go home
    clock.now += timedelta(minutes=31)

    # then
    assert not is_in(ada.client)


def test_session_ends_after_its_longest_time_however_much_it_is_used(ada: Browser, clock: Clock) -> None:
    for _ in range(24):
        assert is_in(ada.client)
        clock.now += timedelta(minutes=29)
    clock.now = factories.NOW + timedelta(hours=12)
    assert not is_in(ada.client)


def test_logout_ends_the_session_on_the_server(app: Flask, ada: Browser) -> None:
    # given: a copy of the cookie
    cookie = ada.client.get_cookie(COOKIE, path="/review")
    assert cookie
    copy = app.test_client()
    copy.set_cookie(COOKIE, cookie.value, path="/review")
    assert is_in(copy)

    # when
    answer = ada.press(ada.open(), "/logout")

    # then
    assert (answer.status_code, answer.location) == (303, "/review/login")
    assert not is_in(copy)
    assert not is_in(ada.client)


@pytest.mark.usefixtures("ada_can_log_in")
def test_new_password_ends_every_session(client: FlaskClient, sqlite_store: Store) -> None:
    assert try_login(client).status_code == 303
    sqlite_store.moderators.set_password(sqlite_store.moderators.all()[0].id, hash_password("another one now"))
    assert not is_in(client)


@pytest.mark.usefixtures("ada_can_log_in")
def test_cookies_are_out_of_reach_of_scripts_and_other_sites(client: FlaskClient) -> None:
    cookies = try_login(client).headers.getlist("Set-Cookie")
    session = next(cookie for cookie in cookies if cookie.startswith(COOKIE))
    assert len(cookies) == 3
    assert all("HttpOnly" in cookie and "SameSite=Lax" in cookie for cookie in cookies)
    assert "Path=/review" in session
    assert "Expires" not in session
    assert "Max-Age" not in session


def test_https_gets_host_cookies(make_app: Callable[..., Flask], sqlite_store: Store) -> None:
    # given: a public address with https
    factories.a_moderator(sqlite_store, "ada", password_hash=hash_password(PASSWORD))
    client = make_app(sqlite_store, public_url="https://desk.example").test_client()
    at = {"base_url": "https://desk.example"}
    form = Page(client.get("/review/login", **at).text).forms[0]

    # when
    typed = {**form.fields, "login": "ada", "password": PASSWORD}
    answer = client.post("/review/login", data=typed, headers={"Origin": "https://desk.example"}, **at)

    # then
    cookies = answer.headers.getlist("Set-Cookie")
    assert any(cookie.startswith("__Host-replydesk=") for cookie in cookies)
    for cookie in cookies:
        assert cookie.startswith("__Host-")
        assert "; Secure" in cookie
        assert "; Path=/" in cookie.replace("; Path=/;", "; Path=/")
        assert "Domain" not in cookie
    assert client.get("/review/", **at).status_code == 200
