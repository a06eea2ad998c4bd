"""No email leaves: an address goes in by every door there is, and nothing computed from it comes out of any.

`SENT` is what readers put where an address may come from; it may be nowhere. `TYPED` is an address that somebody wrote
into the text itself: it is kept with the text, and masked wherever others can read it.
"""

import base64
import hashlib
import json
import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask
from flask.testing import FlaskClient
from redis import Redis
from sqlalchemy import select
from werkzeug.test import TestResponse

from comments import metrics, schema
from comments.identity import loose_form, strict_form
from comments.migrations import upgrade
from comments.queue_query import Queue
from comments.roles import EVERY_SITE
from comments.settings import Settings
from comments.status import Status
from comments.store import Store, open_store
from comments.wakeup import Wakeup, connect_quickly
from comments.webhook import EVERYTHING
from ops.exposition import write_exposition
from ops.standing import Observer, as_json
from service.app import create_app
from service.parts import Parts
from tests import factories
from tests.contracts.leaks import Needles, needles_of_address, needles_of_hashes
from tests.servers.valkey import Valkey, running_valkey
from workers.drain import drain_pending
from workers.opinion import opinion

SENT = "Zqx.Marker+tag@zqx-domain.example"
TYPED = "Typed.Jkw@jkw-domain.example"
SENT_NEEDLES, TYPED_NEEDLES = needles_of_address(SENT), needles_of_address(TYPED)
NETWORK = "198.51.100."
POST = "/api/v1/comments"
HTML = {"Accept": "text/html"}


def body(**fields: object) -> dict[str, Any]:
    return factories.a_body(email=SENT, **fields)


def form(**fields: object) -> dict[str, Any]:
    made = body(**fields)
    thread = made.pop("thread")
    del made["parent"]
    return made | {f"thread_{name}": value for name, value in thread.items()}


def basic() -> str:
    return base64.b64encode(f"{SENT}:{SENT}".encode()).decode()


# Every way in: what is sent, and what it is answered with. Six posts are kept: the next one of an author is too many.
WAYS: dict[str, tuple[int, dict[str, Any]]] = {
    "JSON": (202, {"json": body()}),
    "form": (202, {"data": form()}),
    "form of a browser": (303, {"data": form(), "headers": HTML}),
    "multipart": (202, {"data": form(), "content_type": "multipart/form-data"}),
    "remembered": (202, {"json": factories.a_body(text="Remembered.", remember=True, email="zqr@other.example")}),
    "remembered by form": (
        303,
        {"data": form(text="Ticked.") | {"remember": SENT, "email": "zqs@other.example"}, "headers": HTML},
    ),
    "remember as a word": (422, {"json": body(remember=SENT)}),
    "with a key": (202, {"json": body(text="Keyed."), "headers": {"Idempotency-Key": SENT}}),
    "the same again": (202, {"json": body(text="Keyed."), "headers": {"Idempotency-Key": SENT}}),
    "too many": (429, {"json": body()}),
    "too many by form": (429, {"data": form(), "headers": HTML}),
    "another body with the key": (429, {"json": body(text="Other."), "headers": {"Idempotency-Key": SENT}}),
    "invalid address": (422, {"json": factories.a_body(email=f"{SENT}@")}),
    "invalid address by form": (422, {"data": form() | {"email": f"{SENT} x"}, "headers": HTML}),
    "address as a list": (422, {"json": factories.a_body(email=[SENT])}),
    "address as an object": (422, {"json": factories.a_body(email={SENT: SENT})}),
    "other errors": (422, {"json": body(text="")}),
    "other errors by form": (422, {"data": form() | {"text": ""}, "headers": HTML}),
    "as the name": (422, {"json": body(name=SENT)}),
    "as the site": (422, {"json": body(site=SENT)}),
    "as the parent": (422, {"json": body(parent=SENT)}),
    "as the thread": (422, {"json": body() | {"thread": SENT}}),
    "as the article": (422, {"json": body(thread={"key": "a", "url": SENT, "title": "A"})}),
    "unknown site": (404, {"json": body(site="nobody")}),
    "unknown parent": (
        422,
        {"json": factories.a_body(email="zqx@other.example", parent=99), "query_string": {"e": SENT}},
    ),
    "malformed JSON": (400, {"data": f'{{"email": "{SENT}", ', "content_type": "application/json"}),
    "truncated form": (422, {"data": f"email={SENT}&na", "content_type": "application/x-www-form-urlencoded"}),
    "twice the field": (400, {"data": f'{{"email": "{SENT}", "email": "{SENT}"}}', "content_type": "application/json"}),
    "too large": (413, {"data": (SENT * 3000).encode(), "content_type": "application/json"}),
    "wrong type": (415, {"data": SENT, "content_type": "text/plain"}),
    "its type": (415, {"data": "x", "content_type": f"text/{SENT}"}),
    "file name": (422, {"data": {"email": (BytesIO(SENT.encode()), SENT)}, "content_type": "multipart/form-data"}),
    "bad key": (400, {"json": {}, "headers": {"Idempotency-Key": f"{SENT}\u00e9"}}),
    "unknown fields": (422, {"json": {"e-mail": SENT, "Email": SENT, "author_email": SENT, SENT: SENT}}),
}
# The same at the door of a WordPress theme's form; SENT itself has posted too much by then.
WORDPRESS = "/wp-comments-post.php"
WORDPRESS_THREAD = "/threads/demo?thread=wp:7&format=fragment"
# What our plugin says of the article, and the address in all of it.
NAMED = {"thread_title": f"Write to {SENT}", "thread_section": SENT, "thread_lead": SENT}


