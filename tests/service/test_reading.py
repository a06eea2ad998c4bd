"""Reading threads as JSON: only what is public, nested, with a tag that changes when it does."""

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, event

from comments.roles import EVERY_SITE
from comments.status import Status
from comments.store import Store
from comments.store.records import Conversation, PublicComment, ThreadPage
from comments.store.threads import Order
from service.thread_json import MAX_JSON_DEPTH, Asked, make
from tests import factories
from tests.service.conftest import SITE_ORIGIN

URL = "/api/v1/comments?site=demo&thread=border-strikes"


@pytest.fixture
def either_client(make_app: Callable[..., Flask], store: Store) -> FlaskClient:
    """A client of an application on each kind of database."""
    factories.a_site(store, origins=(SITE_ORIGIN,))
    return make_app(store).test_client()


def shape(comments: list[dict[str, Any]]) -> list[Any]:
    """Ids with their replies, and nothing else."""
    return [(comment["id"], shape(comment["replies"])) for comment in comments]


def test_replies_stand_inside_what_they_answer(either_client: FlaskClient, store: Store) -> None:
    first = factories.an_approved_comment(store)
    reply = factories.an_approved_comment(store, parent=first.id)
    deep = factories.an_approved_comment(store, parent=reply.id)
    late = factories.an_approved_comment(store, parent=first.id)
    second = factories.an_approved_comment(store)

    found = either_client.get(f"{URL}&sort=oldest").json

    assert shape(found["comments"]) == [(first.id, [(reply.id, [(deep.id, [])]), (late.id, [])]), (second.id, [])]
    assert found["total"] == 5
    assert shape(either_client.get(URL).json["comments"])[0] == (second.id, [])


def test_only_approved_comments_are_shown(either_client: FlaskClient, store: Store) -> None:
    shown = factories.an_approved_comment(store)
    factories.accept(store, text="Pending words")
    factories.a_held_comment(store, text="Held words")
    factories.a_rejected_comment(store, text="Rejected words")

    answer = either_client.get(URL)

    assert shape(answer.json["comments"]) == [(shown.id, [])]
    assert "words" not in answer.text


def test_comment_taken_back_leaves_a_place_without_its_words(client: FlaskClient, sqlite_store: Store) -> None:
    # given a comment that was answered and then rejected by a moderator
    first = factories.an_approved_comment(sqlite_store, name="Gone Person", text="Gone words")
    factories.an_approved_comment(sqlite_store, parent=first.id)
    card = sqlite_store.desk.card(first.id, now=factories.NOW, scope=EVERY_SITE)
    moderator = factories.a_moderator(sqlite_store)
    sqlite_store.desk.decide(
        first.id, Status.REJECTED, version=card.version, moderator_id=moderator.id, now=factories.NOW, scope=EVERY_SITE
    )

    answer = client.get(URL)

    assert answer.json["comments"][0]["is_gone"] is True
    assert len(answer.json["comments"][0]["replies"]) == 1
    assert "Gone" not in answer.text


def test_address_in_a_text_is_masked(client: FlaskClient, sqlite_store: Store) -> None:
    factories.an_approved_comment(sqlite_store, text="Write to zaynab@canary.example please")

    assert "canary" not in client.get(URL).text


def test_pages_hold_every_conversation_once(client: FlaskClient, sqlite_store: Store) -> None:
    made = [factories.an_approved_comment(sqlite_store).id for _ in range(53)]

    first = client.get(f"{URL}&sort=oldest").json
    second = client.get(f"{URL}&sort=oldest&after={first['next_after']}").json

    assert [comment["id"] for comment in first["comments"] + second["comments"]] == made
    assert second["next_after"] is None


def test_tag_saves_the_body_until_something_changes(client: FlaskClient, sqlite_store: Store) -> None:
    factories.an_approved_comment(sqlite_store)
    first = client.get(URL)

    # the same asked again costs nothing
    same = client.get(URL, headers={"If-None-Match": first.headers["ETag"]})
    assert (same.status_code, same.data) == (304, b"")
    assert same.headers["ETag"] == first.headers["ETag"]
    # another question has another tag
    assert client.get(f"{URL}&sort=oldest").headers["ETag"] != first.headers["ETag"]
    # and so has the same one after a change
    factories.an_approved_comment(sqlite_store)
    changed = client.get(URL, headers={"If-None-Match": first.headers["ETag"]})
    assert changed.status_code == 200
    assert changed.json["total"] == 2


