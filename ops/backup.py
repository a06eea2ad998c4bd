"""Back up the database into one file, while the service runs.

What the file must hold is counted in the database itself, at the very moment of the copy: not in the copy.
"""

from pathlib import Path

from comments.identity import load_root_key
from comments.migrations import revision_of
from comments.settings import Settings
from comments.store import open_store
from comments.store.copies import copy_moment, damage, snapshot
from comments.store.database import Database, parse_url
from comments.store.scratch import remove_left_databases
from comments.store.tallies import Contents, contents
from ops.backup_file import Manifest, checksum, write_file
from ops.clock import utc_now
from ops.opened import require_database
from ops.postgres_tools import run_tool
from ops.problems import Problem
from ops.working_copies import remove_left, working_directory


def back_up(settings: Settings, file: Path) -> Manifest:
    """Write a backup and return what it holds. Raises Problem, KeyFileProblem or StoreUnavailable."""
    if file.exists():
        raise Problem(f"{file} is there already; name another file")
    require_database(settings)
    kid = load_root_key(settings.root_key_path).kid
    remove_left(settings.data_dir)
    remove_left_databases(settings.database)
    with working_directory(file.absolute().parent, "backup") as directory:
        copy = directory / "copy"
        take = _take_sqlite if is_sqlite(settings.database) else _take_postgres
        made_at = utc_now().isoformat(timespec="seconds")
        revision, held = take(settings.database, copy)
        kind = parse_url(settings.database).get_backend_name()
        manifest = Manifest(made_at, kind, revision, kid, checksum(copy), held.tables, held.statuses)
        write_file(file, manifest, copy)
    return manifest


def is_sqlite(url: str) -> bool:
    """Say whether the database is a file."""
    return parse_url(url).get_backend_name() == "sqlite"


def _take_sqlite(url: str, copy: Path) -> tuple[str, Contents]:
    database = Database(url)
    try:
        with database.read() as connection:
            revision, held = revision_of(connection), contents(connection)
            copy_moment(connection, copy)
    finally:
        database.close()
    require_undamaged(copy)
    return revision, held


def require_undamaged(copy: Path) -> None:
    """Raise Problem when a copied SQLite database is damaged."""
    store = open_store(f"sqlite:///{copy}")
    try:
        with store.database.read() as connection:
            found = damage(connection)
            if found:
                raise Problem(f"the database is damaged: {found[:300]}")
    finally:
        store.close()


def _take_postgres(url: str, copy: Path) -> tuple[str, Contents]:
    database = Database(url)
    try:
        with snapshot(database) as (connection, name):
            run_tool("pg_dump", ["--format=custom", f"--snapshot={name}", f"--file={copy}"], url)
            return revision_of(connection), contents(connection)
    finally:
        database.close()
