"""The people page: an admin's own sites, in force at once, never oneself."""

import json
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from comments import schema
from comments.roles import Grant, Role
from comments.store import Store
from tests import factories
from tests.service.review.conftest import OURS, Browser
from tests.service.review.pages import Page

LogIn = Callable[..., Browser]


@pytest.fixture
def sites(sqlite_store: Store) -> tuple[int, int]:
    """Two sites, daily and weekly."""
    return factories.a_site(sqlite_store, "daily").id, factories.a_site(sqlite_store, "weekly").id


@pytest.fixture
def local(app: Flask, sqlite_store: Store, log_in: LogIn, sites: tuple[int, int]) -> Browser:
    """The browser of the admin of the daily."""
    factories.a_moderator(sqlite_store, "local", grants=[Grant(Role.ADMIN, sites[0])])
    return log_in(app, "local")


def grants(store: Store, login: str) -> set[Grant]:
    found = store.moderators.find(login)
    assert found
    return set(found.grants)


def post(browser: Browser, path: str, **typed: str) -> TestResponse:
    """Send a form to any address, as somebody who wrote their own page would, with a token that is right."""
    csrf = Page(browser.client.get("/review/account").text).form("/logout").fields["csrf"]
    return browser.client.post(path, data={"csrf": csrf, **typed}, headers=OURS)


def test_admin_of_one_site_sees_its_people_alone(local: Browser, sqlite_store: Store, sites: tuple[int, int]) -> None:
    factories.a_moderator(sqlite_store, "here", grants=[Grant(Role.EDITOR, sites[0])])
    factories.a_moderator(sqlite_store, "there", grants=[Grant(Role.EDITOR, sites[1])])
    factories.a_moderator(sqlite_store, "everywhere")
    page = local.client.get("/review/people").text
    assert "here</bdi>" in page
    assert "there</bdi>" not in page
    assert "everywhere" not in page
    assert "weekly" not in page
    assert "every site" not in page


def test_role_is_changed_with_the_next_click(
    app: Flask, local: Browser, sqlite_store: Store, sites: tuple[int, int], log_in: LogIn
) -> None:
    # given: a moderator at work
    ada = factories.a_moderator(sqlite_store, "ada", grants=[Grant(Role.MODERATOR, sites[0])])
    hers = log_in(app, "ada")
    assert hers.client.get("/review/people").status_code == 403

    # when
    form = Page(local.client.get("/review/people").text).form(f"/people/{ada.id}/role")
    answer = local.client.post(form.action, data={**form.fields, "role": "admin"}, headers=OURS)

    # then: in the session that is open
    assert (answer.status_code, answer.location) == (303, "/review/people?done=role")
    assert hers.client.get("/review/people").status_code == 200
    post(local, form.action, site="daily", role="")
    assert hers.client.get("/review/people").status_code == 403
    assert hers.client.get("/review/").status_code == 403
    assert hers.client.get("/review/account").status_code == 200


def test_each_change_is_in_the_trail(local: Browser, sqlite_store: Store, sites: tuple[int, int]) -> None:
    ada = factories.a_moderator(sqlite_store, "ada", grants=[Grant(Role.MODERATOR, sites[0])])
    by = factories.a_moderator(sqlite_store, "local").id
    post(local, f"/review/people/{ada.id}/role", site="daily", role="editor")
    post(local, f"/review/people/{ada.id}/disable")
    post(local, "/review/people/second-factor", site="daily", required="no")
    post(local, "/review/people/invitations", site="daily", role="viewer")
    with sqlite_store.database.read() as connection:
        events = connection.execute(select(schema.events).order_by(schema.events.c.id)).all()
    assert [event.kind for event in events] == ["role changed", "moderator disabled", "invitation made"]
    assert {event.moderator_id for event in events} == {by}
    assert json.loads(events[0].detail) == {"moderator_id": ada.id, "new": "editor", "old": "moderator"}


