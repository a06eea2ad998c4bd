"""What the views of one web process work with, handed to the app once."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from flask import Flask, current_app

from comments.clock import utc_now
from comments.contact import SealingKey
from comments.identity import RootKey
from comments.preview import Previewer
from comments.settings import Settings
from comments.store import Store
from comments.wakeup import Wakeup

_NAME = "replydesk"


@dataclass(frozen=True, slots=True)
class Parts:
    """The store, the key, the bell, the settings and the clock of one web process.

    `preview` tries a site's new settings on what was decided; whoever assembles the service hands it in, because what
    it needs are the workers' checks. `sealing_key` seals the address of an author who wants notices; None: nobody may.
    """

    settings: Settings
    store: Store
    key: RootKey
    wakeup: Wakeup
    now: Callable[[], datetime] = utc_now
    preview: Previewer | None = None
    sealing_key: SealingKey | None = None


def attach(app: Flask, parts: Parts) -> None:
    """Hand the parts to an app."""
    app.extensions[_NAME] = parts


def parts() -> Parts:
    """Return the parts of the app that is answering."""
    found: Parts = current_app.extensions[_NAME]
    return found
