"""CORS: a site's own origins may read about that site, and nobody gets credentials."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from comments.store import Store
from tests import factories
from tests.service.conftest import SITE_ORIGIN

URL = "/api/v1/comments"
READ = f"{URL}?site=demo&thread=border-strikes"
ALLOWED = "Access-Control-Allow-Origin"


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example",
        "null",
        "https://news.example.evil.example",
        "http://news.example",
        "https://NEWS.example",
        "https://news.example:443",
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS"])
def test_other_origins_read_nothing(client: FlaskClient, origin: str, method: str) -> None:
    answer = client.open(READ, method=method, headers={"Origin": origin, "Access-Control-Request-Method": "POST"})

    assert ALLOWED not in answer.headers
    assert "Origin" in answer.headers["Vary"]


def test_own_origin_reads_posts_and_sees_what_is_wrong(client: FlaskClient) -> None:
    origin = {"Origin": SITE_ORIGIN}
    answers = [
        client.get(READ, headers=origin),
        client.post(URL, json=factories.a_body(), headers=origin),
        client.post(URL, json=factories.a_body(text=""), headers=origin),
        client.post(URL, data="{", content_type="application/json", headers=origin),
        client.post("/api/v1/counts", json={"site": "demo", "threads": ["a"]}, headers=origin),
        client.get("/threads/demo?thread=a&format=fragment", headers=origin),
    ]

    assert [answer.status_code for answer in answers] == [200, 202, 422, 400, 200, 200]
    for answer in answers:
        assert answer.headers[ALLOWED] == SITE_ORIGIN
        assert "Access-Control-Allow-Credentials" not in answer.headers
        assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"


def test_preflight_allows_json_and_the_idempotency_key(client: FlaskClient) -> None:
    answer = client.options(URL, headers={"Origin": SITE_ORIGIN, "Access-Control-Request-Method": "POST"})

    assert answer.status_code == 200
    assert answer.headers[ALLOWED] == SITE_ORIGIN
    assert "POST" in answer.headers["Access-Control-Allow-Methods"]
    assert {"Content-Type", "Idempotency-Key"} <= set(answer.headers["Access-Control-Allow-Headers"].split(", "))


def test_one_site_does_not_read_about_another(app: Flask, sqlite_store: Store) -> None:
    factories.a_site(sqlite_store, "other", origins=("https://other.example",))
    client = app.test_client()
    origin = {"Origin": "https://other.example"}

    answers = [
        client.get(READ, headers=origin),
        client.post(URL, json=factories.a_body(), headers=origin),
        client.post("/api/v1/counts", json={"site": "demo", "threads": ["a"]}, headers=origin),
        client.get("/threads/demo?thread=a&format=fragment", headers=origin),
    ]

    assert all(ALLOWED not in answer.headers for answer in answers)


@pytest.mark.parametrize("path", ["/receipts/x", "/healthz", "/privacy", "/review/"])
def test_nothing_else_is_read_from_elsewhere(client: FlaskClient, path: str) -> None:
    answer = client.get(path, headers={"Origin": SITE_ORIGIN})

    assert ALLOWED not in answer.headers
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
