"""Posting JSON: what is kept, and a fixed answer for everything that is wrong."""

import io
import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from comments.store import Store
from comments.submission import MAX_ID, MAX_TEXT_CHARS
from service.app import MAX_BODY_BYTES
from service.problems import PROBLEM_CODES
from service.time_trap import make_token
from tests import factories
from tests.service.conftest import SITE_ORIGIN, Clock

URL = "/api/v1/comments"
SECRET = "zaynab.marker+x@address-canary.example"


@pytest.fixture
def either_client(make_app: Callable[..., Flask], store: Store) -> FlaskClient:
    """A client of an application on each kind of database."""
    factories.a_site(store, origins=(SITE_ORIGIN,))
    return make_app(store).test_client()


def post(client: FlaskClient, **overrides: object) -> TestResponse:
    return client.post(URL, json=factories.a_body(email=SECRET, **overrides))


def without(name: str) -> dict[str, object]:
    body = factories.a_body(email=SECRET)
    del body[name]
    return body


def errors_of(answer: TestResponse) -> set[tuple[str, str]]:
    return {(error["field"], error["code"]) for error in answer.json["errors"]}


def require_problem(answer: TestResponse, status: int) -> None:
    """Check the answer's form, and that it says nothing of what was sent."""
    assert answer.status_code == status, answer.text
    assert answer.mimetype == "application/problem+json"
    assert answer.json["status"] == status
    assert answer.json["code"] in PROBLEM_CODES
    assert answer.json["instance"] == answer.headers["X-Request-Id"]
    assert answer.headers["Cache-Control"] == "no-store"
    assert "canary" not in answer.text.lower()


def test_accepted_comment_is_in_the_store_when_the_answer_comes(either_client: FlaskClient, store: Store) -> None:
    answer = post(either_client, text="Ẹ ṣeun!\r\nنعم", name="Ọlá")

    assert answer.status_code == 202
    assert answer.json.keys() == {"id", "status", "receipt_url"}
    assert answer.json["status"] == "pending"
    assert answer.headers["Location"] == answer.json["receipt_url"]
    receipt = store.receipts.find(answer.json["receipt_url"].rsplit("/", 1)[1])
    assert receipt is not None
    assert (receipt.comment_id, receipt.name, receipt.text) == (answer.json["id"], "Ọlá", "Ẹ ṣeun!\nنعم")


def test_same_key_and_body_is_the_same_comment(either_client: FlaskClient, store: Store) -> None:
    body, key = factories.a_body(), {"Idempotency-Key": "a-1"}

    first, second = (either_client.post(URL, json=body, headers=key) for _ in range(2))

    assert first.status_code == second.status_code == 202
    assert first.json == second.json
    assert len(store.pending.claim(factories.NOW, lease_seconds=60)) == 1


def test_same_body_without_a_key_is_the_same_comment(either_client: FlaskClient) -> None:
    body = factories.a_body()

    assert either_client.post(URL, json=body).json == either_client.post(URL, json=body).json


def test_same_key_with_another_body_is_refused(either_client: FlaskClient) -> None:
    key = {"Idempotency-Key": "a-1"}
    either_client.post(URL, json=factories.a_body(), headers=key)

    answer = either_client.post(URL, json=factories.a_body(email=SECRET), headers=key)

    require_problem(answer, 422)
    assert answer.json["code"] == "idempotency_key_reused"


@pytest.mark.parametrize("key", ["", "x" * 256, "ä", "a\tb", "\x7f"])
def test_idempotency_key_has_to_be_printable_ascii(client: FlaskClient, key: str) -> None:
    answer = client.post(URL, json=factories.a_body(email=SECRET), headers={"Idempotency-Key": key})

    require_problem(answer, 400)
    assert answer.json["code"] == "bad_idempotency_key"


