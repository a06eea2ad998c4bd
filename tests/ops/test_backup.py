"""Backup and restore: what was saved comes back, nothing else does, and nothing is overwritten by mistake."""

import json
import shutil
import stat
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from comments.settings import load_settings
from comments.store import open_store
from comments.store.leases import WORKER
from comments.store.tallies import Tally, tally
from ops.backup_file import COPY, MANIFEST
from ops.postgres_tools import connection_string
from tests import factories
from tests.ops.commands import Shell


@pytest.fixture
def used(migrated: Shell) -> Shell:
    """A shell in an installation that has seen comments, on each kind of database."""
    store = open_store(load_settings().database)
    factories.an_approved_comment(store)
    factories.a_held_comment(store)
    store.moderators.new_setup_link(lasts=factories.NOW - datetime(2020, 1, 1, tzinfo=UTC), now=factories.NOW)
    store.close()
    return migrated


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "saved.zip"


def tallies() -> dict[str, Tally]:
    store = open_store(load_settings().database)
    try:
        with store.database.read() as connection:
            return tally(connection)
    finally:
        store.close()


def change_something() -> None:
    store = open_store(load_settings().database)
    factories.accept(store, text="This came after the backup.")
    store.close()


def test_what_was_saved_comes_back(used: Shell, file: Path) -> None:
    # given
    before = tallies()
    assert used.run("backup", str(file)).code == 0
    change_something()
    assert tallies() != before, "else this proves nothing"

    # when
    done = used.run("restore", str(file), "--force")

    # then: all but what only the moment's browsers could use
    assert done.code == 0, done.err
    assert "Restored" in done.out
    after = tallies()
    assert after.pop("setup_links").rows == 0
    assert before.pop("setup_links").rows == 1
    assert after == before
    assert before["comments"].rows == 2


def test_nothing_is_replaced_unasked(used: Shell, file: Path) -> None:
    assert used.run("backup", str(file)).code == 0
    change_something()
    before = tallies()

    done = used.run("restore", str(file))

    assert done.code == 1
    assert "--force" in done.err
    assert tallies() == before


def test_an_empty_database_takes_a_backup_unasked(used: Shell, file: Path, data_dir: Path) -> None:
    # given: a new installation with the root key of the old one
    if load_settings().database.startswith("postgresql"):
        pytest.skip("the same code, and one server is enough")
    before = tallies()
    assert used.run("backup", str(file)).code == 0
    shutil.move(data_dir / "root.key", data_dir.parent / "root.key")
    shutil.rmtree(data_dir)
    data_dir.mkdir(mode=0o700)
    shutil.move(data_dir.parent / "root.key", data_dir / "root.key")

    # when
    done = used.run("restore", str(file))

    # then
    assert done.code == 0, done.err
    assert tallies()["comments"] == before["comments"]


def test_the_root_key_is_not_in_it(used: Shell, file: Path, data_dir: Path) -> None:
    # given
    key = (data_dir / "root.key").read_text().strip()

    # when
    assert used.run("backup", str(file)).code == 0

    # then
    with zipfile.ZipFile(file) as archive:
        assert set(archive.namelist()) == {MANIFEST, COPY}
        held = b"".join(archive.read(name) for name in archive.namelist()) + file.read_bytes()
    assert key.encode() not in held.lower()
    assert bytes.fromhex(key) not in held
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_backup_names_the_key_as_doctor_does(used: Shell, file: Path) -> None:
    assert used.run("backup", str(file)).code == 0
    with zipfile.ZipFile(file) as archive:
        kid = json.loads(archive.read(MANIFEST))["kid"]

    assert f"key id {kid}" in " ".join(used.run("doctor").out.split())


def test_a_file_that_is_there_stays(used: Shell, file: Path) -> None:
    file.write_text("precious")

    done = used.run("backup", str(file))

    assert done.code == 1
    assert "name another file" in done.err
    assert file.read_text() == "precious"
    assert [entry.name for entry in file.parent.iterdir() if "replydesk-backup" in entry.name] == []


