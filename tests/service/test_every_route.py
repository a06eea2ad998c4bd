"""Every route there is, from the app's own map: who may keep its answers, what proves a change, and what a look does.

A route outside the desk fails here until it is written down; those of the desk have their own matrices
(tests/service/review/test_roles.py, test_guard.py), which take them from the same map.
"""

import re
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from enum import StrEnum

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from comments import schema
from comments.privacy_request import Wish
from comments.roles import Role
from comments.store import Store
from tests import factories, notices
from tests.service.conftest import SITE_ORIGIN
from tests.service.review.conftest import COOKIE
from tests.service.review.routes import routes

LASTS = timedelta(hours=12)


class Kept(StrEnum):
    """For how long somebody between us and the reader may keep an answer that is no error."""

    NEVER = "never"
    BRIEFLY = "a minute"
    LONG = "a year"


class Proof(StrEnum):
    """Why a forged form of another site gains nothing where something is changed.

    The one cookie a reader may have is SameSite=Lax (service/devices.py), so such a form does not bring it.
    """

    NOTHING_HELD = "what it does, anyone may do without a browser of somebody else"
    LINK = "the address itself is the secret"
    COOKIE_STAYS_HERE = "what it changes is named by a cookie that another site's form does not bring"


KEPT: dict[str, Kept] = {
    "/api/v1/challenge": Kept.NEVER,
    "/api/v1/comments": Kept.BRIEFLY,
    "/api/v1/counts": Kept.BRIEFLY,
    "/api/v1/openapi.json": Kept.LONG,
    "/devices/forget": Kept.NEVER,
    "/docs": Kept.LONG,
    "/embed-<version>.js": Kept.LONG,
    "/embed.js": Kept.LONG,
    "/feeds/<site_key>.atom": Kept.BRIEFLY,
    "/healthz": Kept.NEVER,
    "/identicons/<int:size>/<seed>.svg": Kept.LONG,
    "/isso/<site_key>/": Kept.BRIEFLY,
    "/isso/<site_key>/config": Kept.LONG,
    "/notices/<token>/<any(confirm, stop):wish>": Kept.NEVER,
    "/pow-<version>.js": Kept.LONG,
    "/privacy": Kept.LONG,
    "/privacy/request": Kept.NEVER,
    "/privacy/requests/<token>": Kept.NEVER,
    "/readyz": Kept.NEVER,
    "/receipts/<token>": Kept.NEVER,
    "/static/<path:filename>": Kept.LONG,
    "/static/v-<version>/<path:filename>": Kept.LONG,
    "/threads/<site_key>": Kept.BRIEFLY,
    "/threads/<site_key>/comments/<int(max=9007199254740991):comment_id>": Kept.BRIEFLY,
    "/wp-json/wp/v2/comments": Kept.BRIEFLY,
    "/wp-json/wp/v2/comments/<int:comment_id>": Kept.BRIEFLY,
    "/wp/v2/comments": Kept.BRIEFLY,
    "/wp/v2/comments/<int:comment_id>": Kept.BRIEFLY,
}
PROVED: dict[str, Proof] = {
    "/api/v1/comments": Proof.NOTHING_HELD,
    "/api/v1/counts": Proof.NOTHING_HELD,
    "/devices/forget": Proof.COOKIE_STAYS_HERE,
    "/isso/<site_key>/count": Proof.NOTHING_HELD,
    "/isso/<site_key>/new": Proof.NOTHING_HELD,
    "/isso/<site_key>/preview": Proof.NOTHING_HELD,
    "/notices/<token>/<any(confirm, stop):wish>": Proof.LINK,
    "/privacy/request": Proof.NOTHING_HELD,
    "/privacy/requests/<token>": Proof.LINK,
    "/receipts/<token>/<any(edit, withdraw, appeal):wish>": Proof.LINK,
    "/wp-comments-post.php": Proof.NOTHING_HELD,
}
QUERY = "?site=demo&thread=border-strikes&post=1&uri=border-strikes"
# What is sent with a host name that is not ours; the last six hide it where a proxy might have put it.
HOSTS: dict[str, dict[str, str]] = {
    "another": {"Host": "evil.example"},
    "with a port": {"Host": "evil.example:8000"},
    "ours as a label": {"Host": "comments.example.evil.example"},
    "ours as a user": {"Host": "comments.example@evil.example"},
    "ours as a path": {"Host": "evil.example/comments.example"},
    "ours before a tab": {"Host": "comments.example\tevil.example"},
    "forwarded": {"X-Forwarded-Host": "evil.example"},
    "forwarded twice": {"X-Forwarded-Host": "comments.example, evil.example"},
    "forwarded by the standard": {"Forwarded": "host=evil.example;proto=https"},
    "original": {"X-Original-Host": "evil.example"},
    "server": {"X-Forwarded-Server": "evil.example", "X-Host": "evil.example"},
    "address": {"X-Original-URL": "https://evil.example/", "X-Rewrite-URL": "https://evil.example/"},
}


