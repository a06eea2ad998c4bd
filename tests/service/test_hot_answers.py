"""Hot answers: the same bytes without Flask, for everybody alike, and never a moment longer than they are true."""

import json
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from io import StringIO

import pytest
from flask import Flask, request
from flask.testing import FlaskClient
from sqlalchemy import text

from comments.roles import EVERY_SITE
from comments.status import Status
from comments.store import Store
from service.hot_answers import KEEP_SECONDS, MAX_ASKED_CHARS, MAX_KEPT
from tests import factories
from tests.service.conftest import SITE_ORIGIN, Clock

JSON = "/api/v1/comments?site=demo&thread=border-strikes"
PAGE = "/threads/demo?thread=border-strikes"
FRAGMENT = f"{PAGE}&format=fragment"


@pytest.fixture
def either_app(make_app: Callable[..., Flask], store: Store) -> Flask:
    """An application on each kind of database, with one comment in the thread."""
    factories.a_site(store, origins=(SITE_ORIGIN,))
    factories.an_approved_comment(store, text="The first one.")
    return make_app(store)


@pytest.fixture
def made(either_app: Flask) -> Counter[str]:
    """How often Flask answered, by path."""
    counted: Counter[str] = Counter()

    @either_app.before_request
    def count() -> None:
        counted[request.path] += 1

    return counted


@pytest.fixture
def reader(either_app: Flask) -> FlaskClient:
    """A client without cookies."""
    return either_app.test_client(use_cookies=False)


@pytest.mark.parametrize("url", [JSON, PAGE, FRAGMENT])
def test_the_same_answer_is_made_once(reader: FlaskClient, made: Counter[str], url: str) -> None:
    first, again = reader.get(url), reader.get(url)

    assert made.total() == 1
    assert (first.status_code, first.data) == (again.status_code, again.data)
    assert b"The first one." in again.data
    one, other = (dict(each.headers) for each in (first, again))
    assert one.pop("X-Request-Id") != other.pop("X-Request-Id")
    assert one == other


@pytest.mark.parametrize("url", [JSON, PAGE])
def test_what_is_decided_shows_at_once(reader: FlaskClient, store: Store, url: str) -> None:
    reader.get(url)
    second = factories.an_approved_comment(store, text="The second one.")
    assert b"The second one." in reader.get(url).data

    card = store.desk.card(second.id, now=factories.NOW, scope=EVERY_SITE)
    moderator = factories.a_moderator(store)
    store.desk.decide(
        second.id, Status.REJECTED, version=card.version, moderator_id=moderator.id, now=factories.NOW, scope=EVERY_SITE
    )
    assert b"The second one." not in reader.get(url).data


def test_a_thread_nobody_wrote_in_is_hot_until_somebody_does(
    reader: FlaskClient, made: Counter[str], store: Store
) -> None:
    url = "/api/v1/comments?site=demo&thread=new"
    assert [reader.get(url).json["total"] for _ in range(3)] == [0, 0, 0]
    assert made.total() == 1

    factories.an_approved_comment(store, thread="new")

    assert reader.get(url).json["total"] == 1


def test_it_is_made_anew_after_a_moment(reader: FlaskClient, made: Counter[str], clock: Clock) -> None:
    reader.get(PAGE)
    clock.now += timedelta(seconds=KEEP_SECONDS)
    reader.get(PAGE)

    assert made.total() == 2


def test_each_tag_has_its_own_answer(reader: FlaskClient, store: Store) -> None:
    tag = reader.get(JSON).headers["ETag"]
    for _ in range(2):
        assert reader.get(JSON, headers={"If-None-Match": tag}).status_code == 304
        assert reader.get(JSON, headers={"If-None-Match": '"other"'}).status_code == 200
        assert reader.get(JSON).status_code == 200

    factories.an_approved_comment(store)

    assert reader.get(JSON, headers={"If-None-Match": tag}).status_code == 200


