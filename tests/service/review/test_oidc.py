"""Login by an OpenID provider: a real one on loopback, honest and otherwise. No address it names opens anything."""

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from comments.roles import Grant, Role
from comments.store import Store
from service.auth.oidc import is_installed, subject_key
from tests import factories
from tests.servers.openid import CLIENT_ID, CLIENT_SECRET, Account, Claims, OpenIdProvider, answered
from tests.servers.openid import running_openid_provider as running
from tests.service.conftest import Clock
from tests.service.review.conftest import OURS
from tests.service.review.logins import PASSWORD, a_person, is_in, log_in, submit
from tests.service.review.pages import Page

pytestmark = pytest.mark.skipif(not is_installed(), reason="the extra is not installed")

PUBLIC_URL = "http://localhost"


@pytest.fixture
def openid(monkeypatch: pytest.MonkeyPatch) -> Iterator[OpenIdProvider]:
    """A provider that knows the desk."""
    monkeypatch.setenv("AUTHLIB_INSECURE_TRANSPORT", "1")  # the provider's own side of loopback
    with running(f"{PUBLIC_URL}/review/oidc/callback") as provider:
        yield provider


@pytest.fixture
def app(make_app: Callable[..., Flask], sqlite_store: Store, openid: OpenIdProvider, clock: Clock) -> Flask:
    """The desk, which knows the provider."""
    clock.now = datetime.now(UTC)  # the provider's clock is the machine's
    factories.a_site(sqlite_store)
    return make_app(
        sqlite_store,
        public_url=PUBLIC_URL,
        oidc_issuer=openid.issuer,
        oidc_client_id=CLIENT_ID,
        oidc_client_secret=CLIENT_SECRET,
        oidc_name="The newsroom's login",
    )


@pytest.fixture
def linked(sqlite_store: Store, openid: OpenIdProvider, clock: Clock) -> int:
    """Ada, who has linked the account that is logged in at the provider."""
    ada = a_person(sqlite_store)
    assert openid.account
    sqlite_store.moderators.link_subject(ada, subject_key(openid.issuer, openid.account.sub), now=clock.now)
    return ada


def set_out(client: FlaskClient, page: str = "/review/login", ending: str = "/oidc/login", **typed: str) -> str:
    """Press the button that leads to the provider; return where the browser goes."""
    answer = submit(client, page, ending, **typed)
    assert answer.status_code == 200, answer.text
    found = re.search(r'http-equiv="refresh" content="0;url=([^"]+)"', answer.text)
    assert found
    return unescape(found[1])


def come_back(client: FlaskClient, address: str) -> TestResponse:
    """Follow the provider's answer back to the desk."""
    split = urlsplit(address)
    return client.get(f"{split.path}?{split.query}")


def go_and_come_back(client: FlaskClient, openid: OpenIdProvider, **changes: str) -> TestResponse:
    return come_back(client, answered(openid.log_in(set_out(client)), **changes))


# The way that works --------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("linked")
def test_linked_account_opens_the_desk(client: FlaskClient, openid: OpenIdProvider) -> None:
    answer = go_and_come_back(client, openid)
    assert (answer.status_code, answer.location) == (303, "/review/")
    assert is_in(client)


def test_browser_is_sent_with_everything_that_binds_the_answer(client: FlaskClient, openid: OpenIdProvider) -> None:
    said = [parse_qs(urlsplit(set_out(client)).query) for _ in range(2)]
    for each in said:
        assert each["response_type"] == ["code"]
        assert each["scope"] == ["openid"], "no address is asked for"
        assert each["redirect_uri"] == [f"{PUBLIC_URL}/review/oidc/callback"]
        assert each["code_challenge_method"] == ["S256"]
    for name in ("state", "nonce", "code_challenge"):
        assert said[0][name] != said[1][name]
        assert len(said[0][name][0]) >= 43


def test_button_goes_on_without_leaving_by_a_form(client: FlaskClient) -> None:
    # given: a browser applies form-action to redirects too, so our form must not end at another origin
    answer = submit(client, "/review/login", "/oidc/login")
    assert answer.status_code == 200
    assert "form-action 'self'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.usefixtures("linked")
def test_way_back_leads_to_the_page_that_was_wanted(client: FlaskClient, openid: OpenIdProvider) -> None:
    address = set_out(client, "/review/login?back=/review/people")
    assert come_back(client, openid.log_in(address)).location == "/review/people"


