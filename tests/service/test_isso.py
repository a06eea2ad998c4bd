"""Isso's calls: its shapes, its statuses, its escaping; and the one way in."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from comments.store import Store
from comments.submission import MAX_TEXT_CHARS
from service.isso_answers import CONFIG
from service.isso_query import MAX_CONVERSATIONS
from tests import factories
from tests.service.conftest import SITE_ORIGIN

URI = "/2026/05/strikes/"
READ = f"/isso/demo/?uri={URI}"
NEW = f"/isso/demo/new?uri={URI}"
# All that Isso gives out of a comment.
FIELDS = {
    "id",
    "parent",
    "text",
    "author",
    "website",
    "mode",
    "created",
    "modified",
    "likes",
    "dislikes",
    "hash",
    "notification",
}


@pytest.fixture
def either_client(make_app: Callable[..., Flask], store: Store) -> FlaskClient:
    """A client of an application on each kind of database."""
    factories.a_site(store, origins=(SITE_ORIGIN,))
    return make_app(store).test_client()


def make(store: Store, **overrides: object) -> int:
    return factories.an_approved_comment(store, thread=URI, **overrides).id


def body(**overrides: object) -> dict[str, Any]:
    """Return a comment as Isso's own client sends it."""
    sent = {"author": "Ada", "email": "zaynab@canary.example", "website": None, "text": "Thank you."}
    return {**sent, "parent": None, "title": None, "notification": 0, **overrides}


def require_message(answer: TestResponse, status: int) -> None:
    assert answer.status_code == status, answer.text
    assert list(answer.json) == ["message"]
    assert answer.headers["Cache-Control"] == "no-store"
    assert "canary" not in answer.text


def test_thread_has_isso_shape(either_client: FlaskClient, store: Store) -> None:
    first = make(store, name="Ọlá <b>", text="One <i>\n\nTwo, says x@canary.example")
    reply = make(store, parent=first)
    deep = make(store, parent=reply)
    factories.a_held_comment(store, thread=URI, text="Held words")

    answer = either_client.get(READ)

    found = answer.json
    assert list(found) == ["id", "total_replies", "hidden_replies", "replies", "config"]
    assert (found["id"], found["total_replies"], found["hidden_replies"]) == (None, 3, 0)
    assert found["config"] == CONFIG == either_client.get("/isso/demo/config").json["config"]
    [shown] = found["replies"]
    assert set(shown) == FIELDS | {"total_replies", "hidden_replies", "replies"}
    assert (shown["author"], shown["website"], shown["mode"]) == ("Ọlá &lt;b&gt;", None, 1)
    assert shown["text"].startswith("<p>One &lt;i&gt;</p>\n<p>Two")
    assert shown["created"] == factories.NOW.timestamp()
    assert [(each["id"], each["parent"]) for each in shown["replies"]] == [(reply, first), (deep, first)]
    assert set(shown["replies"][0]) == FIELDS
    assert "canary" not in answer.text
    assert "Held" not in answer.text


def test_parts_say_how_much_is_hidden(either_client: FlaskClient, store: Store) -> None:
    roots = [make(store) for _ in range(3)]
    replies = [make(store, parent=roots[0]) for _ in range(3)]

    def part(query: str) -> tuple[list[int], int, int]:
        found = either_client.get(f"{READ}&{query}").json
        return [each["id"] for each in found["replies"]], found["total_replies"], found["hidden_replies"]

    assert part("limit=2") == (roots[:2], 6, 1)
    assert part("limit=2&offset=2") == (roots[2:], 6, 0)
    assert part("limit=0") == ([], 6, 3)
    assert part("sort=newest&limit=1") == (roots[2:], 6, 2)
    assert part(f"parent={roots[0]}&limit=1&offset=1") == (replies[1:2], 3, 1)
    nested = either_client.get(f"{READ}&nested_limit=1").json["replies"][0]
    assert (nested["total_replies"], nested["hidden_replies"]) == (3, 2)
    assert [each["id"] for each in nested["replies"]] == replies[:1]
    later = (factories.NOW + timedelta(seconds=1)).timestamp()
    assert part(f"after={later}") == ([], 6, 3)


def test_no_client_gets_everything_at_once(client: FlaskClient, sqlite_store: Store) -> None:
    for _ in range(MAX_CONVERSATIONS + 2):
        make(sqlite_store)

    found = client.get(f"{READ}&limit=100000").json

    assert (len(found["replies"]), found["hidden_replies"]) == (MAX_CONVERSATIONS, 2)


