"""WordPress's REST list of comments: its fields, its pages, its errors, and nothing that tells an address."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from comments.store import Store
from service.wordpress_query import MAX_OFFSET
from tests import factories
from tests.service.conftest import SITE_ORIGIN

URL = "/wp/v2/comments?site=demo"
LONG_URL = "/wp-json/wp/v2/comments?site=demo"
# In WordPress's order.
FIELDS = [
    "id",
    "post",
    "parent",
    "author",
    "author_name",
    "author_url",
    "date",
    "date_gmt",
    "content",
    "link",
    "status",
    "type",
    "author_avatar_urls",
    "meta",
    "_links",
]


@pytest.fixture
def either_client(make_app: Callable[..., Flask], store: Store) -> FlaskClient:
    """A client of an application on each kind of database."""
    factories.a_site(store, origins=(SITE_ORIGIN,))
    return make_app(store).test_client()


def make(store: Store, post: int = 7, **overrides: object) -> int:
    thread = {"key": f"wp:{post}", "url": f"https://news.example/?p={post}", "title": "Strikes"}
    return factories.an_approved_comment(store, thread=thread, **overrides).id


def ids(answer: TestResponse) -> list[int]:
    assert answer.status_code == 200, answer.text
    return [comment["id"] for comment in answer.json]


def require_error(answer: TestResponse, status: int, code: str, *params: str) -> None:
    """Check an error's shape, that nobody keeps it, and that it repeats nothing."""
    assert (answer.status_code, answer.json["code"]) == (status, code), answer.text
    assert answer.json.keys() == {"code", "message", "data"}
    assert answer.json["data"]["status"] == status
    assert set(answer.json["data"].get("params", {})) == set(params)
    assert answer.headers["Cache-Control"] == "no-store"
    assert "canary" not in answer.text


def test_comment_has_wordpress_fields(either_client: FlaskClient, store: Store) -> None:
    first = make(store, name="Ọlá & Ada", text="One <b>\ntwo\n\nThree")
    reply = make(store, parent=first, text="Yes")

    [shown_reply, shown] = either_client.get(URL).json

    assert list(shown) == FIELDS
    seed = shown["author_avatar_urls"]["24"].rpartition("/")[2]
    assert shown == {
        "id": first,
        "post": 7,
        "parent": 0,
        "author": 0,
        "author_name": "Ọlá & Ada",
        "author_url": "",
        "date": "2026-05-04T12:00:00",
        "date_gmt": "2026-05-04T12:00:00",
        "content": {"rendered": "<p>One &lt;b&gt;<br>\ntwo</p>\n<p>Three</p>\n"},
        "link": f"https://news.example/?p=7#comment-{first}",
        "status": "approved",
        "type": "comment",
        "author_avatar_urls": {size: f"http://localhost/identicons/{size}/{seed}" for size in ("24", "48", "96")},
        "meta": [],
        "_links": {
            "self": [{"href": f"http://localhost/wp/v2/comments/{first}?site=demo"}],
            "collection": [{"href": "http://localhost/wp/v2/comments?site=demo"}],
        },
    }
    assert (shown_reply["id"], shown_reply["parent"]) == (reply, first)
    assert shown_reply["_links"]["in-reply-to"][0]["href"].endswith(f"/comments/{first}?site=demo")
    assert either_client.get(shown["author_avatar_urls"]["24"].removeprefix("http://localhost")).status_code == 200


def test_only_what_is_public_is_there(either_client: FlaskClient, store: Store) -> None:
    shown = make(store, text="Write to zaynab@canary.example please")
    held = factories.a_held_comment(store, text="Held words").id
    factories.accept(store, text="Pending words")
    make(store, site="other", text="Other words")

    answer = either_client.get(URL)

    assert ids(answer) == [shown]
    assert "words" not in answer.text
    assert "canary" not in answer.text
    assert either_client.get(f"/wp/v2/comments/{shown}?site=demo").json == answer.json[0]
    for hidden in (held, 10**6, 10**18, 0):
        answer = either_client.get(f"/wp/v2/comments/{hidden}?site=demo")
        require_error(answer, 404, "rest_comment_invalid_id")