def wordpress_form(**fields: str) -> dict[str, str]:
    return {"author": "Ada", "email": SENT, "comment": "Hello.", "comment_post_ID": "7", "comment_parent": "0"} | fields


WORDPRESS_WAYS: dict[str, tuple[int, dict[str, Any]]] = {
    "kept": (302, {"data": wordpress_form(email="zqy@other.example", url=SENT, redirect_to=f"/?e={SENT}", **NAMED)}),
    "the same again": (409, {"data": wordpress_form(email="again@other.example", url=SENT)}),
    "too many": (429, {"data": wordpress_form(comment="More.")}),
    "invalid address": (422, {"data": wordpress_form(email=f"{SENT}@")}),
    "as the name": (422, {"data": wordpress_form(author=SENT, url=f"mailto:{SENT}", redirect_to=f"/{SENT}")}),
    "as the parent": (403, {"data": wordpress_form(comment_parent=SENT)}),
    "as the post": (422, {"data": wordpress_form(comment_post_ID=SENT, comment="")}),
    "as the site": (404, {"data": wordpress_form(), "query_string": {"site": SENT}}),
    "too long": (422, {"data": wordpress_form(email=f"{'x' * 100}{SENT}")}),
    "by JSON": (422, {"data": wordpress_form(comment=""), "headers": {"Accept": "application/json"}}),
    "no form": (415, {"json": wordpress_form()}),
    "another method": (405, {"method": "PUT", "data": SENT}),
}
# The same at the door of Isso's clients, for a page of its own.
ISSO = "/isso/demo"


def isso_body(**fields: object) -> dict[str, object]:
    return {
        "author": "Ada",
        "email": "zqz@other.example",
        "website": SENT,
        "text": "Isso says.",
        "title": SENT,
    } | fields