def test_another_key_is_refused(used: Shell, file: Path, data_dir: Path) -> None:
    assert used.run("backup", str(file)).code == 0
    (data_dir / "root.key").write_text("ab" * 32)

    done = used.run("restore", str(file), "--force")

    assert done.code == 1
    assert "is not the root key" in done.err


def test_on_a_new_machine_the_backup_s_own_key_is_asked_for(used: Shell, file: Path, data_dir: Path) -> None:
    assert used.run("backup", str(file)).code == 0
    (data_dir / "root.key").unlink()

    done = used.run("restore", str(file), "--force")

    assert done.code == 1
    assert "put the root key of the backed-up installation to" in done.err
    assert "migrate" not in done.err, "that would make another key"
    assert not (data_dir / "root.key").exists()


def test_a_running_worker_is_not_robbed(used: Shell, file: Path) -> None:
    assert used.run("backup", str(file)).code == 0
    store = open_store(load_settings().database)
    store.leases.take(f"{WORKER}1", "one", seconds=30, now=datetime.now(UTC))
    store.close()

    done = used.run("restore", str(file), "--force")

    assert done.code == 1
    assert "stop the service first" in done.err


@pytest.mark.parametrize("damage", ["no zip", "another copy", "another count", "a newer format", "a newer schema"])
def test_a_damaged_or_newer_file_changes_nothing(used: Shell, file: Path, damage: str) -> None:
    # given
    assert used.run("backup", str(file)).code == 0
    spoil(file, damage)
    before = tallies()

    # when
    done = used.run("restore", str(file), "--force")

    # then
    is_seen_late = damage == "another count" and load_settings().database.startswith("postgresql")
    assert done.code == 1
    assert "damaged" in done.err or "newer Replydesk" in done.err or (is_seen_late and "comments" in done.err)
    assert len(done.err.splitlines()) == 1
    if is_seen_late:  # it was put back by then, and brought up to date
        assert before.pop("setup_links").rows == 1
        assert (after := tallies()).pop("setup_links").rows == 0
        assert after == before
    else:
        assert tallies() == before


def spoil(file: Path, damage: str) -> None:
    if damage == "no zip":
        file.write_bytes(file.read_bytes()[:200])
        return
    with zipfile.ZipFile(file) as archive:
        manifest, copy = json.loads(archive.read(MANIFEST)), archive.read(COPY)
    if damage == "another copy":
        copy = copy[:-1] + bytes([copy[-1] ^ 1])
    elif damage == "another count":
        manifest["tables"]["comments"]["rows"] += 1
    elif damage == "a newer format":
        manifest["format"] += 1
    else:
        manifest["revision"] = "9999"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(MANIFEST, json.dumps(manifest))
        archive.writestr(COPY, copy)


def test_a_backup_of_the_other_database_is_refused(
    installed: Shell, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert installed.run("backup", str(file)).code == 0
    monkeypatch.setenv("REPLYDESK_DATABASE_URL", "postgresql://nobody@/nothing?host=/nowhere")

    done = installed.run("restore", str(file))

    assert done.code == 1
    assert "sqlite" in done.err


def test_without_postgresql_s_programs_it_says_so(
    request: pytest.FixtureRequest, shell: Shell, file: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("REPLYDESK_DATABASE_URL", request.getfixturevalue("postgresql_url"))
    assert shell.run("migrate").code == 0
    monkeypatch.setenv("PATH", str(tmp_path))

    done = shell.run("backup", str(file))

    assert done.code == 1
    assert "no pg_dump on PATH" in done.err


def test_a_password_is_on_no_command_line() -> None:
    string = connection_string("postgresql://ada:se'cret@db.example:5433/news?sslmode=require")

    assert string == "dbname='news' host='db.example' port='5433' user='ada' sslmode='require'"
    assert connection_string("postgresql:///it's") == "dbname='it\\'s'"
