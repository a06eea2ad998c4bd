"""`replydesk privacy`: what is kept is told, what is erased is gone from every file, and stays gone after a restore."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from comments import schema
from comments.erasure_journal import FILE_NAME
from comments.identity import author_keys, load_root_key
from comments.receipt import receipt_hash
from comments.settings import load_settings
from comments.status import Status
from comments.store import Store, open_store
from tests import factories
from tests.at_the_desk import status_of
from tests.ops.commands import Shell
from tests.servers.postgres import Postgres

ADDRESS = "zanzibar.pelican@example.org"
NAME, TEXT = "Zanzibar Pelican-Ostrich", "An unforgettable sentence about pelicans."
NETWORK = "198.51.100.99"
EARLIER = "An earlier sentence about ostriches."


@pytest.fixture
def store(migrated: Shell) -> Iterator[Store]:
    opened = open_store(load_settings().database)
    yield opened
    opened.close()


@pytest.fixture
def written(store: Store) -> tuple[int, ...]:
    """Three comments of one author on two sites: an edited one that is held, a public one, a rejected one."""
    key = load_root_key(load_settings().root_key_path)
    held = factories.accept(store, key=key, email=ADDRESS, name=NAME, text=EARLIER, client_ip=NETWORK)
    store.revisions.edit(receipt_hash(factories.receipt_of(held, key)), f"{TEXT} One.", now=factories.NOW)
    factories.settle(store, held, Status.HELD, signals=(factories.a_signal(),), bands=((0, 7), (1, 8)))
    public = factories.an_approved_comment(
        store, key=key, email=ADDRESS.title(), name=NAME, text=f"{TEXT} Two.", client_ip=NETWORK
    )
    rejected = factories.a_rejected_comment(
        store, key=key, email=ADDRESS, name=NAME, text=f"{TEXT} Three.", site="other", client_ip=NETWORK
    )
    store.search.index_waiting(factories.NOW)
    return held.id, public.id, rejected.id


@pytest.fixture
def others(store: Store) -> tuple[int, ...]:
    """Two comments of somebody else; one typed the address with a tag, which is another mailbox."""
    key = load_root_key(load_settings().root_key_path)
    tagged = factories.an_approved_comment(store, key=key, email="zanzibar.pelican+news@example.org")
    return factories.an_approved_comment(store, key=key).id, tagged.id


def traces(store: Store) -> dict[str, list[bytes]]:
    """Return what must not be found any more, by what it is: words as they are looked for, and hashes as they are kept.

    Ask before anything is erased.
    """
    key = load_root_key(load_settings().root_key_path)
    keys = [author_keys(ADDRESS, site, key) for site in ("demo", "other")]
    with store.database.read() as connection:
        identities = select(schema.identities).where(
            schema.identities.c.strict_key.in_([each.strict for found in keys for each in found or ()])
        )
        rows = connection.execute(identities).all()
    assert len(rows) == 3, "else this proves nothing"
    return {
        "texts": [TEXT.encode(), EARLIER.encode(), b"unforgettable", b"ostriches"],
        "names": [NAME.encode(), b"zanzibar"],
        "hashes": [value for row in rows for value in row if isinstance(value, bytes)],
    }


def files_of(store: Store, request: pytest.FixtureRequest) -> list[Path]:
    """Return the files of the database and, of SQLite, its log."""
    if store.database.is_sqlite:
        path = Path(str(store.database.engine.url.database))
        return sorted(path.parent.glob(f"{path.name}*"))
    postgres: Postgres = request.getfixturevalue("postgres")
    with postgres.connect("postgres") as connection:
        connection.execute("CHECKPOINT")
        number = connection.execute(
            "SELECT oid FROM pg_database WHERE datname = %s", (store.database.engine.url.database,)
        ).fetchone()
    assert number is not None
    return sorted((postgres.directory / "data" / "base" / str(number[0])).iterdir())


def found_in(files: list[Path], wanted: dict[str, list[bytes]]) -> dict[str, int]:
    """Count the occurrences of each kind of trace."""
    content = b"".join(path.read_bytes() for path in files)
    assert len(content) > 10_000, "else this proves nothing"
    return {kind: sum(content.count(value) for value in values) for kind, values in wanted.items()}


NOTHING = {"texts": 0, "names": 0, "hashes": 0}


class TestErase:
    def test_not_a_byte_is_left(
        self, migrated: Shell, store: Store, written: tuple[int, ...], request: pytest.FixtureRequest
    ) -> None:
        # given
        key = load_root_key(load_settings().root_key_path)
        other = factories.an_approved_comment(store, key=key)
        wanted = traces(store)
        assert all(found_in(files_of(store, request), wanted).values()), "else this proves nothing"

        # when: PostgreSQL leaves the bytes between its rows unless its tables are rewritten
        options = () if store.database.is_sqlite else ("--compact",)
        done = migrated.run("privacy", "erase", *options, stdin=f"{ADDRESS}\n")

        # then
        assert done.code == 0, done.err
        assert "Erased 3 comments" in done.out
        assert found_in(files_of(store, request), wanted) == NOTHING
        assert [status_of(store, each) for each in written] == [Status.ERASED] * 3
        assert status_of(store, other.id) is Status.APPROVED
        assert ADDRESS not in done.out + done.err
        if store.database.is_sqlite:
            assert "Not a byte of them is left" in done.out

    def test_a_similar_address_is_another_one(
        self, migrated: Shell, store: Store, written: tuple[int, ...], others: tuple[int, ...]
    ) -> None:
        migrated.run("privacy", "erase", stdin=ADDRESS)

        assert [status_of(store, each) for each in written] == [Status.ERASED] * 3
        assert [status_of(store, each) for each in others] == [Status.APPROVED] * 2

    def test_a_backup_made_before_does_not_bring_it_back(
        self, migrated: Shell, store: Store, written: tuple[int, ...], request: pytest.FixtureRequest, tmp_path: Path
    ) -> None:
        # given
        backup = tmp_path / "saved.zip"
        assert migrated.run("backup", str(backup)).code == 0
        wanted = traces(store)
        assert migrated.run("privacy", "erase", stdin=f"{ADDRESS}\n").code == 0
        key = load_root_key(load_settings().root_key_path)
        other = factories.an_approved_comment(store, key=key)
        store.close()

        # when
        done = migrated.run("restore", str(backup), "--force")

        # then
        assert done.code == 0, done.err
        assert [status_of(store, each) for each in written] == [Status.ERASED] * 3
        assert found_in(files_of(store, request), wanted) == NOTHING
        assert other.id not in written

    def test_a_journal_that_was_kept_elsewhere_counts_too(
        self, migrated: Shell, store: Store, tmp_path: Path, written: tuple[int, ...]
    ) -> None:
        # given: the machine with the data directory is gone, the journal was kept
        backup, kept = tmp_path / "saved.zip", tmp_path / "kept.jsonl"
        assert migrated.run("backup", str(backup)).code == 0
        assert migrated.run("privacy", "erase", stdin=f"{ADDRESS}\n").code == 0
        (load_settings().data_dir / FILE_NAME).rename(kept)
        store.close()

        # when
        forgetful = migrated.run("drill", str(backup), "--json")
        drilled = migrated.run("drill", str(backup), "--json", "--erasures", str(kept))
        restored = migrated.run("restore", str(backup), "--force", "--erasures", str(kept))

        # then
        again = [json.loads(each.out)["erasures"]["erased_again"] for each in (forgetful, drilled)]
        assert again == [0, 3]
        assert "Erased again, by the erasure journal: 3 comments" in restored.out
        assert [status_of(store, each) for each in written] == [Status.ERASED] * 3

    def test_a_journal_that_is_not_there_is_an_error(self, migrated: Shell, tmp_path: Path) -> None:
        backup = tmp_path / "saved.zip"
        assert migrated.run("backup", str(backup)).code == 0

        done = migrated.run("restore", str(backup), "--force", "--erasures", str(tmp_path / "lost.jsonl"))

        assert done.code == 2
        assert "does not exist" in done.err

    def test_what_a_command_erases_gets_into_a_worker_s_log_as_well(
        self, migrated: Shell, store: Store, written: tuple[int, ...]
    ) -> None:
        # The command may have run on a machine whose data directory ends with it.
        migrated.run("privacy", "erase", stdin=ADDRESS)

        assert sorted(each.comment_id for each in store.erasures.waiting()) == sorted(written)

    def test_a_comment_that_got_an_erased_number_stays(
        self, migrated: Shell, store: Store, tmp_path: Path, written: tuple[int, ...]
    ) -> None:
        # given: an old backup was put back, and a new comment got the number of one that was erased
        key = load_root_key(load_settings().root_key_path)
        empty = tmp_path / "old.zip"
        assert migrated.run("backup", str(empty)).code == 0
        late = factories.an_approved_comment(store, key=key, email=ADDRESS)
        assert migrated.run("privacy", "erase", stdin=f"{ADDRESS}\n").code == 0
        store.close()
        assert migrated.run("restore", str(empty), "--force").code == 0
        new = factories.an_approved_comment(store, key=key)
        assert new.id == late.id, "else this proves nothing"
        newer = tmp_path / "new.zip"
        assert migrated.run("backup", str(newer)).code == 0
        store.close()

        # when
        assert migrated.run("restore", str(newer), "--force").code == 0

        # then
        assert status_of(store, new.id) is Status.APPROVED
        assert [status_of(store, each) for each in written] == [Status.ERASED] * 3

    def test_the_journal_holds_nothing_of_anybody(
        self, migrated: Shell, store: Store, written: tuple[int, ...]
    ) -> None:
        wanted = traces(store)
        migrated.run("privacy", "erase", stdin=ADDRESS)

        journal = load_settings().data_dir / FILE_NAME
        lines = [json.loads(line) for line in journal.read_text().splitlines()]
        assert [line["comment"] for line in lines] == sorted(written)
        assert all(set(line) == {"comment", "mark", "kid", "on"} for line in lines)
        assert all(re.fullmatch("[0-9a-f]{32}", line["mark"]) for line in lines)
        hexed = [value.hex().encode() for value in wanted["hashes"]]
        assert found_in_text(journal.read_bytes(), wanted | {"hexed": hexed}) == NOTHING | {"hexed": 0}
        assert journal.stat().st_mode & 0o077 == 0

    def test_on_one_site_alone(self, migrated: Shell, store: Store, written: tuple[int, ...]) -> None:
        done = migrated.run("privacy", "erase", "--site", "other", stdin=ADDRESS)

        assert "Erased 1 comments on other" in done.out
        assert [status_of(store, each) for each in written] == [Status.HELD, Status.APPROVED, Status.ERASED]

    def test_twice_is_once(self, migrated: Shell, store: Store, written: tuple[int, ...]) -> None:
        assert written
        assert store
        migrated.run("privacy", "erase", stdin=ADDRESS)

        done = migrated.run("privacy", "erase", stdin=ADDRESS)

        assert (done.code, done.out.split(".")[0]) == (0, "Erased 0 comments")

    def test_the_trail_says_that_it_was_done(self, migrated: Shell, store: Store, written: tuple[int, ...]) -> None:
        assert written
        migrated.run("privacy", "erase", stdin=ADDRESS)

        done = migrated.run("audit", "export")

        assert store
        assert "erasure request carried out" in done.out
        assert ADDRESS not in done.out


class TestAccess:
    def test_all_that_is_kept_is_told(self, migrated: Shell, store: Store, written: tuple[int, ...]) -> None:
        done = migrated.run("privacy", "access", stdin=f"{ADDRESS}\n")

        assert done.code == 0, done.err
        told = json.loads(done.out)["sites"]
        assert store
        assert [each["comment"] for each in told["demo"] + told["other"]] == list(written)
        held = told["demo"][0]
        assert (held["text"], held["name"], held["status"]) == (f"{TEXT} One.", NAME, "held")
        assert [each["text"] for each in held["earlier_texts"]] == [EARLIER]
        assert held["found_by_checks"]
        assert [each["new_status"] for each in held["trail"]] == ["pending", "pending", "held"]
        assert told["other"][0]["trail"][-1]["explanation"] == ["It is an advertisement."]

    def test_no_hash_and_nothing_of_others(
        self, migrated: Shell, store: Store, written: tuple[int, ...], others: tuple[int, ...]
    ) -> None:
        done = migrated.run("privacy", "access", stdin=ADDRESS.upper())

        told = json.loads(done.out)["sites"]
        numbers = {each["comment"] for comments in told.values() for each in comments}
        assert numbers == set(written)
        assert numbers.isdisjoint(others)
        hashes = traces(store)["hashes"]
        assert not [value for value in hashes if value.hex() in done.out.lower()]
        assert ADDRESS not in done.out.lower()

    def test_an_unknown_address_is_no_failure(self, migrated: Shell, store: Store) -> None:
        factories.an_approved_comment(store)

        done = migrated.run("privacy", "access", stdin="nobody@example.org")

        assert (done.code, json.loads(done.out)["sites"]) == (0, {})


@pytest.mark.parametrize("command", ["access", "erase"])
@pytest.mark.parametrize(
    "typed",
    [
        "",
        "\n",
        "no address",
        "a@b@c.example",
        f"{'x' * 70_000}@example.org",
        "a\x00@example.org",
        "9f86d081884c7d659a2feaa0c55ad015" * 2,
    ],
)
def test_what_is_no_address_is_refused_without_an_echo(installed: Shell, command: str, typed: str) -> None:
    assert installed.run("site", "add", "demo", "Demo").code == 0

    done = installed.run("privacy", command, stdin=typed)

    assert done.code == 1
    assert len(done.err.splitlines()) == 1
    assert "address" in done.err
    assert not typed.strip() or typed.strip() not in done.err


@pytest.mark.parametrize("command", ["privacy access", "privacy erase", "ban add", "ban remove"])
def test_an_address_is_no_argument_and_not_repeated(installed: Shell, command: str) -> None:
    done = installed.run(*command.split(), ADDRESS, stdin=ADDRESS)

    assert done.code == 1
    assert "never as an argument" in done.err
    assert ADDRESS not in done.out + done.err


def test_the_inventory_is_printed(installed: Shell) -> None:
    table, markdown = installed.run("privacy", "inventory"), installed.run("privacy", "inventory", "--markdown")

    assert "identities.strict_key" in table.out
    assert markdown.out.startswith("| table | columns |")


def found_in_text(content: bytes, wanted: dict[str, list[bytes]]) -> dict[str, int]:
    """Count the occurrences of each kind of trace in some bytes."""
    return {kind: sum(content.count(value) for value in values) for kind, values in wanted.items()}