def public(app: Flask, *methods: str) -> set[str]:
    return {
        rule.rule
        for rule in app.url_map.iter_rules()
        if not rule.rule.startswith("/review") and set(methods) & (rule.methods or set())
    }


def path_of(rule: str, **fitting: str) -> str:
    chosen = {"site_key": "demo", "filename": "thread.css", "version": "1", "size": "48", **fitting}
    path = re.sub(r"<any\((\w+)[^)]*\):\w+>", r"\1", rule)
    return re.sub(r"<(?:[^:>]+:)?(\w+)>", lambda match: chosen.get(match[1], "1"), path)


def max_age(answer: TestResponse) -> int:
    """Return for how many seconds a cache may keep it."""
    said = answer.headers["Cache-Control"]
    found = re.search(r"max-age=(\d+)", said)
    return 0 if "no-store" in said or found is None else int(found[1])


def test_no_route_is_left_out(app: Flask, record_property: Callable[[str, object], None]) -> None:
    unsafe = public(app, "POST", "PUT", "PATCH", "DELETE")
    desk = routes(app)

    counted = {
        "looks outside the desk": len(public(app, "GET")),
        "changes outside the desk": len(unsafe),
        "looks and changes at the desk": len(desk),
        "of them changes": sum(route.is_unsafe for route in desk),
    }
    record_property("routes", counted)
    print(counted)

    assert public(app, "GET") == KEPT.keys()
    assert unsafe == PROVED.keys()
    everything = {rule.rule for rule in app.url_map.iter_rules()}
    assert everything == KEPT.keys() | PROVED.keys() | {rule for rule in everything if rule.startswith("/review")}


def test_answers_are_kept_as_long_as_they_may_be(app: Flask, client: FlaskClient, sqlite_store: Store) -> None:
    comment = factories.an_approved_comment(sqlite_store)
    longest = {Kept.NEVER: 0, Kept.BRIEFLY: 60, Kept.LONG: 31_536_000}

    for rule, kept in KEPT.items():
        for method in ("GET", "HEAD"):
            address = path_of(rule, token=factories.receipt_of(comment)) + QUERY
            with closing(client.open(address, method=method)) as answer:
                assert max_age(answer) <= (longest[kept] if answer.status_code < 400 else 0), address
                assert bool(max_age(answer)) is (kept is not Kept.NEVER and answer.status_code < 400), address
                assert "Set-Cookie" not in answer.headers, address