def test_both_addresses_say_the_same(client: FlaskClient, sqlite_store: Store) -> None:
    make(sqlite_store)

    short, long = client.get(URL).json, client.get(LONG_URL).json

    assert long == json.loads(json.dumps(short).replace("/wp/v2/", "/wp-json/wp/v2/"))
    assert client.get(long[0]["_links"]["self"][0]["href"].removeprefix("http://localhost")).json == long[0]


def test_pages_are_counted_and_linked(either_client: FlaskClient, store: Store) -> None:
    made = [make(store, now=factories.NOW + timedelta(minutes=minute)) for minute in range(5)]

    pages = [either_client.get(f"{URL}&per_page=2&page={page}&post=7&email=x@canary.example") for page in (1, 2, 3, 4)]

    assert [ids(page) for page in pages] == [made[:2:-1], made[2:0:-1], made[:1], []]
    assert {(page.headers["X-WP-Total"], page.headers["X-WP-TotalPages"]) for page in pages} == {("5", "3")}
    base = "http://localhost/wp/v2/comments?site=demo&post=7&per_page=2&page="
    assert pages[0].headers["Link"] == f'<{base}2>; rel="next"'
    assert pages[1].headers["Link"] == f'<{base}1>; rel="prev", <{base}3>; rel="next"'
    assert pages[3].headers["Link"] == f'<{base}3>; rel="prev"'
    following = pages[0].headers["Link"].partition("<")[2].partition(">")[0].removeprefix("http://localhost")
    assert either_client.get(following).json == pages[1].json


def test_list_is_narrowed(either_client: FlaskClient, store: Store) -> None:
    first = make(store)
    reply = make(store, parent=first, now=factories.NOW + timedelta(minutes=1))
    other = make(store, 8, now=factories.NOW + timedelta(minutes=2))
    plain = factories.an_approved_comment(store, now=factories.NOW + timedelta(minutes=3)).id

    def found(query: str) -> list[int]:
        return ids(either_client.get(f"{URL}&{query}"))

    assert found("") == [plain, other, reply, first]
    assert found("order=asc&orderby=date") == [first, reply, other, plain]
    assert found("orderby=id&per_page=2&offset=1") == [other, reply]
    assert found("post=7") == found("post[]=7") == found("post=7,9") == [reply, first]
    assert found("post[]=7&post[]=8") == [other, reply, first]
    assert found(f"parent={first}") == [reply]
    assert found("post=7&parent=0") == [first]
    assert found(f"include={first},{plain}") == [plain, first]
    assert found(f"post=7&exclude={first}") == [reply]
    assert found("after=2026-05-04T12:00:00&before=2026-05-04T12:02:00Z") == [reply]
    assert found("after=2026-05-04T13:01:30%2B01:00") == [plain, other]
    assert found("status=approve&type=comment&context=view&page=&per_page=") == [plain, other, reply, first]
    assert either_client.get(f"{URL}&include={plain}").json[0]["post"] == 0


def test_embedding_gets_fewer_fields(client: FlaskClient, sqlite_store: Store) -> None:
    make(sqlite_store)

    [shown] = client.get(f"{URL}&context=embed").json

    assert set(FIELDS) - set(shown) == {"post", "date_gmt", "status", "meta"}


