"""Every route of the desk, taken from the app itself: no session, no page; no proof, no change."""

from collections.abc import Callable

from flask import Flask
from flask.testing import FlaskClient

from comments.roles import EVERY_SITE
from comments.status import Status
from comments.store import Store
from tests import factories
from tests.service.conftest import SITE_ORIGIN
from tests.service.review.conftest import COOKIE, OURS, Browser
from tests.service.review.routes import routes


def guarded(app: Flask, *, unsafe: bool | None = None) -> list[tuple[str, str]]:
    return [
        (route.method, route.path) for route in routes(app) if not route.is_open and unsafe in (None, route.is_unsafe)
    ]


def test_the_list_of_routes_is_whole(app: Flask) -> None:
    paths = {route.path for route in routes(app)}
    pages = {"/review/", "/review/decided", "/review/comments/1", "/review/login", "/review/people"}
    assert pages <= paths
    assert {path for _, path in guarded(app, unsafe=True)} >= {
        "/review/account/password",
        "/review/comments/1/decide",
        "/review/decisions/1/undo",
        "/review/login/code",
        "/review/logout",
        "/review/people/1/role",
    }


def test_nobody_without_a_session_sees_or_changes_anything(
    app: Flask, client: FlaskClient, sqlite_store: Store
) -> None:
    # given: a comment that waits
    comment = factories.a_held_comment(sqlite_store, text="words that only moderators may read")
    asked = guarded(app)
    assert len(asked) > 8

    for method, path in asked:
        # when
        answer = client.open(path, method=method, headers=OURS, data={"decision": "approve", "version": "2"})

        # then
        assert answer.status_code == 303, (method, path)
        assert answer.location.startswith("/review/login"), (method, path)
        assert "only moderators" not in answer.text
    assert sqlite_store.desk.card(comment.id, now=factories.NOW, scope=EVERY_SITE).status is Status.HELD


def forgeries(own: str, others: str) -> dict[str, tuple[dict[str, str], dict[str, str]]]:
    """Return what each kind of forged request sends: (fields, headers)."""
    return {
        "no token": ({}, OURS),
        "empty token": ({"csrf": ""}, OURS),
        "made-up token": ({"csrf": "A" * 43}, OURS),
        "token with an accent": ({"csrf": "é"}, OURS),
        "another session's token": ({"csrf": others}, OURS),
        "token in a header": ({}, {**OURS, "X-CSRF-Token": own}),
        "another origin": ({"csrf": own}, {"Origin": "https://evil.example"}),
        "the news site's origin": ({"csrf": own}, {"Origin": SITE_ORIGIN}),
        "no origin told": ({"csrf": own}, {"Origin": "null"}),
        "cross-site by the browser's word": ({"csrf": own}, {"Sec-Fetch-Site": "cross-site"}),
        "a sister site": ({"csrf": own}, {"Sec-Fetch-Site": "same-site", "Origin": "http://localhost"}),
    }


def test_forged_forms_change_nothing(
    app: Flask, ada: Browser, log_in: Callable[..., Browser], sqlite_store: Store
) -> None:
    # given: a comment, a decision, and another moderator's session
    comment = factories.a_held_comment(sqlite_store)
    assert ada.decide(comment.id, "approve").status_code == 303
    own = ada.open().form("/logout").fields["csrf"]
    others = log_in(app, "bisi").open().form("/logout").fields["csrf"]
    before = sqlite_store.desk.history(comment.id, scope=EVERY_SITE)
    targets = guarded(app, unsafe=True)
    assert targets

    for name, (fields, headers) in forgeries(own, others).items():
        for method, path in targets:
            # when
            sent = {"decision": "reject", "reason": "spam", "version": "3", **fields}
            answer = ada.client.open(path, method=method, data=sent, headers=headers)

            # then
            assert answer.status_code == 403, (name, path)
            assert "Nothing was changed" in answer.text
    assert sqlite_store.desk.history(comment.id, scope=EVERY_SITE) == before
    assert ada.client.get("/review/").status_code == 200, "nobody was logged out"


def test_token_in_the_address_is_not_taken(ada: Browser, sqlite_store: Store) -> None:
    comment = factories.a_held_comment(sqlite_store)
    csrf = ada.open().form("/logout").fields["csrf"]
    address = f"/review/comments/{comment.id}/decide?csrf={csrf}&decision=approve&version=2"
    assert ada.client.post(address, headers=OURS).status_code == 403


def test_looking_at_an_address_that_changes_things_changes_nothing(app: Flask, ada: Browser) -> None:
    pages = {path for method, path in guarded(app) if method == "GET"}
    for _, path in guarded(app, unsafe=True):
        for method in ("GET", "HEAD"):
            # A form may share its address with the page that shows it; that page is looked at like any other.
            assert (ada.client.open(path, method=method).status_code != 405) is (path in pages), path
    assert ada.client.get("/review/").status_code == 200


def test_forms_without_a_session_are_not_taken_from_another_site(app: Flask, client: FlaskClient) -> None:
    paths = {route.path for route in routes(app) if route.is_open and route.is_unsafe}
    assert len(paths) > 4
    for path in paths:
        for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "null"}):
            assert client.post(path, data={"login": "ada"}, headers=headers).status_code == 403, path


def test_no_page_of_the_desk_is_kept_by_anybody(app: Flask, ada: Browser, sqlite_store: Store) -> None:
    comment = factories.a_held_comment(sqlite_store)
    assert comment.id == 1
    answers = [ada.client.get(route.path) for route in routes(app) if route.method == "GET"]
    assert len(answers) > 5
    for answer in answers:
        assert answer.headers["Cache-Control"] == "no-store"
        assert "Cookie" in answer.headers["Vary"]
        assert "noindex" in answer.headers["X-Robots-Tag"]
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert answer.headers["Referrer-Policy"] in {"same-origin", "strict-origin"}


def test_every_page_for_who_is_logged_in_has_the_way_out(app: Flask, ada: Browser, sqlite_store: Store) -> None:
    factories.a_held_comment(sqlite_store)
    answers = {path: ada.client.get(path) for _, path in guarded(app, unsafe=False)}
    pages = {
        path: answer.text for path, answer in answers.items() if answer.status_code == 200 and "<html" in answer.text
    }

    assert len(pages) > 10, "else this proves nothing"
    assert [path for path, page in pages.items() if 'action="/review/logout"' not in page] == []


def test_form_larger_than_the_desk_needs_is_refused(ada: Browser) -> None:
    csrf = ada.open().form("/logout").fields["csrf"]
    sent = {"csrf": csrf, "note": "x" * 40_000}
    assert ada.client.post("/review/comments/1/decide", data=sent, headers=OURS).status_code == 413


def test_session_cookie_of_one_moderator_is_not_in_any_page(ada: Browser, sqlite_store: Store) -> None:
    factories.a_held_comment(sqlite_store)
    cookie = ada.client.get_cookie(COOKIE, path="/review")
    assert cookie
    assert cookie.value not in ada.open().html
