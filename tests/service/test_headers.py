"""Every answer of every route has its headers, errors included, and none sets a cookie for a reader."""

import re
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from comments.store import Store
from service.headers import HEADERS
from tests import factories

HTML = {"Accept": "text/html"}


@pytest.fixture
def answers(app: Flask, sqlite_store: Store) -> Iterator[list[tuple[str, TestResponse]]]:
    """An answer of every route there is, by every method it takes, and of some it does not."""
    client = app.test_client()
    comment = factories.an_approved_comment(sqlite_store)
    fitting = {"site_key": "demo", "token": factories.receipt_of(comment), "filename": "thread.css"}
    asked: list[tuple[str, TestResponse]] = []
    for rule in app.url_map.iter_rules():
        path = re.sub(r"<(?:\w+:)?(\w+)>", lambda match: fitting.get(match[1], "1"), rule.rule)
        for method in sorted((rule.methods or set()) | {"PUT"}):
            asked += [(f"{method} {path}", client.open(path, method=method, headers=each)) for each in (HTML, {})]
    others = ("/nothing", "/threads/demo?thread=border-strikes", "/threads/demo", "/static/nothing.css", "/%00")
    asked += [(f"GET {path}", client.get(path, headers=HTML)) for path in others]
    yield asked
    for _, answer in asked:
        answer.close()


def test_every_answer_is_protected(answers: list[tuple[str, TestResponse]]) -> None:
    assert len(answers) > 60, "else this proves nothing"
    for name, answer in answers:
        assert answer.status_code < 500 or name.endswith("/readyz"), name
        assert HEADERS.keys() <= set(answer.headers.keys()), name
        assert "Server" not in answer.headers, name
        assert "X-Powered-By" not in answer.headers, name
        policy = answer.headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'"), name
        assert "unsafe" not in policy, name
        assert re.fullmatch(r"[0-9a-f]{16}", answer.headers["X-Request-Id"]), name


def test_no_error_is_kept_by_a_cache(answers: list[tuple[str, TestResponse]]) -> None:
    errors = [(name, answer) for name, answer in answers if answer.status_code >= 400]

    assert errors, "else this proves nothing"
    for name, answer in errors:
        assert answer.headers["Cache-Control"] == "no-store", name


def test_no_public_answer_sets_a_cookie_or_depends_on_one(answers: list[tuple[str, TestResponse]]) -> None:
    for name, answer in answers:
        if " /review" not in name:
            assert "Set-Cookie" not in answer.headers, name
            assert "Cookie" not in answer.headers.get("Vary", ""), name


def test_error_is_a_problem_for_programs_and_a_page_for_people(client: FlaskClient) -> None:
    assert client.get("/nothing").mimetype == "application/problem+json"
    assert client.get("/nothing", headers={"Accept": "*/*"}).mimetype == "application/problem+json"
    assert client.get("/nothing", headers={"Accept": "text/html,*/*;q=0.8"}).mimetype == "text/html"
    preferring_json = {"Accept": "application/json, text/html;q=0.5"}
    assert client.get("/nothing", headers=preferring_json).mimetype == "application/problem+json"


def test_style_sheets_are_kept_for_a_year_under_their_contents_name(client: FlaskClient) -> None:
    page = client.get("/privacy").text
    (address,) = re.findall(r'href="(/static/thread\.css\?v=[0-9a-f]{8})"', page)

    with client.get(address) as named, client.get("/static/thread.css") as unnamed:
        assert named.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert unnamed.headers["Cache-Control"] == "public, max-age=300"
        assert named.headers["Cross-Origin-Resource-Policy"] == "cross-origin"


@pytest.mark.parametrize(("public_url", "expected"), [("https://c.example", True), ("http://c.example", False)])
def test_https_is_remembered_where_it_is_used(
    make_app: Callable[..., Flask], sqlite_store: Store, public_url: str, expected: bool
) -> None:
    answer = make_app(sqlite_store, public_url=public_url).test_client().get("/healthz")

    assert ("Strict-Transport-Security" in answer.headers) is expected


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("comments.example", 200),
        ("comments.example:8443", 200),
        ("a.news.example", 200),
        ("evil.example", 400),
        ("comments.example.evil.example", 400),
        ("comments.example@evil.example", 400),
        ("evil.example/comments.example", 400),
        ("", 400),
    ],
)
def test_only_our_hosts_are_answered_for(
    make_app: Callable[..., Flask], sqlite_store: Store, host: str, status: int
) -> None:
    client = make_app(sqlite_store, trusted_hosts="comments.example,.news.example").test_client()

    answer = client.get("/privacy", headers={"Host": host})

    assert answer.status_code == status
    assert "evil" not in answer.text
    assert client.get("/healthz", headers={"Host": host}).status_code == 200


def test_forwarded_host_is_never_used(client: FlaskClient) -> None:
    answer = client.post("/api/v1/comments", json=factories.a_body(), headers={"X-Forwarded-Host": "evil.example"})

    assert "evil" not in answer.text
