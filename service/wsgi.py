"""What the web server starts: `service.wsgi:build`."""

from collections.abc import Callable

from flask import Flask

from comments.contact import SealingKey, load_sealing_key
from comments.identity import load_root_key
from comments.migrations import require_current
from comments.preview import Previewer
from comments.settings import EmailMode, Settings, load_settings
from comments.store import Store, open_store
from comments.wakeup import Wakeup, connect_quickly
from service.app import create_app
from service.parts import Parts


def build(trials: Callable[[Settings, Store], Previewer] | None = None) -> Flask:
    """Return the application for the settings in force. `trials` makes what tries a site's new settings.

    Raises BadSettings, KeyFileProblem, OutdatedDatabase, NewerDatabase or StoreUnavailable with one line for operators.
    """
    settings = load_settings()
    key = load_root_key(settings.root_key_path)
    store = open_store(settings.database)
    require_current(store.database)
    store.close()  # A server may fork after this; each process connects for itself.
    redis = connect_quickly(settings.redis) if settings.redis else None
    preview = None if trials is None else trials(settings, store)
    sealing_key = _sealing_key(settings)
    return create_app(Parts(settings, store, key, Wakeup(redis), preview=preview, sealing_key=sealing_key))


def _sealing_key(settings: Settings) -> SealingKey | None:
    """Return the public key alone: what it seals cannot be opened here."""
    path = settings.notice_public_key_file
    return load_sealing_key(path) if path is not None and settings.email_mode is EmailMode.SEALED else None