ISSO_WAYS: dict[str, tuple[int, str, dict[str, Any]]] = {
    "kept": (202, "/new", {"json": isso_body()}),
    "too many": (429, "/new", {"json": isso_body(email=SENT)}),
    "invalid address": (400, "/new", {"json": isso_body(email=f"{SENT}@")}),
    "as the name": (400, "/new", {"json": isso_body(author=SENT, parent=SENT)}),
    "as the page": (400, "/new", {"json": isso_body(), "query_string": {"uri": f"/{SENT}"}}),
    "malformed": (400, "/new", {"data": f'{{"email": "{SENT}', "content_type": "application/json"}),
    "as a form": (403, "/new", {"data": {"email": SENT, "text": "x"}}),
    "counts": (200, "/count", {"json": [SENT, "border-strikes"]}),
    "no counts": (400, "/count", {"json": {SENT: SENT}}),
    "preview": (200, "/preview", {"json": {"text": f"Write to {SENT}."}}),
    "unknown site": (404, f"/../{SENT}/new", {"json": isso_body()}),
}
HEADERS = {
    "Referer": f"https://news.example/?email={SENT}",
    "User-Agent": f"Reader {SENT}",
    "From": SENT,
    "Cookie": f"author_email={SENT}; replydesk_session={SENT}",
    "X-Request-Id": SENT,
    "X-Forwarded-User": SENT,
    "Replydesk-Device": SENT,
    "Authorization": f"Basic {basic()}",
    "If-None-Match": f'"{SENT}"',
    "Accept-Language": SENT,
}
# What an author can do by the receipt: the wish, its answer, and what is sent. None of it takes an address.
CHANGES: dict[str, tuple[str, int, dict[str, Any]]] = {
    "edit": ("edit", 303, {"data": {"text": "Mended.", "email": SENT, SENT: SENT}, "headers": HEADERS | HTML}),
    "edit by JSON": ("edit", 200, {"json": {"text": "Mended again.", "email": SENT}, "headers": HEADERS}),
    "edit of another shape": ("edit", 422, {"json": {"text": {SENT: SENT}}}),
    "edit without a text": ("edit", 422, {"data": {"text": "", "email": SENT}, "headers": HTML}),
    "edit with half a body": ("edit", 400, {"data": f'{{"text": "{SENT}', "content_type": "application/json"}),
    "edit of a wrong type": ("edit", 415, {"data": SENT, "content_type": "text/plain"}),
    "appeal without words": ("appeal", 422, {"data": {"appeal": "", "email": SENT}, "headers": HTML}),
    "appeal": ("appeal", 303, {"data": {"appeal": "Why?", "email": SENT}, "headers": HEADERS | HTML}),
    "second appeal": ("appeal", 409, {"json": {"appeal": "Why?", "email": SENT}}),
    "withdrawal": ("withdraw", 303, {"data": {"email": SENT}, "headers": HEADERS | HTML}),
    "edit of what is gone": ("edit", 409, {"data": {"text": "Again.", "email": SENT}, "headers": HTML}),
}