@pytest.mark.parametrize(
    ("overrides", "error"),
    [
        ({"site": 1}, ("site", "not_text")),
        ({"site": "Not A Key"}, ("site", "unknown_site")),
        ({"thread": None}, ("thread", "required")),
        ({"thread": []}, ("thread", "required")),
        ({"thread": {}}, ("thread.key", "required")),
        ({"thread": {"key": {}}}, ("thread.key", "not_text")),
        ({"thread": {"key": "k" * 201}}, ("thread.key", "too_long")),
        ({"thread": {"key": "\ud800"}}, ("thread.key", "forbidden_character")),
        ({"thread": {"key": "a", "url": "javascript:alert(1)"}}, ("thread.url", "not_a_url")),
        ({"thread": {"key": "a", "title": ["x"]}}, ("thread.title", "not_text")),
        ({"parent": "x"}, ("parent", "unknown_parent")),
        ({"parent": -1}, ("parent", "unknown_parent")),
        ({"parent": True}, ("parent", "unknown_parent")),
        ({"parent": 1.5}, ("parent", "unknown_parent")),
        ({"parent": MAX_ID + 1}, ("parent", "unknown_parent")),
        ({"parent": MAX_ID}, ("parent", "unknown_parent")),
        ({"name": ""}, ("name", "required")),
        ({"name": "\u200b"}, ("name", "required")),
        ({"name": {"a": 1}}, ("name", "not_text")),
        ({"name": "n" * 81}, ("name", "too_long")),
        ({"name": "a\u202eb"}, ("name", "forbidden_character")),
        ({"name": SECRET}, ("name", "name_looks_like_email")),
        ({"text": ""}, ("text", "required")),
        ({"text": None}, ("text", "required")),
        ({"text": 5}, ("text", "not_text")),
        ({"text": "t" * (MAX_TEXT_CHARS + 1)}, ("text", "too_long")),
        ({"text": "a\x00b"}, ("text", "forbidden_character")),
        ({"text": "\udc80 lone"}, ("text", "forbidden_character")),
        ({"text": "a" + "\u0301" * 20}, ("text", "too_many_marks")),
    ],
)
def test_wrong_field_is_named(client: FlaskClient, overrides: dict[str, Any], error: tuple[str, str]) -> None:
    answer = post(client, **overrides)

    require_problem(answer, 422)
    assert errors_of(answer) == {error}


@pytest.mark.parametrize("name", ["site", "thread", "name", "email", "text"])
def test_missing_field_is_named(client: FlaskClient, name: str) -> None:
    answer = client.post(URL, json=without(name))

    require_problem(answer, 422)
    assert errors_of(answer) == {(name, "required")}


@pytest.mark.parametrize(
    "email",
    ["", "x", "canary@", "@canary.example", "a b@canary.example", 7, [SECRET], "canary@x\ny.example", "c" * 300],
)
def test_wrong_address_is_named_and_not_repeated(client: FlaskClient, email: object) -> None:
    answer = client.post(URL, json=factories.a_body(email=email))

    require_problem(answer, 422)
    assert {error["field"] for error in answer.json["errors"]} == {"email"}


def test_every_wrong_field_is_named_at_once(client: FlaskClient) -> None:
    answer = client.post(URL, json={"site": "demo"})

    assert {field for field, _ in errors_of(answer)} == {"thread", "name", "email", "text"}


def test_unknown_site_is_not_found(either_client: FlaskClient) -> None:
    require_problem(post(either_client, site="nowhere"), 404)


@pytest.mark.parametrize("status", ["pending", "elsewhere"])
def test_parent_has_to_be_public_in_the_thread(either_client: FlaskClient, store: Store, status: str) -> None:
    parent = factories.accept(store) if status == "pending" else factories.an_approved_comment(store, thread="other")

    answer = post(either_client, parent=parent.id)

    require_problem(answer, 422)
    assert errors_of(answer) == {("parent", "unknown_parent")}


