"""The desk with somebody logged in, on a real store."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import BrowserContext
from playwright.sync_api import Page as LivePage
from werkzeug.test import TestResponse

from comments.store import Store
from tests import factories
from tests.servers.app import serving
from tests.servers.chromium import running_chromium
from tests.service.review.pages import Page

COOKIE = "replydesk_session"
OURS = {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}


class Browser:
    """A moderator's browser without JavaScript: it opens pages and presses the buttons that are there."""

    def __init__(self, client: FlaskClient, store: Store) -> None:
        self.client = client
        self.store = store

    def open(self, address: str = "/review/") -> Page:
        """Open a page that is there."""
        answer = self.client.get(address)
        assert answer.status_code == 200, answer.status
        return Page(answer.text)

    def press(self, page: Page, ending: str, button: str = "", **typed: str) -> TestResponse:
        """Press a button of a form on the page, with `typed` in its fields. Redirects are not followed."""
        form = page.form(ending, button)
        assert form.method == "post"
        sent = {**form.fields, **typed}
        if button:
            sent["decision"] = button
        return self.client.post(form.action, data=sent, headers=OURS)

    def decide(self, comment_id: int, button: str, **typed: str) -> TestResponse:
        """Open the queue and decide on one comment in it."""
        return self.press(self.open(), f"/comments/{comment_id}/decide", button, **typed)


@pytest.fixture
def log_in(sqlite_store: Store) -> Callable[..., Browser]:
    """Give a browser with a session of its own to a moderator of this login."""

    def log_in(app: Flask, login: str = "ada", store: Store = sqlite_store) -> Browser:
        moderator = factories.a_moderator(store, login)
        token = store.sessions.open(moderator.id, lasts=timedelta(hours=12), now=factories.NOW)
        client = app.test_client()
        client.set_cookie(COOKIE, token, path="/review")
        return Browser(client, store)

    return log_in


@pytest.fixture
def ada(app: Flask, log_in: Callable[..., Browser]) -> Browser:
    """The browser of the moderator "ada"."""
    return log_in(app)


# In a real browser ---------------------------------------------------------------------------------------------------

# Every breach of the content policy becomes an error of the console, and those fail the test.
_TELL_BREACHES = """
document.addEventListener("securitypolicyviolation", (breach) =>
  console.error(`content policy: ${breach.violatedDirective} ${breach.blockedURI}`));
"""
# Chromium reports these answers as errors too; they are what the page is told.
_ANSWERS = ("400", "401", "409")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Chromium]:
    """A real browser."""
    with running_chromium() as started:
        yield started


@pytest.fixture
def desk_url(app: Flask) -> Iterator[str]:
    """The address of the running desk."""
    with serving(app) as url:
        yield f"{url}/review/"


@pytest.fixture
def problems() -> list[str]:
    """What went wrong in the browser: script errors, dialogs, breaches of the content policy. None may at the end."""
    return []


@pytest.fixture
def enter(
    chromium: Chromium, desk_url: str, sqlite_store: Store, problems: list[str]
) -> Iterator[Callable[..., LivePage]]:
    """Open the desk for a moderator. A script error or a breach of the content policy fails the test."""
    contexts: list[BrowserContext] = []

    def enter(login: str = "ada", **options: object) -> LivePage:
        moderator = factories.a_moderator(sqlite_store, login)
        token = sqlite_store.sessions.open(moderator.id, lasts=timedelta(hours=12), now=factories.NOW)
        context = chromium.new_context(**options)  # type: ignore[arg-type]  # Playwright's own keywords
        contexts.append(context)
        context.add_cookies([{"name": COOKIE, "value": token, "url": desk_url}])
        context.add_init_script(_TELL_BREACHES)
        page = context.new_page()
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("dialog", lambda dialog: problems.append(f"dialog: {dialog.type} {dialog.message}"))
        page.on("console", lambda line: problems.append(line.text) if _is_problem(line.type, line.text) else None)
        page.goto(desk_url)
        return page

    yield enter
    for context in contexts:
        context.close()
    assert not problems, problems


def _is_problem(kind: str, words: str) -> bool:
    return kind == "error" and not any(f"status of {answer}" in words for answer in _ANSWERS)