@dataclass
class World:
    """The service with everything it writes to, and every answer it gave."""

    app: Flask
    store: Store
    valkey: Valkey
    database: Path
    log: StringIO
    answers: dict[str, bytes] = field(default_factory=dict)
    statuses: dict[str, int] = field(default_factory=dict)
    receipts: list[str] = field(default_factory=list)

    def ask(self, name: str, client: FlaskClient, path: str, **request: Any) -> TestResponse:
        """Send a request and keep its whole answer."""
        request["headers"] = {"X-Forwarded-For": f"{NETWORK}{len(self.answers) % 250}"} | request.get("headers", {})
        answer = client.open(path, **request)
        head = "\n".join(f"{key}: {value}" for key, value in answer.headers).encode()
        self.answers[name] = f"{answer.status}\n".encode() + head + b"\n\n" + answer.data
        self.statuses[name] = answer.status_code
        return answer


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The service after an address has gone in by every way and a moderator and a worker have done their work."""
    folder, log = tmp_path_factory.mktemp("world"), StringIO()
    handler = logging.StreamHandler(log)
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    with running_valkey() as valkey:
        world = _build(folder, valkey, log)
        assert metrics.open_metrics(folder)
        _send_everything(world)
        _work(world)
        _read_everything(world)
        yield world
        world.store.close()
        metrics.close_metrics()
    root.removeHandler(handler)
    root.setLevel(level)


def _build(folder: Path, valkey: Valkey, log: StringIO) -> World:
    path = folder / "replydesk.sqlite3"
    store = open_store(f"sqlite:///{path}")
    upgrade(store.database)
    site = factories.a_site(store, origins=("https://news.example",))
    store.webhooks.add(site.id, "https://hooks.invalid/", EVERYTHING, b"sealed", now=factories.NOW)
    settings = Settings.model_validate(
        {"redis_url": valkey.url, "log_level": "debug", "trusted_proxies": ("127.0.0.1",), "data_dir": folder}
    )
    parts = Parts(settings, store, factories.ROOT_KEY, Wakeup(connect_quickly(valkey.url)), lambda: factories.NOW)
    return World(create_app(parts, log_to=log), store, valkey, path, log)


def _send_everything(world: World) -> None:
    client = world.app.test_client()
    for name, (_, request) in WAYS.items():
        answer = world.ask(f"POST {name}", client, POST, method="POST", **request)
        if answer.status_code == 202:
            world.receipts.append(answer.get_json()["receipt_url"].rpartition("/")[2])
    for name, (_, request) in WORDPRESS_WAYS.items():
        usual: dict[str, Any] = {"method": "POST", "query_string": {"site": "demo"}}
        headers = HEADERS | HTML | request.get("headers", {})
        world.ask(f"WordPress {name}", client, WORDPRESS, **{**usual, **request, "headers": headers})
    for name, (_, path, request) in ISSO_WAYS.items():
        usual = {"method": "POST", "query_string": {"uri": "/isso-page/", "e": SENT}, "headers": HEADERS}
        world.ask(f"Isso {name}", client, f"{ISSO}{path}", **{**usual, **request})
    typed = factories.a_body(email="kept@other.example", text=f"Write to me: {TYPED} or {TYPED.upper()}.")
    answer = world.ask("own text", client, POST, method="POST", json=typed)
    world.receipts.append(answer.get_json()["receipt_url"].rpartition("/")[2])


def _work(world: World) -> None:
    def everything_is_approved(subject: Any, policy: Any) -> Any:
        verdict = opinion(subject, policy)
        return verdict if subject.text == "Keyed." else type(verdict)(Status.APPROVED, verdict.reasons, verdict.signals)

    assert drain_pending(
        world.store, everything_is_approved, lease_seconds=60, now=lambda: factories.NOW + timedelta(seconds=1)
    )
    moderator = factories.a_moderator(world.store, "mod")
    [*_, second, first] = world.store.threads.page("demo", "border-strikes", now=factories.NOW).conversations
    for comment_id, new in ((first.root.id, Status.HELD), (second.root.id, Status.REJECTED)):
        version = world.store.desk.card(comment_id, now=factories.NOW, scope=EVERY_SITE).version
        world.store.desk.decide(
            comment_id, new, version=version, moderator_id=moderator.id, now=factories.NOW, scope=EVERY_SITE
        )


def _read_everything(world: World) -> None:
    reader, moderator = world.app.test_client(), world.app.test_client()
    known = factories.a_moderator(world.store, "mod")
    token = world.store.sessions.open(known.id, lasts=timedelta(hours=12), now=factories.NOW)
    moderator.set_cookie("replydesk_session", token, path="/review")
    for path in _paths(world):
        for accept in ("application/json", "text/html"):
            world.ask(f"GET {path} {accept}", reader, path, headers={"Accept": accept})
            world.ask(f"GET {path} {accept}, moderator", moderator, path, headers={"Accept": accept})
        world.ask(f"GET {path}, headers", reader, path, headers=HEADERS)
        if not path.startswith("/review"):  # it takes a moderator back to the very address that was asked for
            mark = "&" if "?" in path else "?"
            world.ask(f"GET {path}, query", reader, f"{path}{mark}email={quote(SENT)}", headers=HEADERS)
    counts = {"site": "demo", "threads": ["border-strikes"], "email": SENT}
    world.ask("counts", reader, "/api/v1/counts", method="POST", json=counts)
    for name, forgetting in {
        "form": {"data": {"e": SENT}},
        "JSON": {"json": {"site": SENT}},
        "list": {"json": {"site": [SENT]}},
    }.items():
        cookie = {"Cookie": f"replydesk_device_demo={SENT}; replydesk_device_{SENT}=x"}
        world.ask(
            f"POST forget {name}", reader, "/devices/forget", method="POST", headers=HEADERS | cookie, **forgetting
        )
    for wish in ("access", "erase", SENT):
        asked = {"site": "demo", "email": SENT, "wish": wish}
        world.ask(f"POST privacy request {wish[:6]}", reader, "/privacy/request", method="POST", data=asked)
    world.ask("POST link of a request", reader, f"/privacy/requests/{SENT}", method="POST", data={"sure": SENT})
    for path in ("/review/login", "/review/setup/x", "/review/invitations/x", "/review/logout"):
        for login in ("ada", SENT):
            sent = {"login": login, "password": SENT, "email": SENT, "back": SENT}
            name = f"POST {path} {'ada' if login == 'ada' else 'the address'}"
            world.ask(name, reader, path, method="POST", data=sent, headers={"Origin": "http://localhost"})
    for comment_id in _comments(world):
        path = f"/review/authors/{comment_id}"
        world.ask(f"GET {path}, drawer, moderator", moderator, path, headers={"HX-Request": "true"})
    _speak(world, moderator)
    _change_comments(world, reader)
    world.ask("no such page", reader, f"/nowhere/{SENT}")
    world.ask("no such method", reader, f"{POST}?email={SENT}", method="DELETE")
    world.ask("no such receipt", reader, f"/receipts/{SENT}")


def _change_comments(world: World, reader: FlaskClient) -> None:
    """Edit, appeal and withdraw by the receipt, with the address wherever it does not belong."""
    kept = factories.a_held_comment(world.store, email="kept@other.example")
    rejected = factories.a_rejected_comment(world.store, email="kept@other.example")
    for name, (wish, _, request) in CHANGES.items():
        token = factories.receipt_of(rejected if wish == "appeal" else kept)
        world.ask(f"POST receipt {name}", reader, f"/receipts/{token}/{wish}", method="POST", **request)


def _speak(world: World, moderator: FlaskClient) -> None:
    """Reply as the newsroom with the address in the words: it is refused, and not said again."""
    token = world.store.sessions.open(
        factories.a_moderator(world.store, "mod").id, lasts=timedelta(hours=12), now=factories.NOW
    )
    moderator.set_cookie("replydesk_session", token, path="/review")
    found = world.store.sessions.find(token, idle=timedelta(hours=12), now=factories.NOW)
    assert found
    sent = {"csrf": found.csrf_token, "text": f"Write to {SENT}.", "email": SENT, "back": SENT}
    for comment_id in _comments(world)[:3]:
        path = f"/review/comments/{comment_id}/speak"
        answer = world.ask(
            f"POST {path}", moderator, path, method="POST", data=sent, headers={"Origin": "http://localhost"}
        )
        assert answer.status_code == 400


def _comments(world: World) -> list[int]:
    with world.store.database.read() as connection:
        return list(connection.execute(select(schema.comments.c.id).order_by(schema.comments.c.id)).scalars())


def _paths(world: World) -> list[str]:
    """Return an address for every route that can be read."""
    comments = _comments(world)
    threads = ["/threads/demo?thread=border-strikes", "/threads/demo?thread=nothing", "/threads/nobody?thread=a"]
    paths = [*threads, *(f"{POST}?site=demo&thread=border-strikes&sort={sort}" for sort in ("newest", "oldest"))]
    paths += [WORDPRESS_THREAD, f"{WORDPRESS_THREAD}&form=theme"]
    paths += ["/feeds/demo.atom", "/feeds/demo.atom?thread=border-strikes", "/feeds/nobody.atom"]
    paths += [f"/threads/demo/comments/{comment_id}" for comment_id in comments]
    paths += [f"/threads/demo?thread=border-strikes&conversation={comment_id}" for comment_id in comments]
    paths += [f"/receipts/{token}" for token in world.receipts]
    paths += [f"/threads/demo?format=mine&replydesk={token}" for token in world.receipts]
    paths += ["/threads/demo?format=fragment&thread=border-strikes", "/embed-0123456789ab.js"]
    paths += ["/api/v1/challenge?site=demo&thread=border-strikes", "/pow-0123456789ab.js"]
    paths += [f"/review/{kind}/{comment_id}" for kind in ("comments", "authors") for comment_id in comments]
    paths += [f"/review/{queue}" for queue in Queue if queue is not Queue.REVIEW]
    paths += ["/review/setup/x", "/review/invitations/x", f"/notices/{'A' * 22}/confirm", f"/notices/{SENT}/stop"]
    paths += [f"/privacy/requests/{'A' * 22}", f"/privacy/requests/{SENT}"]
    paths += [
        "/isso/demo/?uri=/isso-page/",
        "/isso/demo/?uri=border-strikes",
        "/isso/demo/config",
        "/isso/nobody/config",
    ]
    for rest in ("/wp/v2/comments", "/wp-json/wp/v2/comments"):
        paths += [f"{rest}?site=demo", *(f"{rest}/{comment_id}?site=demo" for comment_id in comments[:2])]
    paths += [
        f"/wp/v2/comments?site=demo&author_email={quote(SENT)}",
        f"/wp/v2/comments?site=demo&search={quote(SENT)}",
    ]
    paths += ["/api/v1/counts?site=demo&thread=border-strikes", "/identicons/48/0123456789ab.svg"]
    paths += ["/static/nothing.css", "/static/v-x/nothing.css"]
    paths += ["/review/settings/demo", "/review/threads/1"]
    return paths + [
        rule.rule for rule in world.app.url_map.iter_rules() if "GET" in (rule.methods or ()) and not rule.arguments
    ]


def keyed_hashes(world: World) -> dict[str, bytes]:
    """Return everything our key makes of the address."""
    local, domain = SENT.split("@")
    arrival = factories.an_arrival(email=SENT, text="Keyed.", idempotency_key=SENT)
    hashes = {"request digest": arrival.request_digest, "idempotency hash": arrival.idempotency_hash}
    for site in ("demo", ""):
        hashes |= {
            f"strict key {site}": factories.ROOT_KEY.digest(
                f"email-strict/{site}", strict_form(local, domain).encode()
            ),
            f"loose key {site}": factories.ROOT_KEY.digest(f"email-loose/{site}", loose_form(local, domain).encode()),
        }
    with world.store.database.read() as connection:
        for row in connection.execute(select(schema.identities)).mappings():
            mine = row["strict_key"] == hashes["strict key demo"]
            hashes |= {f"{name} {row['comment_id']}": row[name] for name in KEYED if mine and row[name] is not None}
    return hashes


KEYED = ("strict_key", "loose_key", "network_key", "idempotency_hash", "request_digest")


def redis_bytes(world: World) -> bytes:
    """Return every key with its value as stored, and the file that Valkey writes them to."""
    client = Redis.from_url(world.valkey.url)
    found = [key + b"\n" + (client.dump(key) or b"") for key in client.scan_iter()]
    found += [client.get(key) or b"" for key in client.scan_iter(_type="string")]
    found += [repr(client.hgetall(key)).encode() for key in client.scan_iter(_type="hash")]
    client.close()
    files = [path.read_bytes() for path in (world.valkey.directory / "appendonlydir").iterdir()]
    return b"\n".join(found + files)


def database_bytes(world: World) -> bytes:
    """Return the bytes of the database and of its write-ahead log."""
    return b"".join(path.read_bytes() for path in sorted(world.database.parent.glob("replydesk.sqlite3*")))


def database_cells(world: World) -> bytes:
    """Return every cell but those of the one table for keyed hashes."""
    cells = []
    with world.store.database.read() as connection:
        for table in schema.metadata.sorted_tables:
            if table is not schema.identities:
                cells += [repr(cell) for row in connection.execute(select(table)) for cell in row]
                cells += [
                    cell.hex() for row in connection.execute(select(table)) for cell in row if isinstance(cell, bytes)
                ]
    return "\n".join(cells).encode()


def webhook_bodies(world: World) -> bytes:
    """Return all that waits to be told to the site's webhook, as it will be sent."""
    with world.store.database.read() as connection:
        return "\n".join(connection.execute(select(schema.webhook_letters.c.body)).scalars()).encode()


