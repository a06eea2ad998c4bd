"""The log: one line of JSON for each request, and nothing in it that a reader sent."""

import json
from collections.abc import Callable
from io import StringIO

from flask import Flask
from flask.testing import FlaskClient

from comments.metrics import Route
from comments.store import Store
from service.route_kinds import kind_of_route
from tests import factories

SECRETS = {"name": "Zaynab Canary", "email": "zaynab@address-canary.example", "text": "canary words\nsecond line"}


def lines(log: StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in log.getvalue().splitlines()]


def test_request_is_one_line_with_its_route(client: FlaskClient, log: StringIO) -> None:
    answer = client.get("/threads/demo?thread=canary-thread")

    (line,) = lines(log)
    assert line.keys() == {"event", "level", "timestamp", "request_id", "method", "route", "status", "milliseconds"}
    assert (line["method"], line["route"], line["status"]) == ("GET", "/threads/<site_key>", 200)
    assert line["request_id"] == answer.headers["X-Request-Id"]


def test_a_kept_comment_can_be_followed_by_its_number(client: FlaskClient, log: StringIO) -> None:
    posted = client.post("/api/v1/comments", json=factories.a_body())
    again = client.post("/api/v1/comments", json=factories.a_body(text=""))
    client.post("/review/comments/77/decide", headers={"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"})

    kept, refused, stranger = lines(log)
    assert kept["comment_id"] == posted.json["id"]
    assert kept["request_id"] == posted.headers["X-Request-Id"]
    assert again.status_code == 422
    assert "comment_id" not in refused
    assert "comment_id" not in stranger, "the number is what a stranger sent"


def test_nothing_a_reader_sent_is_logged(client: FlaskClient, log: StringIO) -> None:
    body = factories.a_body(**SECRETS, thread="canary-thread")
    headers = {"User-Agent": "canary-agent", "Referer": "https://canary.example", "X-Forwarded-For": "198.51.100.77"}

    posted = client.post("/api/v1/comments?canary=1", json=body, headers=headers)
    client.post("/api/v1/comments", json={**body, "name": "\x00canary"}, headers=headers)
    client.post("/api/v1/comments", data={"name": "canary"}, headers={**headers, "Accept": "text/html"})
    client.get(posted.json["receipt_url"])
    client.get("/canary\r\nforged")

    assert len(lines(log)) == 5
    for secret in ("canary", "forged", "127.0.0.1", "198.51.100", posted.json["receipt_url"][-22:]):
        assert secret not in log.getvalue().lower()


def test_fault_of_ours_is_logged_without_its_message(app: Flask, log: StringIO) -> None:
    # given a view that fails with what the reader typed in its message
    def fail() -> str:
        raise RuntimeError(SECRETS["email"])

    app.add_url_rule("/fail", view_func=fail)

    answer = app.test_client().get("/fail")

    assert answer.status_code == 500
    assert answer.json["code"] == "broken"
    assert "canary" not in answer.text + log.getvalue()
    failed, requested = lines(log)
    assert (failed["level"], failed["error"]) == ("error", "RuntimeError")
    assert failed["request_id"] == requested["request_id"] == answer.json["instance"]
    assert any("fail" in place for place in failed["where"])


def test_probes_are_not_logged(client: FlaskClient, log: StringIO) -> None:
    client.get("/healthz")

    assert not log.getvalue()


def test_level_is_obeyed(make_app: Callable[..., Flask], sqlite_store: Store, log: StringIO) -> None:
    make_app(sqlite_store, log_level="error").test_client().get("/privacy")

    assert not log.getvalue()


def test_every_route_has_a_kind_in_the_metrics(app: Flask) -> None:
    without = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if kind_of_route(rule.endpoint, min(rule.methods or {"GET"})) is Route.OTHER
    }

    assert without == set()