def test_answer_may_be_shared_and_knows_no_cookie(client: FlaskClient, sqlite_store: Store) -> None:
    factories.an_approved_comment(sqlite_store)

    answer = client.get(URL, headers={"Cookie": "session=x"})

    assert answer.headers["Cache-Control"] == "public, max-age=5, stale-while-revalidate=30"
    assert answer.headers["Vary"] == "Origin"
    assert "Set-Cookie" not in answer.headers


def test_thread_nobody_wrote_in_is_empty(client: FlaskClient) -> None:
    found = client.get("/api/v1/comments?site=demo&thread=new").json

    assert (found["total"], found["comments"], found["next_after"]) == (0, [], None)


def test_long_chain_of_replies_is_answered() -> None:
    # given a chain that is deeper than JSON readers like
    chain = tuple(PublicComment(n, n - 1, "Ada", "Words", factories.NOW) for n in range(2, 131))
    conversation = Conversation(PublicComment(1, None, "Ada", "Words", factories.NOW), chain, reply_count=129)
    page = ThreadPage(1, "", "", 1, is_closed=False, total=130, conversations=(conversation,), next_after=None)

    found = json.loads(make(Asked("demo", "a", Order.NEWEST, None, None, 1), page).body)

    depth, comments = 0, found["comments"]
    while comments:
        depth, deepest, comments = depth + 1, comments, comments[0]["replies"]
    assert depth == MAX_JSON_DEPTH + 1
    assert [comment["id"] for comment in deepest] == list(range(MAX_JSON_DEPTH + 1, 131))
    assert [comment["parent"] for comment in deepest] == list(range(MAX_JSON_DEPTH, 130))


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ("", 400, "bad_thread"),
        ("site=demo", 400, "bad_thread"),
        ("site=demo&thread=%20", 400, "bad_thread"),
        (f"site=demo&thread={'k' * 201}", 400, "bad_thread"),
        ("site=demo&thread=ada@example.org", 400, "bad_thread"),
        ("site=demo&thread=/news%3Freader%3Dada%2540example.org", 400, "bad_thread"),
        ("thread=a", 404, "unknown_site"),
        ("site=nowhere&thread=a", 404, "unknown_site"),
        ("site=%00&thread=a", 404, "unknown_site"),
        ("site=demo&thread=a&sort=best", 400, "bad_sort"),
        ("site=demo&thread=a&after=x", 400, "bad_cursor"),
        ("site=demo&thread=a&after=-1", 400, "bad_cursor"),
        ("site=demo&thread=a&after=²", 400, "bad_cursor"),
        (f"site=demo&thread=a&after={'9' * 99}", 400, "bad_cursor"),
    ],
)
def test_question_that_makes_no_sense_is_refused(client: FlaskClient, query: str, status: int, code: str) -> None:
    answer = client.get(f"/api/v1/comments?{query}")

    assert (answer.status_code, answer.json["code"]) == (status, code)


@pytest.mark.parametrize("key", ["%00", "%ED%A0%80", "%FF", "%F0%9F%98%80", "'", "a%0d%0ab", "%25%00"])
def test_strange_thread_keys_are_empty_or_refused(either_client: FlaskClient, key: str) -> None:
    assert either_client.get(f"/api/v1/comments?site=demo&thread={key}").status_code in {200, 400}
    assert either_client.get(f"/threads/demo?thread={key}").status_code in {200, 400}
    assert either_client.get(f"/threads/{key}?thread=a").status_code == 404
    assert either_client.get(f"/receipts/{key}").status_code == 404


