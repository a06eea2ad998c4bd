"""Put a backup back into a database that has nothing to lose, and hold it against what was saved."""

import contextlib
import os
import socket
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from comments.erasure_journal import ErasureJournal, load_journal
from comments.identity import load_root_key
from comments.migrations import NewerDatabase, is_known, upgrade
from comments.settings import Settings
from comments.store import Store, StoreUnavailable, open_store
from comments.store.copies import UNFINISHED, call_finished, copy_sqlite, forget_the_moment, has_table, is_empty
from comments.store.database import parse_url
from comments.store.leases import PROBE, WORKER, Leases
from comments.store.leftovers import overwrite
from comments.store.tallies import Contents, contents
from ops.backup import is_sqlite, require_undamaged
from ops.backup_file import Manifest, read_file
from ops.clock import utc_now
from ops.postgres_tools import restore_over
from ops.prepare import make_private
from ops.problems import Problem
from ops.working_copies import working_directory

# Readiness is asked for every few seconds by a proxy, once a minute by a slow scraper.
PROBED_WITHIN = timedelta(minutes=2)
# A web server that was forgotten writes a sign of life into what was put back; none of the backup's is wanted anyway.
# The other one is there while a restore is under way.
_NOT_COMPARED = frozenset({"leases", UNFINISHED})


def restore(settings: Settings, file: Path, *, force: bool, journals: Sequence[Path] = ()) -> tuple[Manifest, int]:
    """Restore a backup, check every table, migrate, and erase again what the erasure journal names.

    `journals` are kept elsewhere and read beside the installation's own. Returns what was restored, and how many
    comments were erased again. Raises Problem, KeyFileProblem, NewerDatabase or StoreUnavailable; until the backup was
    found whole and fitting nothing is changed.
    """
    make_private(settings)
    with working_directory(settings.data_dir, "restore") as directory:
        copy = directory / "copy"
        manifest = read_file(file, copy)
        require_fitting(settings, manifest)
        journal = load_journal(settings, journals)  # what it says of a missing key would make a wrong one
        journal.marks()  # one that cannot be read is told while nothing has changed
        _require_nothing_to_lose(settings, force=force)
        _write_down_what_waits(settings, journal)
        replace = _replace_sqlite if is_sqlite(settings.database) else _replace_postgres
        erased_again = replace(settings, manifest, copy, journal)
    return manifest, erased_again


def _replace_sqlite(settings: Settings, manifest: Manifest, copy: Path, journal: ErasureJournal) -> int:
    """Make the copy what the database is to be and put it there last: killed at any moment, nothing erased is public.

    Returns how many comments were erased again.
    """
    require_undamaged(copy)
    with contextlib.closing(open_store(f"sqlite:///{copy}")) as beside:
        _require_same(count(beside), manifest, "the backup is damaged: these tables are not what was saved")
        erased_again = bring_up_to_date(beside, journal)
    put_back(settings.database, copy)
    with contextlib.closing(open_store(settings.database)) as store:
        store.database.empty_log()
    return erased_again


def _replace_postgres(settings: Settings, manifest: Manifest, copy: Path, journal: ErasureJournal) -> int:
    """Put the copy into the database, where alone it can be counted, and bring it up to date whatever was counted.

    Until that is done no process starts on it. Returns how many comments were erased again.
    """
    # It has a column because every table is counted, and one without cannot be.
    restore_over(settings.database, copy, but_first=f"CREATE TABLE {UNFINISHED} (since text)")
    with contextlib.closing(open_store(settings.database)) as store:
        try:
            found = count(store)
        finally:
            erased_again = bring_up_to_date(store, journal)
        with store.database.write() as connection:
            call_finished(connection)
    _require_same(found, manifest, "restored and brought up to date, but these tables are not what was saved")
    return erased_again


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
        raise Problem(
            f"{path} is not the root key of the backed-up installation: "
            "bans, second factors and erasures by address would not work"
        )


def _require_nothing_to_lose(settings: Settings, *, force: bool) -> None:
    with contextlib.closing(open_store(settings.database)) as store:
        with store.database.read() as connection:
            is_new = is_empty(connection)
            has_leases = has_table(connection, "leases")
        if has_leases:
            _require_stopped(store.leases, utc_now())
    if not is_new and not force:
        raise Problem("the database is not empty; everything in it would be replaced: say so with --force")


def _write_down_what_waits(settings: Settings, journal: ErasureJournal) -> None:
    """Write into the journal what was erased just before the service stopped: the list of it goes with the database."""
    with (
        contextlib.suppress(StoreUnavailable),  # a damaged one may not say it, and must be replaceable all the same
        contextlib.closing(open_store(settings.database)) as store,
        store.database.read() as connection,
    ):
        if has_table(connection, "unjournaled"):
            journal.add(store.erasures.waiting(), utc_now())


def _require_stopped(leases: Leases, now: datetime) -> None:
    if leases.count_alive(WORKER, now):
        raise Problem("a worker is running on this database; stop the service first, web servers and listener too")
    holder = leases.last_holder(PROBE, since=now - PROBED_WITHIN)
    if holder is not None and _runs_here(holder):
        raise Problem("a web server or the listener is running on this database; stop the service first, all of it")


def _runs_here(holder: str) -> bool:
    """Say whether `host:process` is one of this machine: of another nobody can tell whether it was stopped since."""
    host, _, number = holder.rpartition(":")
    if host != socket.gethostname() or not number.isdecimal() or int(number) == os.getpid():
        return False
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # it is somebody else's
        return True
    return True


def put_back(url: str, copy: Path) -> None:
    """Put a copy in the place of all that is in a database. Raises Problem or StoreUnavailable."""
    if is_sqlite(url):
        copy_sqlite(copy, Path(str(parse_url(url).database)))
        return
    restore_over(url, copy)


def _require_same(found: Contents, manifest: Manifest, said: str) -> None:
    wrong = list(differing(found, manifest))
    if wrong:
        raise Problem(f"{said}: {', '.join(wrong)}")


def differing(found: Contents, manifest: Manifest) -> Iterator[str]:
    """Yield the names of tables that are not what was saved."""
    for name in sorted((manifest.tables.keys() | found.tables.keys()) - _NOT_COMPARED):
        if manifest.tables.get(name) != found.tables.get(name):
            yield name
