"""Restoring over what is there: whatever comes between, no comment that was erased is public again."""

import contextlib
import hashlib
import json
import os
import socket
import threading
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.exc import SQLAlchemyError

from comments.erasure_journal import FILE_NAME, load_journal
from comments.identity import load_root_key
from comments.migrations import UnfinishedRestore, require_current
from comments.receipt import receipt_hash
from comments.settings import load_settings
from comments.status import Status
from comments.store import Store, StoreUnavailable, open_store
from comments.store.leases import PROBE
from ops.backup_file import COPY, MANIFEST
from ops.clock import utc_now
from ops.doctor import look_at_everything
from ops.examinations import State
from ops.opened import require_ready
from ops.restore import count
from tests import factories
from tests.at_the_desk import status_of
from tests.ops.commands import Shell
from workers.erasures import write_journal

ELSEWHERE = "elsewhere.example:1"
on_postgresql = pytest.mark.parametrize("migrated", ["postgresql"], indirect=True)
on_sqlite = pytest.mark.parametrize("migrated", ["sqlite"], indirect=True)
# A trigger of the backup's that lets nothing be erased: whoever restores it comes so far and no further.
NOTHING_IS_ERASED = """
CREATE TRIGGER kept BEFORE UPDATE ON comments WHEN NEW.status = 'erased' BEGIN SELECT RAISE(ABORT, 'kept'); END
"""
NOTHING_IS_ERASED_ON_POSTGRESQL = """
CREATE FUNCTION kept() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'kept'; END $$;
CREATE TRIGGER kept BEFORE UPDATE ON comments FOR EACH ROW WHEN (NEW.status = 'erased') EXECUTE FUNCTION kept()
"""
NOTHING_IS_KEPT = {True: "DROP TRIGGER IF EXISTS kept", False: "DROP FUNCTION IF EXISTS kept CASCADE"}