def metrics_bytes(world: World) -> bytes:
    """Return what the operator's port answers, and the files that it is read from."""
    parts = world.app.extensions["replydesk"]
    folder = parts.settings.data_dir
    standing = Observer(parts, None, asks_web=False).look()
    health = json.dumps(as_json(standing)).encode()
    files = b"".join(path.read_bytes() for path in sorted((folder / metrics.DIRECTORY).iterdir()))
    return write_exposition(folder, standing) + health + files


SINKS = {
    "answers": lambda world: b"\n\n".join(world.answers.values()),
    "log": lambda world: world.log.getvalue().encode(),
    "Redis": redis_bytes,
    "database files": database_bytes,
    "database cells": database_cells,
    "webhooks": webhook_bodies,
    "metrics": metrics_bytes,
}


@pytest.mark.parametrize("way", WAYS)
def test_every_way_in_was_taken(world: World, way: str) -> None:
    assert world.statuses[f"POST {way}"] == WAYS[way][0], world.answers[f"POST {way}"]


@pytest.mark.parametrize("way", WORDPRESS_WAYS)
def test_every_way_in_by_wordpress_was_taken(world: World, way: str) -> None:
    assert world.statuses[f"WordPress {way}"] == WORDPRESS_WAYS[way][0], world.answers[f"WordPress {way}"]