def test_each_origin_has_its_own_answer(reader: FlaskClient) -> None:
    name = "Access-Control-Allow-Origin"
    for _ in range(2):
        assert reader.get(JSON, headers={"Origin": SITE_ORIGIN}).headers[name] == SITE_ORIGIN
        assert name not in reader.get(JSON, headers={"Origin": "https://evil.example"}).headers
        assert name not in reader.get(JSON).headers


def test_each_host_has_its_own_links(reader: FlaskClient) -> None:
    for _ in range(2):
        for host in ("one.example", "two.example"):
            page = reader.get(FRAGMENT, headers={"Host": host}).text
            assert f"http://{host}/" in page


@pytest.mark.parametrize("header", [{"Cookie": "replydesk_session=x"}, {"Authorization": "Basic eDp5"}])
def test_who_may_be_somebody_is_answered_anew(reader: FlaskClient, made: Counter[str], header: dict[str, str]) -> None:
    for _ in range(2):
        reader.get(PAGE, headers=header)

    assert made.total() == 2


def test_own_comment_is_nobody_elses(reader: FlaskClient, made: Counter[str], store: Store) -> None:
    token = factories.receipt_of(factories.a_held_comment(store, text="Only for me."))
    for _ in range(2):
        answer = reader.get(f"{PAGE}&replydesk={token}")
        assert "Only for me." in answer.text
        assert answer.headers["Cache-Control"] == "no-store"

    assert made.total() == 2
    assert "Only for me." not in reader.get(PAGE).text


@pytest.mark.parametrize("url", ["/healthz", "/api/v1/comments?site=demo", "/api/v1/comments?site=nowhere&thread=a"])
def test_other_answers_and_refusals_are_made_anew(reader: FlaskClient, made: Counter[str], url: str) -> None:
    for _ in range(2):
        reader.get(url)

    assert made.total() == 2


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS"])
def test_other_methods_are_made_anew(reader: FlaskClient, made: Counter[str], method: str) -> None:
    reader.get(JSON)
    before = made.total()

    assert reader.open(JSON, method=method).data == b""
    assert made.total() == before + 1


def test_each_has_its_line_in_the_log(reader: FlaskClient, log: StringIO) -> None:
    answers = [reader.get(PAGE) for _ in range(3)]

    lines = [json.loads(line) for line in log.getvalue().splitlines()]
    assert [line["request_id"] for line in lines] == [each.headers["X-Request-Id"] for each in answers]
    assert {(line["event"], line["method"], line["route"], line["status"]) for line in lines} == {
        ("request", "GET", "/threads/<site_key>", 200)
    }
    assert len({frozenset(line) for line in lines}) == 1


def test_nobody_fills_the_memory(reader: FlaskClient, either_app: Flask, made: Counter[str]) -> None:
    for number in range(MAX_KEPT + 10):
        reader.get(f"{JSON}&x={number}")
    reader.get(f"{JSON}&x={'x' * MAX_ASKED_CHARS}")
    before = made.total()

    assert len(either_app.wsgi_app._recent._made) == MAX_KEPT  # type: ignore[attr-defined]  # ours
    reader.get(f"{JSON}&x={'x' * MAX_ASKED_CHARS}")
    assert made.total() == before + 1


@pytest.fixture
def damaged(sqlite_store: Store) -> Callable[[], None]:
    """Take the table of threads away, as a restore that went wrong might."""

    def damage() -> None:
        with sqlite_store.database.write() as connection:
            connection.execute(text("ALTER TABLE threads RENAME TO gone"))

    return damage


def test_nothing_old_is_given_while_the_database_cannot_be_asked(
    client: FlaskClient, sqlite_store: Store, damaged: Callable[[], None]
) -> None:
    factories.an_approved_comment(sqlite_store)
    assert client.get(JSON).status_code == 200
    damaged()

    assert client.get(JSON).status_code >= 500
