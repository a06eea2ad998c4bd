"""Invitations: a link shown once, which looking at does not spend, for a role that only the inviter chose."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from comments.roles import Grant, Role
from comments.store import Store
from tests import factories
from tests.service.conftest import Clock
from tests.service.review.conftest import OURS, Browser
from tests.service.review.logins import PASSWORD, a_person, is_in, log_in, send
from tests.service.review.pages import Page


@pytest.fixture
def site_id(sqlite_store: Store) -> int:
    """The daily."""
    return factories.a_site(sqlite_store, "daily").id


@pytest.fixture
def link(ada: Browser, site_id: int) -> str:
    """The path of an invitation by ada to moderate the daily."""
    assert site_id
    form = Page(ada.client.get("/review/people").text).form("/invitations")
    sent = {**form.fields, "site": "daily", "role": "moderator"}
    answer = ada.client.post(form.action, data=sent, headers=OURS)
    assert answer.status_code == 201
    found = re.search(r"http://localhost(/review/invitations/[\w-]{43})", answer.text)
    assert found
    return found[1]


def follow(client: FlaskClient, link: str, **typed: str) -> int:
    sent = {"login": "New.One", "password": PASSWORD, "again": PASSWORD, **typed}
    return send(client, link, **sent).status_code


def test_invited_person_makes_an_account_and_is_in(
    client: FlaskClient, sqlite_store: Store, link: str, site_id: int
) -> None:
    page = client.get(link)
    assert "The daily news" in page.text
    assert "By ada" in page.text
    assert follow(client, link) == 303
    assert is_in(client)
    found = sqlite_store.moderators.find("new.one")
    assert found
    assert found.grants == (Grant(Role.MODERATOR, site_id),)


def test_link_is_shown_once_and_kept_as_a_hash(ada: Browser, link: str) -> None:
    token = link.rpartition("/")[2]
    page = ada.client.get("/review/people").text
    assert token not in page
    assert "Moderator" in page


def test_looking_spends_nothing(app: Flask, link: str) -> None:
    # given: a mail scanner, a prefetching browser, a chat's preview
    for method in ("GET", "HEAD", "GET", "OPTIONS"):
        assert app.test_client().open(link, method=method).status_code == 200

    # then
    assert follow(app.test_client(), link) == 303


def test_link_works_once(app: Flask, link: str) -> None:
    second = app.test_client()
    form = Page(second.get(link).text).forms[0]
    assert follow(app.test_client(), link) == 303
    sent = {**form.fields, "login": "eve", "password": PASSWORD, "again": PASSWORD}
    assert second.post(link, data=sent, headers=OURS).status_code == 404
    assert second.get(link).status_code == 404


def test_role_and_site_are_the_inviter_s(client: FlaskClient, sqlite_store: Store, link: str, site_id: int) -> None:
    assert follow(client, link, role="admin", site="", site_id="1") == 303
    found = sqlite_store.moderators.find("new.one")
    assert found
    assert found.grants == (Grant(Role.MODERATOR, site_id),)


def test_link_ends_after_seven_days(client: FlaskClient, clock: Clock, link: str) -> None:
    clock.now += timedelta(days=7) - timedelta(seconds=1)
    assert client.get(link).status_code == 200
    clock.now += timedelta(seconds=1)
    assert client.get(link).status_code == 404


def test_link_that_was_taken_back_is_gone(ada: Browser, client: FlaskClient, link: str) -> None:
    assert ada.press(Page(ada.client.get("/review/people").text), "/revoke").status_code == 303
    assert client.get(link).status_code == 404
    assert "/revoke" not in ada.client.get("/review/people").text


def test_link_of_an_inviter_who_is_kept_out_is_gone(
    client: FlaskClient, sqlite_store: Store, clock: Clock, link: str
) -> None:
    factories.a_moderator(sqlite_store, "chief")
    ada = factories.a_moderator(sqlite_store, "ada")
    sqlite_store.people.set_disabled(ada.id, disabled=True, made_by_id=None, now=clock.now)
    assert client.get(link).status_code == 404


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"login": "ada"}, "Somebody has this login already."),
        ({"login": "a b"}, "Use 1 to 40 letters"),
        ({"password": "short", "again": "short"}, "at least 8 characters"),
        ({"again": "another"}, "not the same"),
        ({"token": "1.AAAAAAAAAAAAAAAAAAAAAA"}, "stood open for too long"),
    ],
)
def test_what_is_wrong_is_said_and_the_link_stays(
    client: FlaskClient, link: str, typed: dict[str, str], said: str
) -> None:
    answer = send(client, link, **{"login": "new", "password": PASSWORD, "again": PASSWORD, **typed})
    assert answer.status_code == 400
    assert said in answer.text
    assert PASSWORD not in answer.text
    assert follow(client, link) == 303


def test_moderator_takes_another_role_and_keeps_the_account(
    app: Flask, sqlite_store: Store, link: str, site_id: int
) -> None:
    # given: a moderator of another site
    other = factories.a_site(sqlite_store, "weekly").id
    a_person(sqlite_store, "bisi", (Grant(Role.EDITOR, other),))
    bisi = log_in(app, "bisi")
    form = Page(bisi.get(link).text).forms[0]
    assert form.action.endswith("/accept")

    # when
    assert bisi.post(form.action, data=form.fields, headers=OURS).status_code == 303

    # then
    found = sqlite_store.moderators.find("bisi")
    assert found
    assert set(found.grants) == {Grant(Role.EDITOR, other), Grant(Role.MODERATOR, site_id)}
    assert bisi.get(link).status_code == 404


@pytest.mark.parametrize("forged", [{"csrf": "x"}, {"token": "x"}])
def test_nobody_is_made_to_take_a_role(
    app: Flask, sqlite_store: Store, link: str, site_id: int, forged: dict[str, str]
) -> None:
    a_person(sqlite_store, "bisi", (Grant(Role.VIEWER, factories.a_site(sqlite_store, "weekly").id),))
    bisi = log_in(app, "bisi")
    form = Page(bisi.get(link).text).forms[0]
    assert bisi.post(form.action, data={**form.fields, **forged}, headers=OURS).status_code == 400
    found = sqlite_store.moderators.find("bisi")
    assert found
    assert len(found.grants) == 1


def test_admin_keeps_the_role_they_have(ada: Browser, sqlite_store: Store, site_id: int, clock: Clock) -> None:
    # given: a link to less than ada is
    ada_id = factories.a_moderator(sqlite_store, "ada").id
    lasts = timedelta(days=7)
    token = sqlite_store.invitations.add(None, Role.VIEWER, invited_by_id=ada_id, lasts=lasts, now=clock.now)
    form = Page(ada.client.get(f"/review/invitations/{token}").text).forms[0]
    answer = ada.client.post(form.action, data=form.fields, headers=OURS)
    assert answer.status_code == 409
    found = sqlite_store.moderators.find("ada")
    assert found
    assert found.grants == (Grant(Role.ADMIN),)


def test_nobody_is_logged_in_who_takes_a_role(app: Flask, log_in: Callable[..., Browser], link: str) -> None:
    assert app.test_client().post(f"{link}/accept", headers=OURS).status_code == 403


def test_browser_does_not_name_the_link_to_others(client: FlaskClient, link: str) -> None:
    answer = client.get(link)
    assert answer.headers["Referrer-Policy"] == "strict-origin"
    assert answer.headers["Cache-Control"] == "no-store"