def test_moderators_cookie_changes_no_public_answer(app: Flask, client: FlaskClient, sqlite_store: Store) -> None:
    """So a form that another site sends with it gains nothing, and no cache keeps what only a moderator may see."""
    comment = factories.an_approved_comment(sqlite_store)
    factories.a_held_comment(sqlite_store, text="words that only moderators may read")
    token = sqlite_store.sessions.open(factories.a_moderator(sqlite_store).id, lasts=LASTS, now=factories.NOW)
    inside = app.test_client()
    inside.set_cookie(COOKIE, token, path="/")

    def seen(browser: FlaskClient, rule: str, method: str) -> tuple[int, bytes]:
        address = path_of(rule, token=factories.receipt_of(comment)) + QUERY
        with closing(browser.open(address, method=method, headers={"Accept": "text/html"})) as answer:
            return answer.status_code, re.sub(rb"[0-9a-f]{16,}|[A-Za-z0-9_.-]{30,}", b"", answer.data)

    for rules, method in ((KEPT, "GET"), (PROVED, "POST")):
        for rule in rules:
            assert seen(inside, rule, method) == seen(client, rule, method), rule


def everything(store: Store) -> dict[str, list[tuple[object, ...]]]:
    """Return every row, but for who is alive and when a session was last used."""
    passing = {schema.leases, schema.sessions}
    with store.database.read() as connection:
        return {
            table.name: sorted((tuple(row) for row in connection.execute(select(table))), key=repr)
            for table in schema.metadata.tables.values()
            if table not in passing
        }


def test_following_every_link_three_times_changes_nothing(app: Flask, sqlite_store: Store) -> None:
    """Mail scanners and browsers that fetch ahead open every link they see, with and without a session."""
    # given
    site = sqlite_store.sites.all()[0]
    comment = factories.an_approved_comment(sqlite_store)
    factories.a_held_comment(sqlite_store)
    admin = factories.a_moderator(sqlite_store)
    now = factories.NOW
    invitation = sqlite_store.invitations.add(site.id, Role.VIEWER, invited_by_id=admin.id, lasts=LASTS, now=now)
    token = sqlite_store.sessions.open(admin.id, lasts=LASTS, now=now)
    inside, stranger = app.test_client(), app.test_client()
    inside.set_cookie(COOKIE, token, path="/review")
    request = notices.a_request(sqlite_store, site.id, Wish.ERASE, now)
    tokens = {
        "/review/invitations": invitation,
        "/privacy/requests": request,
        "": factories.receipt_of(comment),
    }
    addresses = [
        path_of(rule.rule, token=next(value for start, value in tokens.items() if rule.rule.startswith(start)))
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or set())
    ]
    before = everything(sqlite_store)
    assert sum(map(len, before.values())) > 10, "else this proves nothing"

    # when
    statuses = set()
    for method in ("GET", "HEAD", "GET"):
        for browser in (stranger, inside):
            for address in addresses:
                with closing(browser.open(address + QUERY, method=method)) as answer:
                    statuses.add(answer.status_code)

    # then
    assert 200 in statuses
    assert everything(sqlite_store) == before


@pytest.mark.parametrize("variant", HOSTS)
def test_poisoned_host_is_in_no_answer_of_any_route(
    make_app: Callable[..., Flask], sqlite_store: Store, variant: str
) -> None:
    factories.a_site(sqlite_store, origins=(SITE_ORIGIN,))
    comment = factories.an_approved_comment(sqlite_store)
    client = make_app(
        sqlite_store, trusted_hosts="comments.example", public_url="https://comments.example"
    ).test_client()
    headers = {"Host": "comments.example", "Accept": "text/html", **HOSTS[variant]}
    is_refused = "Host" in HOSTS[variant]

    for rule, method in [(rule, "GET") for rule in (*KEPT, "/review/login", "/review/")] + [
        (rule, "POST") for rule in PROVED
    ]:
        address = path_of(rule, token=factories.receipt_of(comment)) + QUERY
        with closing(client.open(address, method=method, headers=headers)) as answer:
            assert b"evil" not in answer.data, address
            assert "evil" not in str(answer.headers), address
            if is_refused and rule not in {"/healthz", "/readyz"}:
                assert answer.status_code == 400, address
