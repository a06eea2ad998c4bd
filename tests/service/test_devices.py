"""Remembering a device over HTTP: only on request, one cookie, forgotten on request; and a token for programs."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from comments import schema
from comments.device import DEVICE_LASTS, device_hash
from comments.status import Status
from comments.store import Store
from comments.store.devices import device_pasts
from comments.store.records import Accepted
from tests import factories
from tests.service.conftest import SITE_ORIGIN, Clock

URL = "/api/v1/comments"
HTML = {"Accept": "text/html"}
COOKIE = "replydesk_device_demo"


def form(**fields: str) -> dict[str, str]:
    made = factories.a_body()
    thread = made.pop("thread")
    assert isinstance(thread, dict)
    kept = {name: str(value) for name, value in made.items() if value is not None}
    return kept | {f"thread_{name}": value for name, value in thread.items()} | fields


def post(client: FlaskClient, **fields: str) -> TestResponse:
    answer = client.post(URL, data=form(**fields), headers=HTML)
    assert answer.status_code == 303, answer.text
    return answer


def test_nothing_is_set_unless_the_box_is_ticked(client: FlaskClient) -> None:
    for fields in ({}, {"remember": ""}):
        assert "Set-Cookie" not in post(client, **fields).headers


def test_ticked_box_sets_one_cookie_that_says_nothing(make_app: Callable[..., Flask], sqlite_store: Store) -> None:
    factories.a_site(sqlite_store, origins=(SITE_ORIGIN,))
    secure = make_app(sqlite_store, public_url="https://comments.example").test_client()

    answer = post(secure, remember="yes", name="Ngozi", email="ngozi@canary.example")

    [cookie] = answer.headers.getlist("Set-Cookie")
    name, _, rest = cookie.partition("=")
    assert name == "__Host-replydesk-device-demo"
    attributes = set(rest.split("; ")[1:])
    assert {
        "Secure",
        "HttpOnly",
        "Path=/",
        "SameSite=Lax",
        f"Max-Age={int(DEVICE_LASTS.total_seconds())}",
    } <= attributes
    assert "Domain" not in cookie
    assert answer.headers["Cache-Control"] == "no-store"
    token = rest.partition(";")[0]
    assert sqlite_store.devices.is_known("demo", (device_hash(factories.ROOT_KEY, "demo", token),), factories.NOW)


def test_remembered_browser_keeps_its_token_and_is_counted(client: FlaskClient, sqlite_store: Store) -> None:
    first = post(client, remember="yes")
    cookie = client.get_cookie(COOKIE)
    assert cookie is not None
    factories.settle(sqlite_store, Accepted(1, Status.PENDING, b"", is_new=True))

    second = post(client)
    third = post(client, remember="yes")

    assert "Set-Cookie" in first.headers
    assert "Set-Cookie" not in second.headers
    again = client.get_cookie(COOKIE)
    assert again is not None
    assert again.value == cookie.value
    assert "Set-Cookie" in third.headers
    assert pasts(sqlite_store) == [0, 1, 1]


def test_token_that_is_not_known_is_replaced(client: FlaskClient, sqlite_store: Store) -> None:
    planted = "A" * 22
    client.set_cookie(COOKIE, planted)
    post(client)
    post(client, remember="yes")

    cookie = client.get_cookie(COOKIE)
    assert cookie is not None
    assert cookie.value != planted
    assert pasts(sqlite_store) == [None, 0]


@pytest.mark.parametrize("value", ["", "x", "A" * 23, "A" * 3000, "é" * 22, "../..", "A" * 21 + "\x7f"])
def test_hostile_cookies_and_headers_mean_nothing(client: FlaskClient, sqlite_store: Store, value: str) -> None:
    client.set_cookie(COOKIE, value)
    post(client)
    sent = value if value.isascii() and value.isprintable() else "x"
    answer = client.post(URL, json=factories.a_body(), headers={"Replydesk-Device": sent})

    assert answer.status_code == 202
    assert pasts(sqlite_store) == [None, None]
    assert client.get("/devices/forget").status_code == 200
    assert client.post("/devices/forget", content_type="application/x-www-form-urlencoded").status_code == 303


def test_program_gets_a_token_only_when_it_asks(client: FlaskClient, sqlite_store: Store) -> None:
    silent = client.post(URL, json=factories.a_body())
    asked = client.post(URL, json=factories.a_body(remember=True))
    token = asked.json["device_token"]
    header = {"Replydesk-Device": token}
    shown = client.post(URL, json=factories.a_body(), headers=header)
    again = client.post(URL, json=factories.a_body(remember=True), headers=header)

    assert "device_token" not in silent.json
    assert "device_token" not in shown.json
    assert again.json["device_token"] == token
    assert all("Set-Cookie" not in answer.headers for answer in (silent, asked, shown, again))
    assert pasts(sqlite_store) == [None, 0, 0, 0]
    assert asked.headers["Cache-Control"] == "no-store"


def test_token_of_one_site_is_unknown_on_another(client: FlaskClient, sqlite_store: Store) -> None:
    factories.a_site(sqlite_store, "other")
    token = client.post(URL, json=factories.a_body(remember=True)).json["device_token"]

    client.post(URL, json=factories.a_body(site="other"), headers={"Replydesk-Device": token})
    client.set_cookie("replydesk_device_other", token)
    post(client, site="other")

    assert pasts(sqlite_store) == [0, None, None]


@pytest.mark.parametrize("wish", ["yes", 1, [], {}, "true"])
def test_wish_is_true_or_false(client: FlaskClient, wish: object) -> None:
    answer = client.post(URL, json=factories.a_body(remember=wish))

    assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, "remember")


def test_form_that_has_to_be_mended_keeps_the_tick_and_sets_nothing(client: FlaskClient) -> None:
    answer = client.post(URL, data=form(remember="yes", text=""), headers=HTML)

    assert answer.status_code == 422
    assert 'name="remember" value="yes" checked' in answer.text
    assert "Set-Cookie" not in answer.headers


def test_box_is_never_ticked_beforehand_and_pages_never_depend_on_the_cookie(client: FlaskClient) -> None:
    paths = (
        "/threads/demo?thread=a",
        "/threads/demo?thread=a&format=fragment",
        f"{URL}?site=demo&thread=a",
        "/privacy",
    )
    plain = [client.get(path) for path in paths]
    post(client, remember="yes")
    remembered = [client.get(path) for path in paths]

    assert 'name="remember" value="yes">' in plain[0].text
    for before, after in zip(plain, remembered, strict=True):
        assert without_token(before.text) == without_token(after.text)
        assert after.headers["Cache-Control"].startswith("public")
        assert "Cookie" not in after.headers.get("Vary", "")
        assert "Set-Cookie" not in after.headers


@pytest.mark.parametrize(
    ("ours", "is_offered"),
    [
        ("https://comments.news.example", True),
        ("https://news.example", True),
        ("https://replydesk.example", False),
        ("https://203.0.113.7", False),
    ],
)
def test_box_stands_where_the_cookie_would_come_back(
    make_app: Callable[..., Flask], sqlite_store: Store, ours: str, is_offered: bool
) -> None:
    factories.a_site(sqlite_store, origins=("https://www.news.example",))
    client = make_app(sqlite_store, public_url=ours).test_client()

    fragment = client.get("/threads/demo?thread=a&format=fragment").text
    page = client.get("/threads/demo?thread=a").text

    assert ('name="remember"' in fragment) is is_offered
    assert 'name="remember"' in page, "our own page is our own"


def test_wordpress_box_for_name_and_address_sets_nothing(client: FlaskClient, sqlite_store: Store) -> None:
    sent = {"author": "Ada", "email": "a@example.org", "comment": "Hello.", "comment_post_ID": "7"}

    def send(**more: str) -> TestResponse:
        answer = client.post("/wp-comments-post.php?site=demo", data={**sent, **more}, headers=HTML)
        assert answer.status_code == 302, answer.text
        return answer

    assert "Set-Cookie" not in send(**{"wp-comment-cookies-consent": "yes"}).headers
    assert "Set-Cookie" in send(comment="More.", replydesk_remember="yes").headers
    send(comment="And more.")
    assert pasts(sqlite_store) == [None, 0, 0]


def test_receipt_and_page_forget_the_browser(client: FlaskClient, sqlite_store: Store) -> None:
    answer = post(client, remember="yes")
    token = answer.headers["Location"].partition("replydesk=")[2].partition("#")[0]
    receipt = f"/receipts/{token}"
    assert "Forget this browser" in client.get(receipt, headers=HTML).text
    page = client.get("/devices/forget")
    assert "The demo news" in page.text
    assert page.headers["Cache-Control"] == "no-store"

    gone = client.post("/devices/forget", content_type="application/x-www-form-urlencoded")

    assert (gone.status_code, gone.headers["Location"]) == (303, "/devices/forget")
    assert client.get_cookie(COOKIE) is None
    assert "Forget this browser" not in client.get(receipt, headers=HTML).text
    assert "not remembered" in client.get("/devices/forget").text
    assert pasts(sqlite_store) == [None]


def test_program_has_its_device_forgotten(client: FlaskClient) -> None:
    token = client.post(URL, json=factories.a_body(remember=True)).json["device_token"]

    def forget(body: object, token: str = token) -> TestResponse:
        return client.post("/devices/forget", json=body, headers={"Replydesk-Device": token})

    assert forget({"site": "other"}).json == {"forgotten": False}
    assert forget({"site": "demo"}, "x").json == {"forgotten": False}
    assert forget({"site": "demo"}).json == {"forgotten": True}
    assert forget({"site": "demo"}).json == {"forgotten": False}
    assert forget({}).status_code == 422
    assert forget([]).status_code == 400
    assert client.post("/devices/forget", data="x", content_type="text/plain").status_code == 415


def test_device_that_rests_too_long_is_not_remembered(client: FlaskClient, clock: Clock) -> None:
    post(client, remember="yes")
    clock.now += DEVICE_LASTS + timedelta(days=1)

    assert "not remembered" in client.get("/devices/forget").text


def without_token(page: str) -> str:
    """Return a page without the note of its time trap, which is another for each."""
    return "\n".join(line for line in page.splitlines() if "form_token" not in line)


def pasts(store: Store) -> list[int | None]:
    """Return what each comment's device had published before, None for a comment without one; the oldest first."""
    with store.database.read() as connection:
        ids = connection.execute(select(schema.comments.c.id).order_by(schema.comments.c.id)).scalars().all()
        found = device_pasts(connection, ids)
    return [found[each].approved if each in found else None for each in ids]