@pytest.mark.parametrize(
    ("query", "wrong"),
    [
        ("per_page=0", "per_page"),
        ("per_page=101", "per_page"),
        ("per_page=ten", "per_page"),
        ("per_page=-1", "per_page"),
        ("per_page=²", "per_page"),
        ("page=0", "page"),
        (f"page={'9' * 5000}", "page"),
        (f"page={MAX_OFFSET // 10 + 2}", "page"),
        ("offset=-1", "offset"),
        (f"offset={MAX_OFFSET + 1}", "offset"),
        ("order=up", "order"),
        ("orderby=author_email", "orderby"),
        ("orderby=include", "orderby"),
        ("post=a", "post"),
        ("post[]=1&post[]=x@canary.example", "post"),
        (f"include={','.join(['1'] * 101)}", "include"),
        ("exclude=%00", "exclude"),
        ("parent=0", "parent"),
        ("parent=1.5", "parent"),
        ("after=yesterday", "after"),
        ("after=2026-W01-1", "after"),
        ("before=2026-13-01T00:00:00", "before"),
        ("before=0001-01-01T00:00:00%2B23:59", "before"),
        (f"before={'2' * 5000}", "before"),
        ("context=all", "context"),
        ("search=x@canary.example", "search"),
    ],
)
def test_parameter_that_makes_no_sense_is_named(client: FlaskClient, query: str, wrong: str) -> None:
    require_error(client.get(f"{URL}&{query}"), 400, "rest_invalid_param", wrong)


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("author_email=x@canary.example", "rest_forbidden_param"),
        ("author_email[]=x@canary.example", "rest_forbidden_param"),
        ("author_email=nonsense", "rest_forbidden_param"),
        ("author=1", "rest_forbidden_param"),
        ("author[]=1", "rest_forbidden_param"),
        ("author_exclude=1", "rest_forbidden_param"),
        ("status=hold", "rest_forbidden_param"),
        ("status=all", "rest_forbidden_param"),
        ("status[]=spam", "rest_forbidden_param"),
        ("type=pingback", "rest_forbidden_param"),
        ("context=edit", "rest_forbidden_context"),
        ("post=0", "rest_cannot_read"),
    ],
)
def test_what_is_not_public_is_refused_whatever_it_says(client: FlaskClient, query: str, code: str) -> None:
    require_error(client.get(f"{URL}&{query}"), 401, code)
    require_error(client.get("/wp/v2/comments/1?site=demo&context=edit"), 401, "rest_forbidden_context")


def test_address_is_no_question(client: FlaskClient, sqlite_store: Store) -> None:
    """The same answer for an address that has written here and one that has not: there is nothing to be told apart."""
    make(sqlite_store, email="known@canary.example")

    answers = {client.get(f"{URL}&author_email={who}@canary.example").text for who in ("known", "unknown")}

    assert len(answers) == 1


@pytest.mark.parametrize(("query", "status", "code"), [("", 400, "rest_missing_callback_param")])
def test_site_has_to_be_named(client: FlaskClient, query: str, status: int, code: str) -> None:
    require_error(client.get(f"/wp/v2/comments{query}"), status, code, "site")
    for nobody in ("nobody", "%00", "%ED%A0%80", "é"):
        require_error(client.get(f"/wp/v2/comments?site={nobody}"), 404, "rest_no_site")


def test_tag_saves_the_body_until_something_changes(client: FlaskClient, sqlite_store: Store) -> None:
    make(sqlite_store)
    first = client.get(URL)

    same = client.get(URL, headers={"If-None-Match": first.headers["ETag"], "Cookie": "session=x"})
    assert (same.status_code, same.data) == (304, b"")
    assert same.headers["Cache-Control"] == "public, max-age=5, stale-while-revalidate=30"
    assert "Cookie" not in same.headers["Vary"]
    make(sqlite_store)
    assert client.get(URL, headers={"If-None-Match": first.headers["ETag"]}).status_code == 200


def test_own_origin_reads_the_numbers(client: FlaskClient, sqlite_store: Store) -> None:
    factories.a_site(sqlite_store, "other", origins=("https://other.example",))

    own = client.get(URL, headers={"Origin": SITE_ORIGIN})
    error = client.get(f"{URL}&per_page=0", headers={"Origin": SITE_ORIGIN})
    others = client.get(URL, headers={"Origin": "https://other.example"})

    for answer in (own, error):
        assert answer.headers["Access-Control-Allow-Origin"] == SITE_ORIGIN
        exposed = answer.headers["Access-Control-Expose-Headers"].split(", ")
        assert {"X-WP-Total", "X-WP-TotalPages", "Link"} <= set(exposed)
        assert "Access-Control-Allow-Credentials" not in answer.headers
    assert "Access-Control-Allow-Origin" not in others.headers


def test_link_leads_nowhere_but_to_the_site_or_to_us(client: FlaskClient, sqlite_store: Store) -> None:
    thread = {"key": "wp:7", "url": "https://evil.example/page", "title": ""}
    comment = factories.an_approved_comment(sqlite_store, thread=thread)

    [shown] = client.get(URL).json

    assert shown["link"] == f"http://localhost/threads/demo?thread=wp:7#comment-{comment.id}"


def test_writing_is_not_offered(client: FlaskClient) -> None:
    sent: Any = {"post": 7, "author_email": "x@canary.example", "content": "x"}
    assert client.post(URL, json=sent).status_code == 405
    assert client.delete("/wp/v2/comments/1?site=demo").status_code == 405
