"""A rotation of the root key at the door: readers notice nothing, and nobody learns who is known."""

from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from comments.identity import RootKey, author_keys
from comments.store import Store
from service.parts import attach
from tests import factories
from tests.service.conftest import SITE_ORIGIN

ROTATED = RootKey(b"the second key of them, 32 bytes", others=(factories.ROOT_KEY,))
POST = "/api/v1/comments"


def rotate(app: Flask) -> FlaskClient:
    """Start the application anew after a rotation."""
    attach(app, replace(app.extensions["replydesk"], key=ROTATED))
    return app.test_client()


def post(client: FlaskClient, body: dict[str, object], **headers: str) -> TestResponse:
    return client.post(POST, json=body, headers={"Origin": SITE_ORIGIN, **headers})


@pytest.mark.parametrize("headers", [{}, {"Idempotency-Key": "one"}])
def test_retry_gets_its_comment_and_a_link_that_opens(app: Flask, headers: dict[str, str]) -> None:
    body = factories.a_body()
    first = post(app.test_client(), body, **headers)

    client = rotate(app)
    again = post(client, body, **headers)

    assert first.status_code == again.status_code == 202
    assert again.json == first.json
    link = again.json["receipt_url"].split("/", 3)[3]
    assert client.get(f"/{link}", headers={"Accept": "application/json"}).json["id"] == first.json["id"]


def test_device_is_remembered(app: Flask, sqlite_store: Store) -> None:
    first = post(app.test_client(), {**factories.a_body(), "remember": True})
    token = first.json["device_token"]

    kept = post(rotate(app), {**factories.a_body(), "remember": True}, **{"Replydesk-Device": token})

    assert kept.json["device_token"] == token


def test_known_banned_and_new_addresses_get_the_same_answer(app: Flask, sqlite_store: Store) -> None:
    for address in ("known@example.org", "banned@example.org"):
        post(app.test_client(), factories.a_body(email=address))
    keys = author_keys("banned@example.org", "demo", factories.ROOT_KEY)
    assert keys is not None
    sqlite_store.bans.add(factories.a_site(sqlite_store).id, keys, until=None, now=factories.NOW)
    client = rotate(app)

    answers = [post(client, factories.a_body(email=f"{who}@example.org")) for who in ("known", "banned", "fresh")]

    assert {answer.status_code for answer in answers} == {202}
    assert len({tuple(sorted(answer.headers.keys())) for answer in answers}) == 1
    assert len({len(answer.data) for answer in answers}) == 1
    assert {answer.json["status"] for answer in answers} == {"pending"}