@pytest.mark.usefixtures("linked")
def test_provider_that_changed_its_key_is_understood(client: FlaskClient, openid: OpenIdProvider, clock: Clock) -> None:
    assert go_and_come_back(client, openid).status_code == 303
    submit(client, "/review/account", "/logout")
    openid.rotate()
    clock.now += timedelta(minutes=2)
    assert go_and_come_back(client, openid).status_code == 303


@pytest.mark.usefixtures("linked")
def test_provider_is_asked_about_itself_once_an_hour(client: FlaskClient, openid: OpenIdProvider) -> None:
    for _ in range(3):
        set_out(client)
    assert openid.asked.count("/.well-known/openid-configuration") == 1


def test_desk_s_second_factor_is_asked_for_unless_the_provider_asked_for_two(
    app: Flask, client: FlaskClient, sqlite_store: Store, openid: OpenIdProvider, clock: Clock
) -> None:
    # given: a site that requires one
    site = factories.a_site(sqlite_store)
    ada = a_person(sqlite_store, "ada", (Grant(Role.MODERATOR, site.id),))
    openid.account = Account("ada-there", "ada@example.org", amr=["pwd"])
    sqlite_store.moderators.link_subject(ada, subject_key(openid.issuer, "ada-there"), now=clock.now)
    sqlite_store.second_factors.require(site.id, required=True, made_by_id=None, now=clock.now)

    # then
    go_and_come_back(client, openid)
    assert client.get("/review/").location == "/review/account/second-factor"
    openid.account.amr = ["pwd", "otp", "mfa"]
    other = app.test_client()
    go_and_come_back(other, openid)
    assert other.get("/review/").status_code == 200


# Nobody comes in unless they were linked -----------------------------------------------------------------------------


def test_unknown_account_makes_nobody_and_opens_nothing(
    client: FlaskClient, sqlite_store: Store, openid: OpenIdProvider
) -> None:
    answer = go_and_come_back(client, openid)
    assert answer.status_code == 403
    assert not is_in(client)
    assert sqlite_store.moderators.all() == ()


def test_address_of_a_moderator_opens_nothing(
    client: FlaskClient, sqlite_store: Store, openid: OpenIdProvider, linked: int
) -> None:
    # given: another account at the provider that says, and has verified, ada's address and login
    assert linked
    a_person(sqlite_store, "bisi")
    openid.account = Account("ada", "ada@example.org")
    openid.twist = lambda claims: {**claims, "preferred_username": "ada", "email_verified": True}

    # then
    assert go_and_come_back(client, openid).status_code == 403
    assert not is_in(client)


def test_same_subject_of_another_issuer_opens_nothing(
    client: FlaskClient, sqlite_store: Store, openid: OpenIdProvider, clock: Clock
) -> None:
    ada = a_person(sqlite_store)
    assert openid.account
    sqlite_store.moderators.link_subject(ada, subject_key("https://old.example", openid.account.sub), now=clock.now)
    assert go_and_come_back(client, openid).status_code == 403


def test_moderator_who_is_kept_out_stays_out(
    client: FlaskClient, sqlite_store: Store, openid: OpenIdProvider, linked: int, clock: Clock
) -> None:
    a_person(sqlite_store, "chief")
    sqlite_store.people.set_disabled(linked, disabled=True, made_by_id=None, now=clock.now)
    assert go_and_come_back(client, openid).status_code == 403
    assert not is_in(client)


# Answers that are not what they should be ----------------------------------------------------------------------------


@pytest.mark.usefixtures("linked")
@pytest.mark.parametrize(
    "changes",
    [
        {"state": ""},
        {"state": "made-up"},
        {"code": ""},
        {"code": "made-up"},
        {"error": "access_denied", "code": ""},
        {"error": "access_denied"},
        {"iss": "https://evil.example"},
    ],
    ids=str,
)
def test_answer_that_was_tampered_with_is_refused(
    client: FlaskClient, openid: OpenIdProvider, changes: dict[str, str]
) -> None:
    assert go_and_come_back(client, openid, **changes).status_code == 400
    assert not is_in(client)


def without(name: str) -> Callable[[Claims], Claims]:
    return lambda claims: {key: value for key, value in claims.items() if key != name}


