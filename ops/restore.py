"""Put a backup back into a database that has nothing to lose, and hold it against what was saved."""

import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from comments.erasure_journal import ErasureJournal, load_journal
from comments.identity import load_root_key
from comments.migrations import NewerDatabase, is_known, upgrade
from comments.settings import Settings
from comments.store import Store, open_store
from comments.store.copies import copy_sqlite, forget_the_moment, has_table, is_empty
from comments.store.database import parse_url
from comments.store.leases import WORKER
from comments.store.leftovers import overwrite
from comments.store.tallies import Contents, contents
from ops.backup import is_sqlite, require_undamaged
from ops.backup_file import Manifest, read_file
from ops.clock import utc_now
from ops.postgres_tools import run_tool
from ops.prepare import make_private
from ops.problems import Problem


def restore(settings: Settings, file: Path, *, force: bool, journals: Sequence[Path] = ()) -> tuple[Manifest, int]:
    """Restore a backup, check every table, migrate, and erase again what the erasure journal names.

    `journals` are kept elsewhere and read beside the installation's own. Returns what was restored, and how many
    comments were erased again. Raises Problem, KeyFileProblem, NewerDatabase or StoreUnavailable; until the backup was
    found whole and fitting nothing is changed.
    """
    make_private(settings)
    with tempfile.TemporaryDirectory(dir=settings.data_dir, prefix=".replydesk-restore-") as scratch:
        copy = Path(scratch, "copy")
        manifest = read_file(file, copy)
        require_fitting(settings, manifest)
        journal = load_journal(settings, journals)  # what it says of a missing key would make a wrong one
        _require_whole(settings, manifest, copy)
        store = open_store(settings.database)
        try:
            _require_nothing_to_lose(store, force=force)
            put_back(settings.database, copy)
            _require_same(count(store), manifest, "after restoring, these tables are not what was saved")
            erased_again = bring_up_to_date(store, journal)
        finally:
            store.close()
    return manifest, erased_again


def bring_up_to_date(store: Store, journal: ErasureJournal) -> int:
    """Make what was put back one that this version works with. Returns how many comments were erased again."""
    upgrade(store.database)
    with store.database.write() as connection:
        forget_the_moment(connection)
    return _erase_again(store, journal)


def count(store: Store) -> Contents:
    """Return what is in the database, in numbers."""
    with store.database.read() as connection:
        return contents(connection)


def _erase_again(store: Store, journal: ErasureJournal) -> int:
    """Erase what was erased since the backup was made, and what it held of that. Returns how many comments."""
    marks = journal.marks()
    now = utc_now()
    erased = store.erasures.erase_again(marks, lambda erased: journal.names(erased, marks[erased.comment_id]), now)
    if erased:
        store.search.forget_gone(now)
        # Nobody is at work in it yet, so PostgreSQL's tables can be written anew without what was erased.
        overwrite(store.database, compact=not store.database.is_sqlite)
    store.database.empty_log()
    return erased


def require_fitting(settings: Settings, manifest: Manifest) -> None:
    """Raise Problem or NewerDatabase unless these settings and this code can use the backup."""
    kind = parse_url(settings.database).get_backend_name()
    if manifest.kind != kind:
        raise Problem(f"the backup is of {manifest.kind}, the database of the settings is {kind}")
    if not is_known(manifest.revision):
        raise NewerDatabase("the backup was made by a newer Replydesk; install that version or a later one")
    path = settings.root_key_path
    if not path.exists():
        raise Problem(f"put the root key of the backed-up installation to {path} first; a backup never holds it")
    if manifest.kid not in {each.kid for each in load_root_key(path).known}:
        raise Problem(f"{path} is not the root key of the backed-up installation: bans and receipts would not work")


def _require_whole(settings: Settings, manifest: Manifest, copy: Path) -> None:
    """Raise Problem when a file holds other rows than it says. PostgreSQL's can be counted in a database alone."""
    if not is_sqlite(settings.database):
        return
    require_undamaged(copy)
    store = open_store(f"sqlite:///{copy}")
    try:
        _require_same(count(store), manifest, "the backup is damaged: these tables are not what was saved")
    finally:
        store.close()


def _require_nothing_to_lose(store: Store, *, force: bool) -> None:
    with store.database.read() as connection:
        is_new = is_empty(connection)
        has_leases = has_table(connection, "leases")
    if has_leases and store.leases.count_alive(WORKER, utc_now()):
        raise Problem("a worker is running on this database; stop the service first")
    if not is_new and not force:
        raise Problem("the database is not empty; everything in it would be replaced: say so with --force")


def put_back(url: str, copy: Path) -> None:
    """Fill a database with a copy; on SQLite it is the same file then. Raises Problem or StoreUnavailable."""
    if is_sqlite(url):
        copy_sqlite(copy, Path(str(parse_url(url).database)))
        return
    arguments = ["--single-transaction", "--exit-on-error", "--clean", "--if-exists", "--no-owner", "--no-privileges"]
    run_tool("pg_restore", [*arguments, str(copy)], url)


def _require_same(found: Contents, manifest: Manifest, said: str) -> None:
    wrong = list(differing(found, manifest))
    if wrong:
        raise Problem(f"{said}: {', '.join(wrong)}")


def differing(found: Contents, manifest: Manifest) -> Iterator[str]:
    """Yield the names of tables that are not what was saved."""
    for name in sorted(manifest.tables.keys() | found.tables.keys()):
        if manifest.tables.get(name) != found.tables.get(name):
            yield name