def test_hash_is_of_the_name_in_this_thread_and_of_no_address(client: FlaskClient, sqlite_store: Store) -> None:
    for name, email in (("Ada", "a@one.example"), ("Ada", "b@two.example"), ("Bola", "a@one.example")):
        make(sqlite_store, name=name, email=email)
    factories.an_approved_comment(sqlite_store, thread="/other/", name="Ada", email="a@one.example")

    here = [each["hash"] for each in client.get(READ).json["replies"]]
    [there] = [each["hash"] for each in client.get("/isso/demo/?uri=/other/").json["replies"]]

    assert here[0] == here[1]
    assert len({here[0], here[2], there}) == 3
    assert all(len(each) == 12 and int(each, 16) for each in (*here, there))


def test_sent_comment_is_kept_and_waits(either_client: FlaskClient, store: Store) -> None:
    first = make(store)

    answer = either_client.post(
        NEW, json=body(author="Ọlá <b>", parent=first, title="Strikes"), headers={"Origin": SITE_ORIGIN}
    )

    assert answer.status_code == 202, answer.text
    assert set(answer.json) == FIELDS
    assert (answer.json["mode"], answer.json["parent"], answer.json["author"]) == (2, first, "Ọlá &lt;b&gt;")
    assert answer.json["text"] == "<p>Thank you.</p>"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in answer.headers
    assert "X-Set-Cookie" not in answer.headers
    receipt = store.receipts.find(answer.headers["Location"].rpartition("/")[2])
    assert receipt is not None
    assert (receipt.comment_id, receipt.name, receipt.text) == (answer.json["id"], "Ọlá <b>", "Thank you.")
    assert receipt.thread_url == f"https://news.example/{URI}", "the first comment named it"


def test_first_comment_of_a_page_says_where_that_is(client: FlaskClient, sqlite_store: Store) -> None:
    answer = client.post(NEW, json=body(title="Strikes"), headers={"Origin": SITE_ORIGIN})

    receipt = sqlite_store.receipts.find(answer.headers["Location"].rpartition("/")[2])
    assert receipt is not None
    assert (receipt.thread_url, receipt.thread_title) == (SITE_ORIGIN + URI, "Strikes")
    for uri in ("chosen-id", "https://evil.example/x", "/with%20blank", "//evil.example/x"):
        answer = client.post(f"/isso/demo/new?uri={uri}", json=body())
        receipt = sqlite_store.receipts.find(answer.headers["Location"].rpartition("/")[2])
        assert receipt is not None
        assert receipt.thread_url in {"", f"{SITE_ORIGIN}//evil.example/x"}, uri


def test_sent_twice_is_one_comment(client: FlaskClient) -> None:
    first, second = (client.post(NEW, json=body()) for _ in range(2))

    assert first.json == second.json


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"author": None}, 400),
        ({"email": None}, 400),
        ({"email": "no address canary"}, 400),
        ({"email": ["zaynab@canary.example"]}, 400),
        ({"author": "zaynab@canary.example"}, 400),
        ({"text": ""}, 400),
        ({"text": None}, 400),
        ({"text": "\ud800"}, 400),
        ({"text": "a\x00b"}, 400),
        ({"text": "x" * 5001}, 400),
        ({"parent": 99}, 400),
        ({"parent": "x"}, 400),
        ({"title": {}}, 400),
    ],
)
def test_comment_that_cannot_be_kept_is_refused(client: FlaskClient, change: dict[str, Any], status: int) -> None:
    require_message(client.post(NEW, json=body(**change)), status)


def test_only_json_is_taken(client: FlaskClient) -> None:
    form = {"author": "Ada", "email": "zaynab@canary.example", "text": "x"}

    require_message(client.post(NEW, data=form), 403)
    require_message(client.post(NEW, data="{}", content_type="text/plain"), 403)
    require_message(client.post(NEW, data="{}"), 403)
    require_message(client.post(NEW, data="{", content_type="application/json"), 400)
    require_message(client.post(NEW, data="[]", content_type="application/json"), 400)
    require_message(client.post("/isso/demo/count", data="[]", content_type="text/plain"), 403)


def test_closed_thread_and_limits_are_told(make_app: Callable[..., Flask], sqlite_store: Store) -> None:
    factories.a_site(sqlite_store, close_after_days=1)
    make(sqlite_store, now=factories.NOW - timedelta(days=3))
    client = make_app(sqlite_store, rate_limits=True).test_client()

    require_message(client.post(NEW, json=body()), 403)
    answers = [client.post("/isso/demo/new?uri=/open/", json=body(text=f"Part {part}")) for part in range(4)]
    require_message(answers[-1], 429)
    assert int(answers[-1].headers["Retry-After"]) > 0


