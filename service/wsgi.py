"""What the web server starts: `service.wsgi:build`."""

from flask import Flask

from comments.identity import load_root_key
from comments.migrations import require_current
from comments.settings import load_settings
from comments.store import open_store
from comments.wakeup import Wakeup, connect_quickly
from service.app import create_app
from service.parts import Parts


def build() -> Flask:
    """Return the application for the settings in force.

    Raises BadSettings, KeyFileProblem, OutdatedDatabase, NewerDatabase or StoreUnavailable with one line for operators.
    """
    settings = load_settings()
    key = load_root_key(settings.root_key_path)
    store = open_store(settings.database)
    require_current(store.database)
    store.close()  # A server may fork after this; each process connects for itself.
    redis = connect_quickly(settings.redis) if settings.redis else None
    return create_app(Parts(settings, store, key, Wakeup(redis)))
