"""The desk with somebody logged in, on a real store."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from comments.store import Store
from tests import factories
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
