"""The store for the length of one command."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

from comments.identity import load_root_key
from comments.migrations import require_current
from comments.settings import Settings, load_settings
from comments.store import Store, open_store
from comments.store.database import parse_url
from ops.problems import Problem
from workers.external.settings import BadCheckers, load_panel
from workers.notifications_file import BadNotifications, digests, load_notifications


@contextlib.contextmanager
def opened_store() -> Iterator[Store]:
    """Open the store of the settings in force.

    Raises Problem, BadSettings, BadDatabaseUrl, OutdatedDatabase, NewerDatabase or StoreUnavailable.
    """
    settings = load_settings()
    require_database(settings)
    store = open_store(settings.database)
    try:
        require_current(store.database)
        yield store
    finally:
        store.close()


def require_database(settings: Settings) -> None:
    """Raise Problem if the database is a file that is not there: looking would make an empty one."""
    address = parse_url(settings.database)
    if address.get_backend_name() == "sqlite" and not Path(str(address.database)).is_file():
        raise Problem(f"there is no database {address.database}; run: replydesk migrate (or replydesk up)")


def require_notifications(settings: Settings) -> None:
    """Raise Problem if the file of notifications cannot be used: its readers could only end, again and again."""
    try:
        digests(load_notifications(settings.notifications_file))
    except BadNotifications as problem:
        raise Problem(str(problem)) from None


def require_checkers(settings: Settings) -> None:
    """Raise Problem if the file of checkers cannot be used: workers and sweeper could only end, again and again.

    Not part of `require_ready`: the web server has no business with the secrets of checkers.
    """
    try:
        load_panel(settings.checkers_file)
    except BadCheckers as problem:
        raise Problem(f"the checkers of REPLYDESK_CHECKERS_FILE: {problem}") from None


def require_ready(settings: Settings) -> None:
    """Raise, with what to do, unless the key and the database are as this version needs them."""
    require_tables(settings)
    load_root_key(settings.root_key_path)
    require_notifications(settings)


def require_tables(settings: Settings) -> None:
    """Raise, with what to do, unless the database is as this version needs it."""
    require_database(settings)
    store = open_store(settings.database)
    try:
        require_current(store.database)
    finally:
        store.close()
