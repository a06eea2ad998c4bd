"""A story that is overrun: the form says that comments are read first, and fewer go in until it is over."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update
from werkzeug.test import TestResponse

from comments import schema
from comments.store import Store
from service.slow_down import MOST_REMEMBERED, REMEMBERED_SECONDS, SlowDown
from tests import factories
from tests.service.conftest import Clock

URL = "/threads/demo?thread=border-strikes"
SAID = "Comments here are read before they are published just now"


def burst(store: Store, until: datetime | None) -> None:
    with store.database.write() as connection:
        connection.execute(update(schema.threads).values(burst_until=until, version=schema.threads.c.version + 1))


@pytest.fixture
def limited(make_app: Callable[..., Flask], sqlite_store: Store) -> FlaskClient:
    factories.a_site(sqlite_store)
    return make_app(sqlite_store, rate_limits=True).test_client()


def post(client: FlaskClient, author: str, thread: str = "border-strikes") -> TestResponse:
    body = factories.a_body(email=f"{author}@example.org", thread=thread)
    return client.post("/api/v1/comments", json=body)


def test_the_form_says_so_while_it_lasts_and_not_afterwards(
    client: FlaskClient, sqlite_store: Store, clock: Clock
) -> None:
    factories.an_approved_comment(sqlite_store)
    assert SAID not in client.get(URL).text

    burst(sqlite_store, clock.now + timedelta(minutes=10))
    assert SAID in client.get(URL).text
    assert client.get("/api/v1/comments?site=demo&thread=border-strikes").get_json()["is_burst"] is True

    clock.now += timedelta(minutes=11)
    assert SAID not in client.get(URL).text


def test_each_author_writes_once_a_minute_to_a_story_that_is_overrun(
    limited: FlaskClient, sqlite_store: Store, clock: Clock
) -> None:
    factories.accept(sqlite_store)
    burst(sqlite_store, clock.now + timedelta(minutes=10))

    first = [post(limited, "ada").status_code for _ in range(2)]
    again = post(limited, "ada")

    assert first == [202, 202], "the first comment is how this process learns of it"
    assert (again.status_code, int(again.headers["Retry-After"]) > 0) == (429, True)
    assert post(limited, "ben").status_code == 202
    assert post(limited, "ben", "harvest").status_code == 202, "other stories go on as before"


def test_a_repeat_does_not_end_it_for_the_others(limited: FlaskClient, sqlite_store: Store, clock: Clock) -> None:
    # given: a story that is overrun, and two authors of whom one has written to it since
    factories.accept(sqlite_store)
    burst(sqlite_store, clock.now + timedelta(minutes=10))
    first = factories.a_body(email="ada@example.org")
    assert limited.post("/api/v1/comments", json=first).status_code == 202
    assert post(limited, "ben").status_code == 202

    # when: the first comment is sent once more
    again = limited.post("/api/v1/comments", json=first)

    # then
    assert again.status_code == 202, "else this proves nothing"
    assert post(limited, "ben").status_code == 429


def test_a_burst_that_was_ended_by_hand_is_soon_forgotten(now: datetime) -> None:
    slow = SlowDown()
    slow.learn("demo", "a", now + timedelta(hours=1), now)

    assert slow.lasts("demo", "a", now)
    assert not slow.lasts("demo", "b", now)
    assert not slow.lasts("other", "a", now)
    assert not slow.lasts("demo", "a", now + timedelta(seconds=REMEMBERED_SECONDS))
    slow.learn("demo", "a", None, now)
    assert not slow.lasts("demo", "a", now)


def test_what_is_remembered_has_an_end(now: datetime) -> None:
    slow = SlowDown()
    for number in range(MOST_REMEMBERED + 5):
        slow.learn("demo", str(number), now + timedelta(hours=1), now)

    assert not slow.lasts("demo", "4", now)
    assert slow.lasts("demo", "5", now)