def test_counts_name_every_thread_that_was_asked_for(either_client: FlaskClient, store: Store) -> None:
    factories.an_approved_comment(store)
    factories.a_held_comment(store)

    answer = either_client.post("/api/v1/counts", json={"site": "demo", "threads": ["border-strikes", "other"]})

    assert answer.json == {"counts": {"border-strikes": 1, "other": 0}}


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"site": "nowhere", "threads": ["a"]}, 404),
        ({"threads": ["a"]}, 422),
        ({"site": 1, "threads": ["a"]}, 422),
        ({"site": "demo"}, 422),
        ({"site": "demo", "threads": "a"}, 422),
        ({"site": "demo", "threads": []}, 422),
        ({"site": "demo", "threads": [1]}, 422),
        ({"site": "demo", "threads": [""]}, 422),
        ({"site": "demo", "threads": ["\x00"]}, 422),
        ({"site": "demo", "threads": ["\ud800"]}, 422),
        ({"site": "demo", "threads": ["a"] * 101}, 422),
    ],
)
def test_counts_refuse_what_makes_no_sense(client: FlaskClient, body: dict[str, object], status: int) -> None:
    assert client.post("/api/v1/counts", json=body).status_code == status


def test_counts_can_be_kept_by_a_cache(either_client: FlaskClient, store: Store) -> None:
    factories.an_approved_comment(store)
    url = "/api/v1/counts?site=demo&thread=border-strikes&thread=other"

    answer = either_client.get(url, headers={"Origin": SITE_ORIGIN})

    assert answer.json == {"counts": {"border-strikes": 1, "other": 0}}
    assert answer.headers["Cache-Control"] == "public, max-age=5, stale-while-revalidate=30"
    assert answer.headers["Access-Control-Allow-Origin"] == SITE_ORIGIN
    same = either_client.get(url, headers={"If-None-Match": answer.headers["ETag"]})
    assert (same.status_code, same.data) == (304, b"")
    factories.an_approved_comment(store)
    assert (
        either_client.get(url, headers={"If-None-Match": answer.headers["ETag"]}).json["counts"]["border-strikes"] == 2
    )


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("site=demo", 400),
        ("site=demo&thread=", 400),
        ("site=demo&thread=a&thread=%00", 400),
        (f"site=demo&thread={'k' * 201}", 400),
        ("site=demo&thread=a&thread=ada@example.org", 400),
        (f"site=demo{'&thread=a' * 101}", 400),
        ("thread=a", 404),
        ("site=nowhere&thread=a", 404),
    ],
)
def test_kept_counts_refuse_what_makes_no_sense(client: FlaskClient, query: str, status: int) -> None:
    answer = client.get(f"/api/v1/counts?{query}")

    assert (answer.status_code, answer.headers["Cache-Control"]) == (status, "no-store")


def test_counts_may_be_asked_for_from_the_site(client: FlaskClient) -> None:
    asked = {"Origin": SITE_ORIGIN, "Access-Control-Request-Method": "POST"}
    preflight = client.options("/api/v1/counts", headers=asked)

    assert preflight.headers["Access-Control-Allow-Origin"] == SITE_ORIGIN
    assert "Content-Type" in preflight.headers["Access-Control-Allow-Headers"]
    assert int(preflight.headers["Access-Control-Max-Age"]) >= 600


@pytest.mark.parametrize("key", ["zaynab@canary.example", "/news?reader=zaynab%40canary.example"])
@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/comments?site=demo&thread={}",
        "/api/v1/counts?site=demo&thread={}",
        "/threads/demo?thread={}",
        "/feeds/demo.atom?thread={}",
        "/isso/demo/?uri={}",
    ],
)
def test_key_with_an_address_is_not_asked_for(client: FlaskClient, sqlite_store: Store, path: str, key: str) -> None:
    """A database may log what it is asked."""
    asked: list[str] = []

    def note(*arguments: object) -> None:
        asked.append(f"{arguments[2]} {arguments[3]}")

    event.listen(Engine, "before_cursor_execute", note)
    try:
        sound = client.get(path.format("border-strikes"))
        refused = client.get(path.format(quote(key)))
    finally:
        event.remove(Engine, "before_cursor_execute", note)

    assert (sound.status_code, refused.status_code) == (200, 400)
    assert "canary" not in refused.text
    assert [each for each in asked if "border-strikes" in each], "else this proves nothing"
    assert not [each for each in asked if "canary" in each]
