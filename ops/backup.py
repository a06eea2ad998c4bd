"""Back up the database into one file, while the service runs."""

import tempfile
from pathlib import Path

from comments.identity import load_root_key
from comments.migrations import revision_of
from comments.settings import Settings
from comments.store import open_store
from comments.store.copies import copy_sqlite, damage, snapshot
from comments.store.database import Database, parse_url
from comments.store.tallies import Tally, tally
from ops.backup_file import Manifest, checksum, write_file
from ops.clock import utc_now
from ops.opened import require_database
from ops.postgres_tools import run_tool
from ops.problems import Problem


def back_up(settings: Settings, file: Path) -> Manifest:
    """Write a backup and return what it holds. Raises Problem, KeyFileProblem or StoreUnavailable."""
    if file.exists():
        raise Problem(f"{file} is there already; name another file")
    require_database(settings)
    kid = load_root_key(settings.root_key_path).kid
    with tempfile.TemporaryDirectory(dir=file.absolute().parent, prefix=".replydesk-backup-") as scratch:
        copy = Path(scratch, "copy")
        take = _take_sqlite if is_sqlite(settings.database) else _take_postgres
        revision, tables = take(settings.database, copy)
        kind = parse_url(settings.database).get_backend_name()
        manifest = Manifest(utc_now().isoformat(timespec="seconds"), kind, revision, kid, checksum(copy), tables)
        write_file(file, manifest, copy)
    return manifest


def is_sqlite(url: str) -> bool:
    """Say whether the database is a file."""
    return parse_url(url).get_backend_name() == "sqlite"


def _take_sqlite(url: str, copy: Path) -> tuple[str, dict[str, Tally]]:
    copy_sqlite(Path(str(parse_url(url).database)), copy)
    return look_at_copy(copy)


def look_at_copy(copy: Path) -> tuple[str, dict[str, Tally]]:
    """Return revision and tallies of a copied SQLite database. Raises Problem when it is damaged."""
    store = open_store(f"sqlite:///{copy}")
    try:
        with store.database.read() as connection:
            found = damage(connection)
            if found:
                raise Problem(f"the database is damaged: {found[:300]}")
            return revision_of(connection), tally(connection)
    finally:
        store.close()


def _take_postgres(url: str, copy: Path) -> tuple[str, dict[str, Tally]]:
    database = Database(url)
    try:
        with snapshot(database) as (connection, name):
            run_tool("pg_dump", ["--format=custom", f"--snapshot={name}", f"--file={copy}"], url)
            return revision_of(connection), tally(connection)
    finally:
        database.close()