@pytest.mark.parametrize("way", ISSO_WAYS)
def test_every_way_in_by_isso_was_taken(world: World, way: str) -> None:
    assert world.statuses[f"Isso {way}"] == ISSO_WAYS[way][0], world.answers[f"Isso {way}"]


@pytest.mark.parametrize("change", CHANGES)
def test_every_change_was_asked_for(world: World, change: str) -> None:
    name = f"POST receipt {change}"
    assert world.statuses[name] == CHANGES[change][1], world.answers[name]


@pytest.mark.parametrize("sink", SINKS)
def test_every_sink_holds_something(world: World, sink: str) -> None:
    assert len(SINKS[sink](world)) > 500


@pytest.mark.parametrize("sink", SINKS)
def test_no_address_and_nothing_made_of_one_is_in_it(world: World, sink: str) -> None:
    assert SENT_NEEDLES.find(SINKS[sink](world)) == []


@pytest.mark.parametrize("sink", ["answers", "log", "Redis", "database cells", "webhooks", "metrics"])
def test_no_keyed_hash_is_in_it(world: World, sink: str) -> None:
    hashes = keyed_hashes(world)
    assert len(hashes) > 10, "else this proves nothing"

    assert needles_of_hashes(hashes).find(SINKS[sink](world)) == []


