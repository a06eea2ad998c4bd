"""Roles × routes × sites, from the app itself: what each role may do, and that another site's things are not there.

A new route is in it by being there. It fails until the route names its permission and, where it stands elsewhere than
its kind, until it is written down here.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Table, select, update
from werkzeug.test import TestResponse

from comments import schema
from comments.reasons import Reason
from comments.roles import ALLOWS, EVERY_SITE, Grant, Permission, Role
from comments.status import Status
from comments.store import Store
from service.review.guard import OPEN_ENDPOINTS
from tests import factories
from tests.service.review.conftest import COOKIE, OURS
from tests.service.review.pages import Page
from tests.service.review.routes import Route, routes

LASTS = timedelta(hours=12)
REFUSAL = "Your role does not allow this"
# In every word that belongs to the other site, and in no word of ours.
CANARY = "Zanzibar"
NOBODY: Role | None = None

# Where a page stands says what it needs; the longest that fits counts. All else: looking is SEE, changing is DECIDE.
NEEDS: Mapping[str, Permission] = {
    "/review/account": Permission.OWN,
    "/review/help": Permission.OWN,
    "/review/login/code": Permission.OWN,
    "/review/logout": Permission.OWN,
    "/review/preferences": Permission.OWN,
    "/review/people": Permission.ACCOUNTS,
    "/review/settings": Permission.TUNE,
    "/review/threads": Permission.TUNE,
    "/review/trail": Permission.AUDIT,
    "/review/overview": Permission.SEE,
}


def needed(route: Route) -> Permission:
    """Return what the route must ask for."""
    fitting = [path for path in NEEDS if route.path == path or route.path.startswith(f"{path}/")]
    if fitting:
        return NEEDS[max(fitting, key=len)]
    if route.path.endswith("/speak"):
        return Permission.SPEAK
    return Permission.DECIDE if route.is_unsafe else Permission.SEE


def guarded(app: Flask, numbers: Mapping[str, int] | None = None) -> list[Route]:
    return [route for route in routes(app, numbers) if not route.is_open]


@dataclass
class Desk:
    """A moderator's way in, with a session that does not wear out."""

    client: FlaskClient
    store: Store
    moderator_id: int

    def ask(self, route: Route, fields: Mapping[str, str] | None = None, query: str = "") -> TestResponse:
        """Ask for a route in a new session, with a token that is right: only role and site decide."""
        token = self.store.sessions.open(self.moderator_id, lasts=LASTS, now=factories.NOW)
        self.client.set_cookie(COOKIE, token, path="/review")
        found = self.store.sessions.find(token, idle=LASTS, now=factories.NOW)
        assert found
        sent = {"csrf": found.csrf_token, **(fields or {})} if route.is_unsafe else None
        answer = self.client.open(route.path + query, method=route.method, data=sent, headers=OURS)
        self.store.sessions.close(token)
        return answer


@pytest.fixture
def desk_of(app: Flask, sqlite_store: Store) -> Callable[..., Desk]:
    """Give a desk to somebody with a role on one site."""

    def desk_of(role: Role | None, site_id: int) -> Desk:
        grants = [] if role is None else [Grant(role, site_id)]
        login = f"{role.value if role else 'nobody'}-{site_id}"
        moderator = factories.a_moderator(sqlite_store, login, grants=grants)
        return Desk(app.test_client(), sqlite_store, moderator.id)

    return desk_of


# Roles × routes ------------------------------------------------------------------------------------------------------


def test_every_route_names_what_it_needs(app: Flask) -> None:
    found = {(route.method, route.path): route.permission for route in guarded(app)}
    assert len(found) > 30, "else this proves nothing"
    assert found == {(route.method, route.path): needed(route) for route in guarded(app)}


def test_route_that_is_open_has_its_own_way_in(app: Flask) -> None:
    assert {route.endpoint for route in routes(app) if route.is_open} == OPEN_ENDPOINTS
    assert all(route.permission is None for route in routes(app) if route.is_open)


def test_view_that_names_nothing_is_shown_to_nobody(
    app: Flask, desk_of: Callable[..., Desk], monkeypatch: pytest.MonkeyPatch
) -> None:
    # given: somebody forgot
    [route] = [route for route in guarded(app) if (route.method, route.path) == ("GET", "/review/people")]
    monkeypatch.setitem(app.view_functions, route.endpoint, lambda: "secret")
    admin = desk_of(Role.ADMIN, factories.a_site(desk_of(None, 0).store).id)

    # then
    answer = admin.ask(route)
    assert answer.status_code == 403
    assert "secret" not in answer.text