def with_(**changes: Any) -> Callable[[Claims], Claims]:
    return lambda claims: {**claims, **changes}


def later(name: str, seconds: int) -> Callable[[Claims], Claims]:
    return lambda claims: {**claims, name: int(datetime.now(UTC).timestamp()) + seconds}


@pytest.mark.usefixtures("linked")
@pytest.mark.parametrize(
    "twist",
    [
        with_(iss="https://evil.example"),
        without("iss"),
        with_(aud=["somebody-else"]),
        with_(aud=["somebody-else", CLIENT_ID], azp="somebody-else"),
        without("aud"),
        later("exp", -3600),
        without("exp"),
        later("iat", 3600),
        without("iat"),
        with_(nonce="made-up"),
        without("nonce"),
        with_(nonce=""),
        with_(nonce_supported=False, nonce="made-up"),
        with_(azp="somebody-else"),
        without("sub"),
        with_(sub=""),
        with_(sub=["248289761001"]),
        with_(sub="2" * 300),
        with_(at_hash="made-up"),
        with_(amr="mfa"),
    ],
)
def test_id_token_that_is_not_for_this_login_is_refused(
    client: FlaskClient, openid: OpenIdProvider, twist: Callable[[Claims], Claims]
) -> None:
    openid.twist = twist
    assert go_and_come_back(client, openid).status_code == 400
    assert not is_in(client)


@pytest.mark.usefixtures("linked")
@pytest.mark.parametrize("sign_as", ["none", "HS256", "stolen"])
def test_id_token_that_the_provider_did_not_sign_is_refused(
    client: FlaskClient, openid: OpenIdProvider, sign_as: str
) -> None:
    openid.sign_as = sign_as
    assert go_and_come_back(client, openid).status_code == 400
    assert not is_in(client)


@pytest.mark.usefixtures("linked")
def test_answer_without_an_id_token_is_refused(client: FlaskClient, openid: OpenIdProvider) -> None:
    openid.says_no_id_token = True
    assert go_and_come_back(client, openid).status_code == 400


@pytest.mark.usefixtures("linked")
def test_answer_serves_once(client: FlaskClient, openid: OpenIdProvider) -> None:
    address = openid.log_in(set_out(client))
    assert client.get_cookie("replydesk_provider", path="/review")
    assert come_back(client, address).status_code == 303
    assert client.get_cookie("replydesk_provider", path="/review") is None
    submit(client, "/review/account", "/logout")
    assert come_back(client, address).status_code == 400
    assert not is_in(client)


@pytest.mark.usefixtures("linked")
def test_answer_in_another_browser_is_refused(app: Flask, client: FlaskClient, openid: OpenIdProvider) -> None:
    # given: an attacker's answer, for the attacker's account, in a link to the victim
    address = openid.log_in(set_out(client))
    victim = app.test_client()
    assert come_back(victim, address).status_code == 400
    set_out(victim)
    assert come_back(victim, address).status_code == 400
    assert not is_in(victim)


@pytest.mark.usefixtures("linked")
def test_code_that_was_planted_from_another_login_is_refused(
    app: Flask, client: FlaskClient, openid: OpenIdProvider
) -> None:
    # given: the attacker's code, with the victim's own state: PKCE and nonce hold
    code = parse_qs(urlsplit(openid.log_in(set_out(app.test_client()))).query)["code"][0]
    assert go_and_come_back(client, openid, code=code).status_code == 400


@pytest.mark.usefixtures("linked")
def test_answer_that_took_too_long_is_refused(client: FlaskClient, openid: OpenIdProvider, clock: Clock) -> None:
    address = openid.log_in(set_out(client))
    clock.now += timedelta(minutes=10)
    assert come_back(client, address).status_code == 400


def test_ticket_of_our_own_making_is_refused(client: FlaskClient) -> None:
    client.set_cookie("replydesk_provider", "e30=", path="/review")
    assert client.get("/review/oidc/callback?state=&code=x").status_code == 400