@pytest.mark.parametrize("sink", ["log", "Redis", "database cells", "webhooks", "metrics"])
def test_no_network_is_in_it(world: World, sink: str) -> None:
    assert NETWORK.encode() not in SINKS[sink](world)


def test_each_answer_is_clean(world: World) -> None:
    """The same by answer, so that a failure names its route."""
    hashes = needles_of_hashes(keyed_hashes(world))
    found = {name: SENT_NEEDLES.find(answer) + hashes.find(answer) for name, answer in world.answers.items()}

    assert len(found) > 80, "else this proves nothing"
    assert {name: leaks for name, leaks in found.items() if leaks} == {}


def test_an_address_in_a_text_is_masked_where_others_read_it(world: World) -> None:
    public = {
        name: answer for name, answer in world.answers.items() if "moderator" not in name and "receipts" not in name
    }
    shown = b"".join(public.values())

    assert b"Write to me" in shown, "else this proves nothing"
    assert {name: TYPED_NEEDLES.find(answer) for name, answer in public.items() if TYPED_NEEDLES.find(answer)} == {}
    for sink in ("log", "Redis", "webhooks"):
        assert TYPED_NEEDLES.find(SINKS[sink](world)) == []


def test_webhooks_hear_nothing_of_an_author(world: World) -> None:
    told = webhook_bodies(world)

    assert {b"comment.published", b"comment.unpublished", b"comment.withdrawn"} <= set(
        re.findall(rb"comment\.\w+", told)
    )
    for said in (b"Ada", b"Obi", b"Thank you", b"Keyed", b"Write to me"):
        assert said in database_bytes(world), "else this proves nothing"
        assert said not in told