@pytest.mark.parametrize("role", [*Role, NOBODY])
def test_role_opens_what_it_may_and_nothing_else(
    app: Flask, sqlite_store: Store, desk_of: Callable[..., Desk], role: Role | None
) -> None:
    # given
    site = factories.a_site(sqlite_store)
    factories.a_held_comment(sqlite_store)
    desk = desk_of(role, site.id)
    may = {Permission.OWN} if role is None else ALLOWS[role]

    # when
    refused = {
        (route.method, route.path)
        for route in guarded(app)
        if (answer := desk.ask(route)).status_code == 403 and (route.method == "HEAD" or REFUSAL in answer.text)
    }

    # then
    expected = {(route.method, route.path) for route in guarded(app) if needed(route) not in may}
    assert refused == expected
    assert bool(expected) is (role is not Role.ADMIN)


def test_refusal_is_logged(app: Flask, sqlite_store: Store, desk_of: Callable[..., Desk], log: StringIO) -> None:
    [route] = [each for each in guarded(app) if (each.method, each.path) == ("GET", "/review/people")]

    desk_of(Role.VIEWER, factories.a_site(sqlite_store).id).ask(route)

    line = json.loads(log.getvalue().splitlines()[-1])
    assert (line["route"], line["status"]) == ("/review/people", 403)


# Sites ---------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Theirs:
    """What there is on the other site."""

    site_id: int
    numbers: Mapping[str, int]
    versions: Mapping[int, int]
    thread_id: int
    held_id: int


def fill_other_site(store: Store) -> Theirs:
    """Make one of everything on another site, with the canary in every word of it."""
    now = factories.NOW
    site = store.sites.add("zanzibar", f"The {CANARY} news", now=now)
    chief = factories.a_moderator(store, "zanzibar-chief", grants=[Grant(Role.ADMIN, site.id)])
    thread = {"key": "zanzibar", "url": "https://zanzibar.example/a", "title": f"{CANARY} votes"}
    words = {"site": "zanzibar", "thread": thread, "name": f"{CANARY} Reader", "email": "z@zanzibar.example"}
    held = [factories.a_held_comment(store, text=f"clove {CANARY} {number}", **words).id for number in range(6)]
    rejected = factories.a_rejected_comment(store, text=f"buy clove {CANARY}", **words).id
    factories.an_approved_comment(store, text=f"clove and {CANARY}", **words)
    factories.a_drawn_comment(store, text=f"drawn clove {CANARY}", **words)
    with store.database.write() as connection:
        alike = update(schema.comments).where(schema.comments.c.id.in_(held[:3]))
        connection.execute(alike.values(cluster_id=held[0], language="sw", suspected="spam", risk=0.9))
        thread_id = connection.execute(
            select(schema.threads.c.id).where(schema.threads.c.key == "zanzibar")
        ).scalar_one()
        connection.execute(update(schema.threads).values(section=CANARY).where(schema.threads.c.id == thread_id))
    acts: dict[str, Any] = {"moderator_id": chief.id, "scope": EVERY_SITE, "now": now}
    batch = store.bulk.decide([(held[5], 2)], Status.REJECTED, reason=Reason.SPAM, note=CANARY, **acts)
    assert batch.items[0].decision_id
    note_id = store.notes.add(held[1], f"{CANARY} again", **acts)
    store.claims.take([held[2]], chief.id, scope=EVERY_SITE, now=now)
    store.appeals.open(rejected, f"{CANARY} deserves better", now)
    store.invitations.add(site.id, Role.VIEWER, invited_by_id=chief.id, lasts=LASTS, now=now)
    store.second_factors.require(site.id, required=True, made_by_id=None, now=now)
    numbers = {
        "comment_id": held[0],
        "decision_id": batch.items[0].decision_id,
        "batch_id": batch.batch_id,
        "cluster_id": held[0],
        "note_id": note_id,
        "moderator_id": chief.id,
        "invitation_id": 1,
        "thread_id": thread_id,
        "site_id": site.id,
    }
    return Theirs(site.id, numbers, dict.fromkeys(held, 2), thread_id, held[0])


def without_tokens(answer: TestResponse) -> tuple[int, str]:
    """Return what a page says, without what differs from session to session."""
    # Comments and decisions of all sites have one sequence of numbers, so how far it has come is no secret.
    text = re.sub(r'data-newest="\d+"', "", answer.text)
    for form in Page(text).forms:
        for name in ("csrf", "offered"):
            if form.fields.get(name):
                text = text.replace(form.fields[name], name)
    return answer.status_code, text


# A new square at every look.
RANDOM = frozenset({"/review/account/second-factor"})