@pytest.mark.parametrize(
    "twist",
    [
        with_(issuer="https://evil.example"),
        with_(token_endpoint="http://evil.example/token"),
        with_(jwks_uri="file:///etc/passwd"),
        without("authorization_endpoint"),
        lambda said: {**said, "jwks_uri": said["issuer"] + "/elsewhere"},
        lambda said: {**said, "jwks_uri": said["issuer"] + "/nothing"},
    ],
)
def test_provider_that_says_what_cannot_be_is_not_used(
    client: FlaskClient, openid: OpenIdProvider, twist: Callable[[Claims], Claims]
) -> None:
    openid.metadata_twist = twist
    answer = submit(client, "/review/login", "/oidc/login")
    assert answer.status_code == 502
    assert "your password still works" in answer.text


def test_provider_that_is_away_leaves_the_password(
    make_app: Callable[..., Flask], sqlite_store: Store, clock: Clock
) -> None:
    a_person(sqlite_store)
    settings = {"oidc_issuer": "http://localhost:9", "oidc_client_id": CLIENT_ID, "public_url": PUBLIC_URL}
    app = make_app(sqlite_store, **settings)
    assert submit(app.test_client(), "/review/login", "/oidc/login").status_code == 502
    assert is_in(log_in(app))


# Linking -------------------------------------------------------------------------------------------------------------


def test_moderator_links_an_account_and_logs_in_with_it(
    app: Flask, sqlite_store: Store, openid: OpenIdProvider
) -> None:
    a_person(sqlite_store)
    own = log_in(app)
    answer = come_back(own, openid.log_in(set_out(own, "/review/account", "/link")))
    assert (answer.status_code, answer.location) == (303, "/review/account?done=linked")
    other = app.test_client()
    assert go_and_come_back(other, openid).status_code == 303
    assert is_in(other)

    # and takes it back
    assert submit(own, "/review/account", "/unlink").status_code == 303
    assert go_and_come_back(app.test_client(), openid).status_code == 403


def test_linking_asks_who_it_is_in_a_session_left_open(
    app: Flask, sqlite_store: Store, openid: OpenIdProvider, clock: Clock
) -> None:
    a_person(sqlite_store)
    own = log_in(app)
    clock.now += timedelta(minutes=20)
    assert submit(own, "/review/account", "/link").status_code == 400
    assert submit(own, "/review/account", "/link", password="a guess").status_code == 400
    assert submit(own, "/review/account", "/link", password=PASSWORD).status_code == 200


def test_answer_links_to_whoever_set_out_and_nobody_else(
    app: Flask, sqlite_store: Store, openid: OpenIdProvider
) -> None:
    # given: ada sets out, then bisi logs in in the same browser
    a_person(sqlite_store)
    a_person(sqlite_store, "bisi")
    shared = log_in(app)
    address = openid.log_in(set_out(shared, "/review/account", "/link"))
    submit(shared, "/review/account", "/logout")
    log_in(app, "bisi", client=shared)

    # then
    assert come_back(shared, address).status_code == 400
    assert all(each.oidc_subject is None for each in sqlite_store.moderators.all())


def test_account_of_another_moderator_is_not_linked_again(
    app: Flask, sqlite_store: Store, openid: OpenIdProvider, linked: int
) -> None:
    a_person(sqlite_store, "eve")
    eve = log_in(app, "eve")
    assert come_back(eve, openid.log_in(set_out(eve, "/review/account", "/link"))).status_code == 400
    found = sqlite_store.moderators.find("ada")
    assert found
    assert found.oidc_subject


# Invitations ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def link(sqlite_store: Store, clock: Clock, app: Flask) -> str:
    """An invitation to moderate."""
    chief, site = a_person(sqlite_store, "chief"), factories.a_site(sqlite_store)
    lasts = timedelta(days=7)
    token = sqlite_store.invitations.add(site.id, Role.MODERATOR, invited_by_id=chief, lasts=lasts, now=clock.now)
    return f"/review/invitations/{token}"


def use_provider(client: FlaskClient, link: str, login: str = "new") -> TestResponse:
    form = Page(client.get(link).text).forms[0]
    return client.post(f"{link}/oidc", data={**form.fields, "login": login}, headers=OURS)


def address_in(answer: TestResponse) -> str:
    found = re.search(r'http-equiv="refresh" content="0;url=([^"]+)"', answer.text)
    assert found
    return unescape(found[1])