def test_admin_of_one_site_reaches_nothing_elsewhere(
    local: Browser, sqlite_store: Store, sites: tuple[int, int]
) -> None:
    # given
    here = factories.a_moderator(sqlite_store, "here", grants=[Grant(Role.VIEWER, sites[0])])
    there = factories.a_moderator(sqlite_store, "there", grants=[Grant(Role.VIEWER, sites[1])])
    chief = factories.a_moderator(sqlite_store, "chief")
    before = {login: grants(sqlite_store, login) for login in ("here", "there", "chief", "local")}

    # when: by forms of their own making
    tries = [
        post(local, f"/review/people/{person.id}/{what}", site=site, role="admin")
        for person in (here, there, chief)
        for site, what in (("weekly", "role"), ("", "role"), ("nowhere", "role"))
    ]
    tries += [post(local, f"/review/people/{person.id}/role", site="daily", role="admin") for person in (there, chief)]
    tries += [post(local, f"/review/people/{person.id}/disable") for person in (there, chief)]
    tries += [post(local, "/review/people/invitations", site=site, role="viewer") for site in ("weekly", "")]
    tries += [post(local, "/review/people/second-factor", site=site, required="yes") for site in ("weekly", "")]

    # then
    assert {answer.status_code for answer in tries} == {404}
    assert {login: grants(sqlite_store, login) for login in before} == before
    assert sqlite_store.second_factors.required_by() == frozenset()


def test_nobody_raises_themselves(local: Browser, sqlite_store: Store, sites: tuple[int, int]) -> None:
    me = factories.a_moderator(sqlite_store, "local")
    for site in ("daily", ""):
        assert post(local, f"/review/people/{me.id}/role", site=site, role="admin").status_code in {404, 409}
    assert post(local, f"/review/people/{me.id}/disable").status_code == 409
    assert grants(sqlite_store, "local") == {Grant(Role.ADMIN, sites[0])}
    assert f"/people/{me.id}/" not in local.client.get("/review/people").text


def test_moderator_who_is_kept_out_is_out_at_once(
    app: Flask, local: Browser, sqlite_store: Store, sites: tuple[int, int], log_in: LogIn
) -> None:
    ada = factories.a_moderator(sqlite_store, "ada", grants=[Grant(Role.MODERATOR, sites[0])])
    hers = log_in(app, "ada")
    assert hers.client.get("/review/account").status_code == 200
    assert local.press(Page(local.client.get("/review/people").text), f"/{ada.id}/disable").status_code == 303
    assert hers.client.get("/review/account").status_code == 303
    assert local.press(Page(local.client.get("/review/people").text), f"/{ada.id}/enable").status_code == 303
    assert hers.client.get("/review/account").status_code == 303, "what was open stays ended"


@pytest.mark.parametrize("typed", [{"role": "owner"}, {"role": "ADMIN"}, {"site": "daily'--", "role": "viewer"}, {}])
def test_form_that_no_page_of_ours_shows_changes_nothing(
    local: Browser, sqlite_store: Store, sites: tuple[int, int], typed: dict[str, str]
) -> None:
    ada = factories.a_moderator(sqlite_store, "ada", grants=[Grant(Role.MODERATOR, sites[0])])
    sent = {"site": "daily", **typed} if typed else {}
    assert post(local, f"/review/people/{ada.id}/role", **sent).status_code == 404
    assert grants(sqlite_store, "ada") == {Grant(Role.MODERATOR, sites[0])}


def test_chief_gives_a_role_to_somebody_who_has_none(
    app: Flask, client: FlaskClient, ada: Browser, sqlite_store: Store, sites: tuple[int, int]
) -> None:
    new = factories.a_moderator(sqlite_store, "new", grants=[])
    assert post(ada, f"/review/people/{new.id}/role", site="weekly", role="auditor").status_code == 303
    assert grants(sqlite_store, "new") == {Grant(Role.AUDITOR, sites[1])}


def test_second_factor_is_required_by_site(ada: Browser, sqlite_store: Store, sites: tuple[int, int]) -> None:
    assert post(ada, "/review/people/second-factor", site="weekly", required="yes").status_code == 303
    assert sqlite_store.second_factors.required_by() == {sites[1]}