def test_counts_stand_in_the_order_asked_for(either_client: FlaskClient, store: Store) -> None:
    make(store)
    make(store)
    factories.a_held_comment(store, thread="/held/")

    def count(*uris: object) -> TestResponse:
        return either_client.post("/isso/demo/count", json=list(uris))

    assert count("/held/", URI, "/new/", URI).json == [0, 2, 0, 2]
    assert count("", "\x00", "k" * 300, "zaynab@canary.example").json == [0, 0, 0, 0]
    assert count().json == []
    require_message(count(1), 400)
    require_message(count(*["a"] * 101), 400)
    require_message(either_client.post("/isso/demo/count", json={"a": 1}), 400)


def test_preview_is_escaped(client: FlaskClient) -> None:
    assert client.post("/isso/demo/preview", json={"text": "<b>"}).json == {"text": "<p>&lt;b&gt;</p>"}
    assert client.post("/isso/demo/preview", json={"text": ""}).json == {"text": ""}
    require_message(client.post("/isso/demo/preview", json={"text": 1}), 400)


@pytest.mark.parametrize("text", ["\ud800", "a\x00b", "x" * (MAX_TEXT_CHARS + 1)])
def test_preview_refuses_what_could_not_be_posted(client: FlaskClient, text: str) -> None:
    require_message(client.post(NEW, json=body(text=text)), 400)

    require_message(client.post("/isso/demo/preview", json={"text": text}), 400)


@pytest.mark.parametrize(
    "query",
    [
        "",
        "uri=",
        f"uri={'k' * 201}",
        "uri=/zaynab@canary.example",
        "uri=/a&sort=best",
        "uri=/a&limit=x",
        "uri=/a&limit=-1",
        "uri=/a&offset=²",
        "uri=/a&offset=10001",
        f"uri=/a&offset={'9' * 5000}",
        "uri=/a&parent=x",
        "uri=/a&nested_limit=1.5",
        "uri=/a&after=nan",
        "uri=/a&after=inf",
        "uri=/a&after=-1",
        "uri=/a&after=1e99",
    ],
)
def test_question_that_makes_no_sense_is_refused(client: FlaskClient, query: str) -> None:
    require_message(client.get(f"/isso/demo/?{query}"), 400)


def test_there_is_one_prefix_for_each_site(client: FlaskClient) -> None:
    for site in ("nobody", "%00", "%ED%A0%80"):
        for method, path in (("GET", "?uri=/a"), ("GET", "config"), ("POST", "new?uri=/a"), ("POST", "count")):
            require_message(client.open(f"/isso/{site}/{path}", method=method, json={}), 404)
    assert client.get("/isso/demo?uri=/a&email=x@canary.example").status_code == 200, "no redirect that repeats it"


def test_client_on_the_site_may_read_as_it_asks(client: FlaskClient, sqlite_store: Store) -> None:
    """Isso's clients ask for everything with credentials, which a browser only allows when it is said."""
    factories.a_site(sqlite_store, "other", origins=("https://other.example",))
    asked = {
        "Origin": SITE_ORIGIN,
        "Access-Control-Request-Method": "GET",
        "Access-Control-Request-Headers": "content-type",
    }
    answers = [
        client.options(READ, headers=asked),
        client.get(READ, headers=asked),
        client.get("/isso/demo/", headers=asked),
    ]
    answers.append(client.post(NEW, json=body(), headers=asked))

    for answer in answers:
        assert answer.headers["Access-Control-Allow-Origin"] == SITE_ORIGIN
        assert answer.headers["Access-Control-Allow-Credentials"] == "true"
        assert {"Date", "X-Set-Cookie"} <= set(answer.headers["Access-Control-Expose-Headers"].split(", "))
        assert "Origin" in answer.headers["Vary"]
    assert "Content-Type" in answers[0].headers["Access-Control-Allow-Headers"]
    for origin in ("https://other.example", "https://evil.example", "null"):
        refused = client.get(READ, headers={"Origin": origin})
        assert "Access-Control-Allow-Origin" not in refused.headers
        assert "Access-Control-Allow-Credentials" not in refused.headers


def test_tag_saves_the_body_until_something_changes(client: FlaskClient, sqlite_store: Store) -> None:
    make(sqlite_store)
    first = client.get(READ)

    same = client.get(READ, headers={"If-None-Match": first.headers["ETag"]})
    assert (same.status_code, same.data) == (304, b"")
    assert first.headers["Cache-Control"] == "public, max-age=5, stale-while-revalidate=30"
    make(sqlite_store)
    assert len(client.get(READ).json["replies"]) == 2