def test_invited_person_needs_no_password(
    app: Flask, client: FlaskClient, sqlite_store: Store, openid: OpenIdProvider, link: str
) -> None:
    answer = come_back(client, openid.log_in(address_in(use_provider(client, link))))
    assert answer.status_code == 303
    assert is_in(client)
    found = sqlite_store.moderators.find("new")
    assert found
    assert (found.password_hash, [grant.role for grant in found.grants]) == ("", [Role.MODERATOR])

    # no password is theirs, the empty one neither, and the only way in is not unlinked
    for password in ("", "x"):
        other = app.test_client()
        form = Page(other.get("/review/login").text).forms[0]
        sent = {**form.fields, "login": "new", "password": password}
        assert other.post(form.action, data=sent, headers=OURS).status_code == 401
    assert submit(client, "/review/account", "/unlink").status_code == 409
    assert client.get(link).status_code == 404


def test_setting_out_spends_no_invitation(client: FlaskClient, link: str) -> None:
    assert use_provider(client, link).status_code == 200
    assert client.get(link).status_code == 200


@pytest.mark.parametrize("what", ["login taken", "account taken", "taken back"])
def test_invitation_that_cannot_be_followed_makes_nobody(
    client: FlaskClient, sqlite_store: Store, openid: OpenIdProvider, link: str, what: str
) -> None:
    # given: what changes while the browser is at the provider
    address = openid.log_in(address_in(use_provider(client, link)))
    chief = sqlite_store.moderators.find("chief")
    assert chief
    assert openid.account
    if what == "login taken":
        a_person(sqlite_store, "new")
    elif what == "account taken":
        subject = subject_key(openid.issuer, openid.account.sub)
        sqlite_store.moderators.link_subject(chief.id, subject, now=factories.NOW)
    else:
        sqlite_store.invitations.revoke(1, made_by_id=chief.id, now=factories.NOW)
    before = len(sqlite_store.moderators.all())

    # then
    assert come_back(client, address).status_code in {400, 404, 409}
    assert len(sqlite_store.moderators.all()) == before
    assert not is_in(client)


# Without it ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def plain(make_app: Callable[..., Flask], sqlite_store: Store) -> Flask:
    """A desk that is not configured for a provider."""
    factories.a_site(sqlite_store)
    return make_app(sqlite_store)


def test_without_settings_there_is_no_button_and_no_way(plain: Flask, sqlite_store: Store) -> None:
    a_person(sqlite_store)
    client = plain.test_client()
    assert "oidc" not in client.get("/review/login").text
    assert client.get("/review/oidc/callback?code=x&state=y").status_code == 404
    assert client.post("/review/oidc/login", headers=OURS).status_code == 404
    own = log_in(plain)
    page = own.get("/review/account").text
    assert "oidc" not in page
    csrf = Page(page).form("/logout").fields["csrf"]
    assert own.post("/review/account/oidc/link", data={"csrf": csrf}, headers=OURS).status_code == 404


def test_without_settings_nothing_of_it_is_loaded_and_nobody_is_called() -> None:
    # given: a process in which any connection is an error
    script = """
import socket, sys
def refuse(*args): raise AssertionError("a connection")
socket.socket.connect = refuse
import tempfile, pathlib
from comments.identity import RootKey
from comments.migrations import upgrade
from comments.settings import Settings
from comments.store import open_store
from comments.wakeup import Wakeup
from service.app import create_app
from service.parts import Parts
with tempfile.TemporaryDirectory() as folder:
    store = open_store(f"sqlite:///{folder}/x.sqlite3")
    upgrade(store.database)
    client = create_app(Parts(Settings(), store, RootKey(b"x" * 32), Wakeup(None))).test_client()
    assert client.get("/review/login").status_code == 200
    assert client.get("/review/oidc/callback?code=x").status_code == 404
    store.close()
loaded = {name.partition(".")[0] for name in sys.modules}
assert not loaded & {"authlib", "joserfc", "requests"}, loaded
print("quiet")
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "quiet", done.stderr


def test_without_the_extra_there_is_no_button(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    # given: the settings are there and the packages are not
    import importlib.util

    real = importlib.util.find_spec
    monkeypatch.setattr("service.auth.oidc.find_spec", lambda name: None if name == "authlib" else real(name))
    is_installed.cache_clear()
    try:
        client = app.test_client()
        assert "oidc" not in client.get("/review/login").text
        assert client.get("/review/oidc/callback").status_code == 404
    finally:
        is_installed.cache_clear()
