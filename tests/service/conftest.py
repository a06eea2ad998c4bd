"""The web application on a real store, with a client that talks to it in this process."""

from collections.abc import Callable
from datetime import datetime
from io import StringIO

import pytest
from flask import Flask
from flask.testing import FlaskClient

from comments.identity import RootKey
from comments.settings import Settings
from comments.store import Store
from comments.wakeup import Wakeup
from service.app import create_app
from service.parts import Parts
from tests import factories

SITE_ORIGIN = "https://news.example"


class Clock:
    """A clock that stands still until a test moves it."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock(now: datetime) -> Clock:
    """The time the application sees."""
    return Clock(now)


@pytest.fixture
def log() -> StringIO:
    """What the application writes to its log."""
    return StringIO()


@pytest.fixture
def make_app(root_key: RootKey, clock: Clock, log: StringIO) -> Callable[..., Flask]:
    """Build an application on a store. Rate limits are off unless a test turns them on."""

    def make(store: Store, wakeup: Wakeup | None = None, **settings: object) -> Flask:
        chosen = Settings.model_validate({"rate_limits": False, "log_level": "info", **settings})
        return create_app(Parts(chosen, store, root_key, wakeup or Wakeup(None), clock), log_to=log)

    return make


@pytest.fixture
def app(make_app: Callable[..., Flask], sqlite_store: Store) -> Flask:
    """The application with the site "demo", on SQLite."""
    factories.a_site(sqlite_store, origins=(SITE_ORIGIN,))
    return make_app(sqlite_store)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A client of the application."""
    return app.test_client()