@pytest.mark.parametrize("role", list(Role))
def test_no_page_changes_by_what_happens_on_another_site(
    app: Flask, sqlite_store: Store, desk_of: Callable[..., Desk], role: Role
) -> None:
    # given: a site with one of everything, as its moderator sees it alone in the world
    site = factories.a_site(sqlite_store)
    held = factories.a_held_comment(sqlite_store, name="Ada", text="our own clove").id
    factories.an_approved_comment(sqlite_store, text="published clove")
    factories.a_rejected_comment(sqlite_store, text="refused clove")
    desk = desk_of(role, site.id)
    queries = ("", "?q=clove", "?site=zanzibar", "?section=Zanzibar", "?language=sw", "?order=risk", "?thread=2")
    looks = [
        (route, query)
        for route in guarded(app, {"comment_id": held})
        if route.method == "GET" and route.path not in RANDOM
        for query in (queries if needed(route) is Permission.SEE else queries[:1])
    ]

    def looked() -> dict[tuple[str, str], tuple[int, str]]:
        return {(route.path, query): without_tokens(desk.ask(route, query=query)) for route, query in looks}

    before = looked()
    assert {status for status, _ in before.values()} <= {200, 303, 403, 404}

    # when
    fill_other_site(sqlite_store)

    # then: not a byte
    after = looked()
    assert {key for key in before if before[key] != after[key]} == set()


@pytest.mark.parametrize("role", list(Role))
def test_things_of_another_site_are_not_there(
    app: Flask, sqlite_store: Store, desk_of: Callable[..., Desk], role: Role
) -> None:
    # given
    desk = desk_of(role, factories.a_site(sqlite_store).id)
    theirs = fill_other_site(sqlite_store)
    chief = Desk(app.test_client(), sqlite_store, theirs.numbers["moderator_id"])
    sqlite_store.second_factors.require(theirs.site_id, required=False, made_by_id=None, now=factories.NOW)
    looks = [route for route in guarded(app, theirs.numbers) if route.method == "GET" and needed(route) in ALLOWS[role]]

    for route in looks:
        # when
        answer = desk.ask(route)

        # then
        assert CANARY not in answer.text, route
        if set(theirs.numbers) & route.arguments:
            assert answer.status_code == 404, route
            assert CANARY in chief.ask(route).text, f"else this proves nothing: {route}"
    for query in (
        f"?thread={theirs.thread_id}",
        "?site=zanzibar",
        "?q=clove",
        f"?done={theirs.numbers['decision_id']}",
    ):
        for route in looks:
            assert CANARY not in desk.ask(route, query=query).text, (route, query)


_OF_SITES: tuple[Table, ...] = (
    schema.comments,
    schema.decisions,
    schema.notes,
    schema.claims,
    schema.first_approvals,
    schema.appeals,
    schema.outbox,
    schema.threads,
    schema.audit_samples,
    schema.sites,
    schema.roles,
    schema.invitations,
)


def everything(store: Store, without_site: int) -> dict[str, list[tuple[Any, ...]]]:
    """Return every row that could be another site's; our own site's row, invitations and roles are left out."""
    with store.database.read() as connection:
        found = {}
        for table in _OF_SITES:
            statement = select(table).order_by(*table.primary_key.columns)
            if table is schema.sites:
                statement = statement.where(table.c.id != without_site)
            elif "site_id" in table.c:
                statement = statement.where(table.c.site_id.is_distinct_from(without_site))
            found[table.name] = [tuple(row) for row in connection.execute(statement)]
        found["moderators"] = [
            tuple(row) for row in connection.execute(select(schema.moderators.c.id, schema.moderators.c.disabled_at))
        ]
        return found


@pytest.mark.parametrize("decision", ["approve", "reject", "spam"])
def test_nothing_of_another_site_is_changed(
    app: Flask, sqlite_store: Store, desk_of: Callable[..., Desk], decision: str
) -> None:
    # given: the admin of a site, whom no form of it is refused, and a form that would fit every one
    site = factories.a_site(sqlite_store)
    desk = desk_of(Role.ADMIN, site.id)
    theirs = fill_other_site(sqlite_store)
    item = f"{theirs.held_id}:2"
    form = {
        **{name: str(number) for name, number in theirs.numbers.items()},
        "decision": decision,
        "version": "2",
        "item": item,
        "seen": "99999",
        "reason": "spam",
        "note": "a note",
        "text": "a note",
        "site": "zanzibar",
        "role": "viewer",
        "required": "no",
        "comment": str(theirs.held_id),
        "comments": str(theirs.held_id),
        "thread": str(theirs.thread_id),
        "mode": "hold_all",
    }
    before = everything(sqlite_store, site.id)
    assert all(before[name] for name in ("comments", "decisions", "notes", "claims", "appeals", "sites", "invitations"))

    for route in guarded(app, theirs.numbers):
        if route.is_unsafe:
            # when
            answer = desk.ask(route, form)

            # then
            assert everything(sqlite_store, site.id) == before, route
            assert CANARY not in answer.text, route

    # and each is answered like a thing that never was
    never = dict.fromkeys(theirs.numbers, 8_888_888)
    for there, gone in zip(guarded(app, theirs.numbers), guarded(app, never), strict=True):
        if there.is_unsafe and set(theirs.numbers) & there.arguments:
            answers = [desk.ask(route, form) for route in (there, gone)]
            assert answers[0].status_code == answers[1].status_code, there
            assert answers[0].status_code in {303, 400, 404}, there
