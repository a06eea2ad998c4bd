"""The drill: a backup is put back beside the service, held against what was saved, and the service notices nothing."""

import json
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from comments.identity import load_root_key
from comments.settings import load_settings
from comments.store import Store, open_store
from comments.store.scratch import NAME
from comments.store.tallies import count_statuses
from ops.backup_file import COPY, MANIFEST
from ops.clock import utc_now
from ops.drill import ANCHOR_MARGIN
from tests import factories
from tests.ops.commands import Shell
from tests.servers.postgres import Postgres, find_binaries
from workers.sealing import drop_anchor, load_notary, seal_new

# What is compared is the same code for both; that both come back is shown on both.
on_one_kind = pytest.mark.parametrize("migrated", ["sqlite"], indirect=True)


@pytest.fixture
def used(request: pytest.FixtureRequest, migrated: Shell) -> Iterator[Shell]:
    """A shell in an installation whose trail is sealed, on each kind of database."""
    store = open_store(load_settings().database)
    factories.an_approved_comment(store)
    factories.a_held_comment(store)
    seal(store)
    store.close()
    yield migrated
    if not load_settings().database.startswith("sqlite"):
        left = request.getfixturevalue("postgres").connect("postgres")
        assert not left.execute("SELECT 1 FROM pg_database WHERE datname LIKE %s", [f"{NAME}%"]).fetchall()
        left.close()


@pytest.fixture
def file(used: Shell, tmp_path: Path) -> Path:
    """A backup of the installation."""
    path = tmp_path / "saved.zip"
    assert used.run("backup", str(path)).code == 0
    return path


def seal(store: Store) -> None:
    notary = load_notary(load_settings())
    seal_new(store.chain, notary, utc_now())
    drop_anchor(store.chain, notary, utc_now() - 2 * ANCHOR_MARGIN)


def drilled(used: Shell, *arguments: str) -> tuple[int, dict[str, Any]]:
    done = used.run("drill", "--json", *arguments)
    return done.code, json.loads(done.out)


def test_a_backup_made_now_comes_back(used: Shell, data_dir: Path) -> None:
    code, told = drilled(used)

    assert (code, told["faults"]) == (0, [])
    assert told["statuses"] == {"approved": {"saved": 1, "back": 1}, "held": {"saved": 1, "back": 1}}
    assert told["audit_chain"] == {"lines": 4, "anchors": 1}
    assert all(each["saved"] == each["back"] for each in told["tables"].values())
    assert told["tables"]["comments"]["back"][0] == 2
    assert not [each for each in data_dir.iterdir() if each.is_dir()], "nothing of the try is left"


@on_one_kind
def test_it_is_told_to_people_too(used: Shell) -> None:
    done = used.run("drill")

    assert done.code == 0
    assert "comments approved: 1 saved, 1 back" in done.out
    assert "came back as they were saved" in done.out


@on_one_kind
def test_a_backup_that_is_there_is_tried_whatever_came_since(used: Shell, file: Path) -> None:
    store = open_store(load_settings().database)
    factories.accept(store, text="This came after the backup.")

    code, told = drilled(used, str(file))

    assert (code, told["faults"]) == (0, [])
    with store.database.read() as connection:
        assert count_statuses(connection) == {"approved": 1, "held": 1, "pending": 1}, "the service's are untouched"
    assert told["statuses"] == {"approved": {"saved": 1, "back": 1}, "held": {"saved": 1, "back": 1}}
    store.close()


def test_what_was_erased_since_is_erased_again(used: Shell, tmp_path: Path) -> None:
    # given: an author whose comment is in the backup, and who asked for its erasure since
    store = open_store(load_settings().database)
    factories.accept(store, key=load_root_key(load_settings().root_key_path), email="grace@example.org")
    seal(store)
    store.close()
    file = tmp_path / "with_grace.zip"
    assert used.run("backup", str(file)).code == 0
    assert "Erased 1 comments" in used.run("privacy", "erase", stdin="grace@example.org\n").out

    # when
    code, told = drilled(used, str(file))

    # then
    assert (code, told["faults"]) == (0, [])
    assert told["erasures"] == {"in_journal": 1, "erased_again": 1, "left": 0}


@on_one_kind
def test_a_table_that_differs_is_named(used: Shell, file: Path) -> None:
    with zipfile.ZipFile(file) as archive:
        manifest, copy = json.loads(archive.read(MANIFEST)), archive.read(COPY)
    manifest["tables"]["threads"]["rows"] += 1
    manifest["tables"]["signals"]["sha256"] = "0" * 64
    manifest["statuses"]["held"] += 1
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(MANIFEST, json.dumps(manifest))
        archive.writestr(COPY, copy)

    code, told = drilled(used, str(file))

    assert code == 1
    assert told["faults"] == [
        "table signals is not what was saved",
        "table threads is not what was saved",
        "the comments have other statuses than were saved",
    ]


@on_one_kind
def test_a_trail_that_was_changed_is_found(used: Shell) -> None:
    # given: somebody with the database's password
    store = open_store(load_settings().database)
    with store.database.write() as connection:
        connection.exec_driver_sql("DROP TRIGGER audit_chain_no_update")
        connection.exec_driver_sql("UPDATE audit_chain SET sealed_at = sealed_at + 1 WHERE position = 2")
    store.close()

    done = used.run("drill")

    assert done.code == 1
    assert "is not what was sealed at place 2" in done.out
    assert "NOT as it was saved" in done.out


@on_one_kind
def test_a_chain_that_was_cut_off_before_the_backup_is_found(used: Shell) -> None:
    store = open_store(load_settings().database)
    with store.database.write() as connection:
        connection.exec_driver_sql("DROP TRIGGER audit_chain_no_delete")
        connection.exec_driver_sql("DELETE FROM audit_chain WHERE position > 2")
    store.close()

    code, told = drilled(used)

    assert code == 1
    assert any("the end of the chain is gone" in fault for fault in told["faults"])


@on_one_kind
def test_anchors_written_since_are_not_held_against_it(used: Shell, file: Path) -> None:
    store = open_store(load_settings().database)
    factories.an_approved_comment(store)
    notary = load_notary(load_settings())
    seal_new(store.chain, notary, utc_now())
    drop_anchor(store.chain, notary, utc_now() + timedelta(minutes=1))
    store.close()

    code, told = drilled(used, str(file))

    assert (code, told["faults"]) == (0, [])
    assert told["audit_chain"] == {"lines": 4, "anchors": 1}


def test_without_the_right_to_make_a_database_it_says_so(
    postgres: Postgres, shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = postgres.create_empty()
    with postgres.connect(name) as connection:
        connection.execute("CREATE ROLE modest LOGIN; GRANT ALL ON SCHEMA public TO modest")
    url = postgres.url(name).replace("replydesk@", "modest@")
    monkeypatch.setenv("REPLYDESK_DATABASE_URL", url)
    monkeypatch.setenv("PATH", f"{find_binaries()}:/usr/bin:/bin")
    assert shell.run("migrate").code == 0

    done = shell.run("drill")

    assert done.code == 1
    assert "CREATEDB" in done.err
    assert len(done.err.splitlines()) == 1
    postgres.drop(name)
    with postgres.connect("postgres") as connection:
        connection.execute("DROP ROLE modest")
