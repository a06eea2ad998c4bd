"""What must be there before anything runs: the data directory, the root key, the tables."""

from comments.identity import create_root_key
from comments.migrations import UnknownRevision, downgrade, upgrade
from comments.settings import Settings
from comments.store import open_store
from ops.opened import require_database
from ops.problems import Problem

PRIVATE = 0o700


def prepare(settings: Settings) -> bool:
    """Make the data directory and the root key if need be and migrate. Returns whether the database was changed.

    Safe to run twice, and in two processes at once. Raises Problem, KeyFileProblem, NewerDatabase, StoreUnavailable.
    """
    make_private(settings)
    create_root_key(settings.root_key_path)
    store = open_store(settings.database)
    try:
        return upgrade(store.database)
    finally:
        store.close()


def take_back(settings: Settings, revision: str) -> bool:
    """Take the schema back to an earlier revision. Returns whether the database was changed.

    Safe to run twice. Raises Problem, NewerDatabase, StoreUnavailable.
    """
    require_database(settings)
    store = open_store(settings.database)
    try:
        return downgrade(store.database, revision)
    except UnknownRevision as problem:
        raise Problem(str(problem)) from None
    finally:
        store.close()


def make_private(settings: Settings) -> None:
    """Make the data directory, for this user alone. Raises Problem."""
    try:
        settings.data_dir.mkdir(parents=True, exist_ok=True, mode=PRIVATE)
    except OSError as error:
        raise Problem(
            f"cannot make the data directory {settings.data_dir}: {error.strerror}; name another with --data"
        ) from None