@pytest.fixture
def store(migrated: Shell) -> Iterator[Store]:
    """The store of an installation, on each kind of database."""
    assert migrated
    opened = open_store(load_settings().database)
    yield opened
    opened.close()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where the backup is."""
    return tmp_path / "saved.backup"


@pytest.fixture
def erased(migrated: Shell, store: Store, file: Path) -> int:
    """A comment that is in the backup, approved, and that its author has taken back since."""
    return saved_and_erased(migrated, store, file)


def saved_and_erased(shell: Shell, store: Store, file: Path, *, but_first: str = "SELECT 1") -> int:
    key = load_root_key(load_settings().root_key_path)
    comment = factories.an_approved_comment(store, key=key)
    with store.database.write() as connection:
        connection.exec_driver_sql(but_first)
    assert shell.run("backup", str(file)).code == 0
    with store.database.write() as connection:
        connection.exec_driver_sql(NOTHING_IS_KEPT[store.database.is_sqlite])
    store.revisions.withdraw(receipt_hash(factories.receipt_of(comment, key)), now=utc_now())
    assert write_journal(store, load_journal(load_settings()), utc_now()) == 1
    return comment.id


def test_a_web_server_that_was_forgotten_brings_nothing_back(
    migrated: Shell, store: Store, erased: int, file: Path
) -> None:
    with probed_all_the_time():
        done = migrated.run("restore", str(file), "--force")

    assert (done.code, done.err) == (0, "")
    assert "Erased again, by the erasure journal: 1 comments" in done.out
    assert status_of(store, erased) is Status.ERASED


@contextlib.contextmanager
def probed_all_the_time() -> Iterator[None]:
    """Have readiness asked for, by a web server on another machine, as fast as it goes."""
    begun, ended = threading.Event(), threading.Event()
    web = threading.Thread(target=_probe, args=(load_settings().database, begun, ended))
    web.start()
    try:
        assert begun.wait(20)
        yield
    finally:
        ended.set()
        web.join()


def _probe(url: str, begun: threading.Event, ended: threading.Event) -> None:
    store = open_store(url)
    while not ended.is_set():
        with contextlib.suppress(StoreUnavailable, SQLAlchemyError):  # its tables are gone for a moment
            store.leases.take(PROBE, ELSEWHERE, seconds=0, now=utc_now())
            begun.set()
    store.close()


def test_what_was_erased_just_before_the_service_stopped_stays_so(migrated: Shell, store: Store, file: Path) -> None:
    # given: nobody has written it into the journal
    key = load_root_key(load_settings().root_key_path)
    comment = factories.an_approved_comment(store, key=key)
    assert migrated.run("backup", str(file)).code == 0
    store.revisions.withdraw(receipt_hash(factories.receipt_of(comment, key)), now=utc_now())
    assert len(store.erasures.waiting()) == 1

    # when
    done = migrated.run("restore", str(file), "--force")

    # then
    assert (done.code, done.err) == (0, "")
    assert status_of(store, comment.id) is Status.ERASED


def test_what_was_saved_otherwise_is_told_when_the_erased_is_gone(
    migrated: Shell, store: Store, erased: int, file: Path
) -> None:
    # given: a backup that does not hold what it says
    spoil_count(file)

    # when
    done = migrated.run("restore", str(file), "--force")

    # then
    assert done.code == 1
    assert "these tables are not what was saved: comments" in done.err
    assert status_of(store, erased) is Status.ERASED


def spoil_count(file: Path) -> None:
    with zipfile.ZipFile(file) as archive:
        manifest, copy = json.loads(archive.read(MANIFEST)), archive.read(COPY)
    manifest["tables"]["comments"]["rows"] += 1
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(MANIFEST, json.dumps(manifest))
        archive.writestr(COPY, copy)


@on_sqlite
def test_a_restore_that_ends_before_it_has_erased_has_replaced_nothing(
    migrated: Shell, store: Store, file: Path
) -> None:
    number = saved_and_erased(migrated, store, file, but_first=NOTHING_IS_ERASED)

    with pytest.raises(SQLAlchemyError, match="kept"):
        migrated.run("restore", str(file), "--force")

    assert status_of(store, number) is Status.ERASED


@on_postgresql
def test_no_process_starts_on_a_restore_that_ended_before_it_has_erased(
    migrated: Shell, store: Store, file: Path, tmp_path: Path
) -> None:
    # given
    sound = tmp_path / "sound.backup"
    number = saved_and_erased(migrated, store, sound)
    other = saved_and_erased(migrated, store, file, but_first=NOTHING_IS_ERASED_ON_POSTGRESQL)

    # when
    with pytest.raises(SQLAlchemyError, match="kept"):
        migrated.run("restore", str(file), "--force")
    with pytest.raises(UnfinishedRestore):
        require_ready(load_settings())
    listed, migrated_again = migrated.run("site", "list"), migrated.run("migrate")
    looked_at = look_at_everything(load_settings())["database"]

    # then
    assert status_of(store, other) is Status.APPROVED, "else this proves nothing"
    assert (listed.code, migrated_again.code) == (1, 0)
    assert "a restore into the database was not finished" in listed.err
    assert looked_at.state is State.PROBLEM
    assert "restore" in looked_at.remedy

    # and when it is run again
    again = migrated.run("restore", str(sound), "--force")

    # then
    assert (again.code, again.err) == (0, "")
    assert status_of(store, number) is Status.ERASED
    require_current(store.database)


def test_a_journal_that_cannot_be_read_changes_nothing(
    migrated: Shell, store: Store, erased: int, file: Path, data_dir: Path
) -> None:
    (data_dir / FILE_NAME).unlink()
    (data_dir / FILE_NAME).mkdir()

    done = migrated.run("restore", str(file), "--force")

    assert done.code == 1
    assert FILE_NAME in done.err
    assert status_of(store, erased) is Status.ERASED


@on_sqlite
@pytest.mark.parametrize(
    ("holder", "ago", "is_refused"),
    [
        (f"{socket.gethostname()}:{os.getppid()}", timedelta(seconds=30), True),
        (f"{socket.gethostname()}:{os.getppid()}", timedelta(minutes=10), False),
        (f"{socket.gethostname()}:{2**22 + 1}", timedelta(seconds=30), False),  # Linux has no such process
        (ELSEWHERE, timedelta(seconds=30), False),
    ],
    ids=["runs here", "has not asked for long", "was stopped", "elsewhere"],
)
def test_a_web_server_that_runs_here_is_not_robbed(
    migrated: Shell, store: Store, erased: int, file: Path, *, holder: str, ago: timedelta, is_refused: bool
) -> None:
    store.leases.take(PROBE, holder, seconds=0, now=utc_now() - ago)

    done = migrated.run("restore", str(file), "--force")

    assert (done.code == 1) is is_refused, done.err
    assert ("a web server or the listener is running" in done.err) is is_refused
    assert status_of(store, erased) is Status.ERASED


@on_postgresql
@pytest.mark.parametrize("revision", ["0005", "0011"])
def test_a_backup_of_before_a_migration_goes_back_over_it(
    migrated: Shell, store: Store, file: Path, revision: str
) -> None:
    # given: a release that was wrong, with tables that the backup has not and that refer to those it has
    number = factories.an_approved_comment(store).id
    assert migrated.run("migrate", "--back-to", revision).code == 0
    before = tables_of(store)
    assert migrated.run("backup", str(file)).code == 0
    assert migrated.run("migrate").code == 0
    newer = tables_of(store) - before
    factories.an_approved_comment(store)

    # when
    done = migrated.run("restore", str(file), "--force")

    # then
    assert (done.code, done.err) == (0, "")
    assert newer, "else this proves nothing"
    assert tables_of(store) == before | newer
    assert status_of(store, number) is Status.APPROVED
    assert count(store).statuses == {"approved": 1}
    assert factories.accept(store).is_new


def tables_of(store: Store) -> set[str]:
    return set(count(store).tables)


@on_postgresql
def test_a_dump_that_ends_too_early_changes_nothing(migrated: Shell, store: Store, file: Path) -> None:
    # given: all that is said of it fits
    factories.an_approved_comment(store)
    assert migrated.run("backup", str(file)).code == 0
    with zipfile.ZipFile(file) as archive:
        manifest, copy = json.loads(archive.read(MANIFEST)), archive.read(COPY)[:-600]
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(MANIFEST, json.dumps(manifest | {"sha256": hashlib.sha256(copy).hexdigest()}))
        archive.writestr(COPY, copy)
    factories.an_approved_comment(store)
    before = count(store)

    # when
    done = migrated.run("restore", str(file), "--force")

    # then
    assert done.code == 1
    assert "pg_restore failed" in done.err
    assert count(store) == before
    assert before.statuses == {"approved": 2}