BODY = json.dumps(factories.a_body(email=SECRET)).encode()


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        (b"", {"Content-Type": "application/json"}, 400),
        (b"null", {"Content-Type": "application/json"}, 400),
        (b"[]", {"Content-Type": "application/json"}, 400),
        (b"{" * 50_000, {"Content-Type": "application/json"}, 400),
        (b'{"text":NaN}', {"Content-Type": "application/json"}, 400),
        (b'{"text":"a","text":"b"}', {"Content-Type": "application/json"}, 400),
        (b"\xef\xbb\xbf" + BODY, {"Content-Type": "application/json"}, 400),
        (BODY.decode().encode("utf-16"), {"Content-Type": "application/json"}, 400),
        (BODY[:-1], {"Content-Type": "application/json"}, 400),
        (BODY, {}, 415),
        (BODY, {"Content-Type": ""}, 415),
        (BODY, {"Content-Type": "text/plain"}, 415),
        (BODY, {"Content-Type": "application/jsonp"}, 415),
        (BODY, {"Content-Type": "application/json; charset=utf-16"}, 415),
        (BODY, {"Content-Type": "application/json; charset=utf-7"}, 415),
        (BODY, {"Content-Type": "application/json", "Content-Encoding": "gzip"}, 415),
        (BODY, {"Content-Type": "application/json", "Content-Encoding": "br"}, 415),
        (BODY + b" " * MAX_BODY_BYTES, {"Content-Type": "application/json"}, 413),
        (b"site=demo&site=demo", {"Content-Type": "application/x-www-form-urlencoded"}, 400),
        (b"name=%ff", {"Content-Type": "application/x-www-form-urlencoded"}, 400),
        (b"name=\xff", {"Content-Type": "application/x-www-form-urlencoded"}, 400),
        (b"&a=" * 20_000, {"Content-Type": "application/x-www-form-urlencoded"}, 400),
        (b"a" * (MAX_BODY_BYTES + 1), {"Content-Type": "application/x-www-form-urlencoded"}, 413),
        (b"x", {"Content-Type": "multipart/form-data"}, 422),
        (b"x", {"Content-Type": "multipart/form-data; boundary=b"}, 422),
        (b"--b\r\n" + b"\r\n" * 20_000, {"Content-Type": "multipart/form-data; boundary=b"}, 422),
        (
            b'--b\r\nContent-Disposition: form-data; name="text"\r\n\r\ncaf\xe9\r\n--b--',
            {"Content-Type": "multipart/form-data; boundary=b"},
            400,
        ),
        (
            b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\nx\r\n' * 400 + b"--b--",
            {"Content-Type": "multipart/form-data; boundary=b"},
            413,
        ),
    ],
)
def test_body_that_cannot_be_read_is_refused(
    client: FlaskClient, body: bytes, headers: dict[str, str], status: int
) -> None:
    require_problem(client.post(URL, data=body, headers=headers), status)


@pytest.mark.parametrize("charset", ["utf-8", "UTF-8", "utf8"])
def test_utf_8_may_be_named(client: FlaskClient, charset: str) -> None:
    answer = client.post(URL, data=BODY, content_type=f"application/json; charset={charset}")

    assert answer.status_code == 202


def test_unread_files_in_a_form_do_no_harm(client: FlaskClient) -> None:
    answer = client.post(URL, data={"site": "demo", "name": (io.BytesIO(b"x" * 100), "name.txt")})

    require_problem(answer, 422)


def test_other_methods_are_named(client: FlaskClient) -> None:
    answer = client.delete(URL)

    require_problem(answer, 405)
    assert {"GET", "POST"} <= set(answer.headers["Allow"].split(", "))


def test_honeypot_and_time_reach_the_checks(client: FlaskClient, sqlite_store: Store, clock: Clock) -> None:
    # given a form that was open for seven seconds, with the field filled that nobody sees
    token = make_token(factories.ROOT_KEY, "demo", "border-strikes", clock.now)
    clock.now = clock.now.replace(second=7)

    answer = post(client, subject="buy", form_token=token)

    assert answer.status_code == 202
    (claimed,) = sqlite_store.pending.claim(clock.now, lease_seconds=60)
    assert (claimed.honeypot_filled, claimed.seconds_to_submit) == (True, 7)


@pytest.mark.parametrize("token", [None, "", "1.x", 5, ["a"], "9" * 50, "\udc80", "é.é", "12.\udc80"])
def test_forged_token_tells_nothing_and_refuses_nobody(client: FlaskClient, sqlite_store: Store, token: object) -> None:
    assert post(client, form_token=token).status_code == 202

    (claimed,) = sqlite_store.pending.claim(factories.NOW, lease_seconds=60)
    assert claimed.seconds_to_submit is None


def test_closed_database_answers_503_and_keeps_nothing(make_app: Callable[..., Flask], sqlite_store: Store) -> None:
    # given a reader who comes while another process has the database for itself
    factories.a_site(sqlite_store)
    client = make_app(sqlite_store).test_client()
    with sqlite_store.database.write():
        answer = post(client)

    require_problem(answer, 503)
    assert answer.headers["Retry-After"] == "5"
    assert sqlite_store.pending.oldest_at() is None
    assert post(client).status_code == 202


def test_receipt_link_uses_the_public_address(make_app: Callable[..., Flask], sqlite_store: Store) -> None:
    factories.a_site(sqlite_store)
    client = make_app(sqlite_store, public_url="https://comments.example/").test_client()

    answer = post(client)

    assert re.fullmatch(r"https://comments\.example/receipts/[\w-]{22}", answer.json["receipt_url"])