def test_the_address_was_really_used(world: World) -> None:
    with world.store.database.read() as connection:
        kept = connection.execute(select(schema.identities.c.strict_key)).scalars().all()

    local, domain = SENT.split("@")
    assert kept.count(factories.ROOT_KEY.digest("email-strict/demo", strict_form(local, domain).encode())) == 5
    assert b"Isso says." in world.answers["GET /isso/demo/?uri=/isso-page/ application/json"]


def test_every_route_was_asked(world: World) -> None:
    rules = {rule.rule.split("<")[0] for rule in world.app.url_map.iter_rules() if "GET" in (rule.methods or ())}

    assert {rule for rule in rules if not any(name.startswith(f"GET {rule}") for name in world.answers)} == set()


PLANTED: dict[str, bytes] = {
    "as it is": SENT.encode(),
    "lower case": SENT.lower().encode(),
    "upper case": SENT.upper().encode(),
    "url-encoded": b"?to=Zqx.Marker%2Btag%40zqx-domain.example",
    "in base64": base64.b64encode(b'{"x": 1, "to": "' + SENT.encode() + b'"}'),
    "in base64, one on": base64.urlsafe_b64encode(b'{"x": 12, "to": "' + SENT.encode() + b'"}'),
    "in base64, two on": base64.b64encode(b'{"x": 123, "to": "' + SENT.encode() + b'"}'),
    "hex": SENT.encode().hex().upper().encode(),
    "entity": SENT.replace("@", "&#64;").encode(),
    "entities": "".join(f"&#{ord(char)};" for char in SENT).encode(),
    "JSON": json.dumps(SENT).replace("@", "\\u0040").encode(),
    "reversed": SENT[::-1].encode(),
    "masked": b"mail z***@zqx-somewhere",
    "masked with bullets": "mail z•••••g@…".encode(),
    "masked domain": b"mail @z***.example",
    "local part": b"user=zqx.marker+tag;",
    "domain": b"host zqx-domain.example",
    "Gravatar": hashlib.md5(SENT.lower().encode()).hexdigest().encode(),  # noqa: S324 - what others leak
    "sha1": hashlib.sha1(SENT.encode()).hexdigest().upper().encode(),  # noqa: S324 - what others leak
    "sha256, cut": hashlib.sha256(SENT.lower().encode()).hexdigest()[:20].encode(),
    "sha512 as bytes": hashlib.sha512(SENT.encode()).digest(),
    "blake2b in base64": base64.urlsafe_b64encode(hashlib.blake2b(SENT.encode()).digest()),
}


@pytest.mark.parametrize("plant", PLANTED)
def test_a_planted_leak_is_found(plant: str) -> None:
    around = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<p>Some <b>innocent</b> words</p>"

    assert SENT_NEEDLES.find(around) == []
    assert SENT_NEEDLES.find(around + PLANTED[plant] + around)


@pytest.mark.parametrize("way", ["bytes", "hex", "base64", "repr", "number"])
def test_a_planted_keyed_hash_is_found(way: str) -> None:
    value = factories.ROOT_KEY.digest("email-loose/demo", b"somebody")
    shown = {
        "bytes": value,
        "hex": value.hex().upper().encode(),
        "base64": base64.urlsafe_b64encode(value),
        "repr": repr(value).encode(),
        "number": str(int.from_bytes(value)).encode(),
    }[way]

    needles: Needles = needles_of_hashes({"loose key": value})
    assert needles.find(b"before" + shown + b"after")
    assert needles.find(b"before and after") == []
