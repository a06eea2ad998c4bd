"""The store for the length of one command."""

import contextlib
from collections.abc import Iterator

from comments.migrations import require_current
from comments.settings import load_settings
from comments.store import Store, open_store


@contextlib.contextmanager
def opened_store() -> Iterator[Store]:
    """Open the store of the settings in force.

    Raises BadSettings, BadDatabaseUrl, OutdatedDatabase, NewerDatabase or StoreUnavailable.
    """
    store = open_store(load_settings().database)
    try:
        require_current(store.database)
        yield store
    finally:
        store.close()
