"""Who may come in without a login: every such route is written down here."""

import re
from datetime import datetime
from pathlib import Path

import pytest
from flask import Flask

from comments.identity import RootKey
from comments.settings import Settings
from comments.store import Store
from comments.wakeup import Wakeup
from service.app import create_app
from service.parts import Parts

OPEN = {
    ("/api/v1/challenge", "GET"),
    ("/api/v1/comments", "GET"),
    ("/api/v1/comments", "POST"),
    ("/api/v1/counts", "GET"),
    ("/api/v1/counts", "POST"),
    ("/api/v1/openapi.json", "GET"),
    ("/devices/forget", "GET"),
    ("/devices/forget", "POST"),
    ("/docs", "GET"),
    ("/embed-<version>.js", "GET"),
    ("/embed.js", "GET"),
    ("/feeds/<site_key>.atom", "GET"),
    ("/healthz", "GET"),
    ("/identicons/<int:size>/<seed>.svg", "GET"),
    ("/isso/<site_key>/", "GET"),
    ("/isso/<site_key>/config", "GET"),
    ("/isso/<site_key>/count", "POST"),
    ("/isso/<site_key>/new", "POST"),
    ("/isso/<site_key>/preview", "POST"),
    ("/notices/<token>/<any(confirm, stop):wish>", "GET"),
    ("/notices/<token>/<any(confirm, stop):wish>", "POST"),
    ("/pow-<version>.js", "GET"),
    ("/privacy", "GET"),
    ("/privacy/request", "GET"),
    ("/privacy/request", "POST"),
    ("/privacy/requests/<token>", "GET"),
    ("/privacy/requests/<token>", "POST"),
    ("/readyz", "GET"),
    ("/receipts/<token>", "GET"),
    ("/receipts/<token>/<any(edit, withdraw, appeal):wish>", "POST"),
    ("/review/invitations/<token>", "GET"),
    ("/review/invitations/<token>", "POST"),
    ("/review/invitations/<token>/accept", "POST"),
    ("/review/invitations/<token>/oidc", "POST"),
    ("/review/login", "GET"),
    ("/review/login", "POST"),
    ("/review/oidc/callback", "GET"),
    ("/review/oidc/login", "POST"),
    ("/review/setup/<token>", "GET"),
    ("/review/setup/<token>", "POST"),
    ("/static/<path:filename>", "GET"),
    ("/static/v-<version>/<path:filename>", "GET"),
    ("/threads/<site_key>", "GET"),
    ("/threads/<site_key>/comments/<int(max=9007199254740991):comment_id>", "GET"),
    ("/wp-comments-post.php", "POST"),
    ("/wp-json/wp/v2/comments", "GET"),
    ("/wp-json/wp/v2/comments/<int:comment_id>", "GET"),
    ("/wp/v2/comments", "GET"),
    ("/wp/v2/comments/<int:comment_id>", "GET"),
}
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


@pytest.fixture
def app(sqlite_store: Store, root_key: RootKey, now: datetime, tmp_path: Path) -> Flask:
    settings = Settings.model_validate({"data_dir": tmp_path})
    return create_app(Parts(settings, sqlite_store, root_key, Wakeup(None), lambda: now))


def routes(app: Flask) -> set[tuple[str, str]]:
    return {
        (rule.rule, method) for rule in app.url_map.iter_rules() for method in rule.methods or () if method in METHODS
    }


def path_of(rule: str) -> str:
    """Return an address that the rule matches."""
    path = re.sub(r"<any\((\w+)[^)]*\):\w+>", r"\1", rule)
    path = path.replace("<any(edit, withdraw, appeal):wish>", "edit")
    for placeholder in [part.split(">")[0] for part in path.split("<")[1:]]:
        path = path.replace(f"<{placeholder}>", "1")
    return path


def test_every_open_route_is_there(app: Flask) -> None:
    assert routes(app) >= OPEN


def test_every_other_route_sends_a_stranger_to_the_login(app: Flask) -> None:
    closed = routes(app) - OPEN
    assert closed, "else this proves nothing"

    answers = {
        (rule, method): app.test_client().open(
            path_of(rule), method=method, headers={"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}
        )
        for rule, method in closed
    }

    let_in = {
        route: answer.status
        for route, answer in answers.items()
        if not (
            answer.status_code in {401, 403}
            or (answer.status_code in {302, 303} and answer.headers["Location"].split("?")[0].endswith("/review/login"))
        )
    }
    assert let_in == {}


def test_only_the_desk_is_closed(app: Flask) -> None:
    assert {rule.split("/")[1] for rule, _ in routes(app) - OPEN} == {"review"}
