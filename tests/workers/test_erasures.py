"""The sweeper keeps the erasure journal and deletes what is overdue."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
import structlog
from sqlalchemy import select

from comments import schema
from comments.erasure_journal import ErasureJournal
from comments.identity import author_keys
from comments.privacy_request import Wish
from comments.receipt import receipt_hash
from comments.seal import seal_key
from comments.store import Store
from comments.store.rights import BY_LINK
from comments.wakeup import connect_quickly
from tests import factories, notices
from tests.at_the_desk import row_of
from tests.workers import opinions
from workers.erasures import clean_up, write_journal
from workers.heartbeat import Heartbeat, Pulse
from workers.runtime import Runtime
from workers.sealing import Notary
from workers.sweep import Sweeper

NOW = factories.NOW


@pytest.fixture
def journal(tmp_path: Path) -> ErasureJournal:
    return ErasureJournal(tmp_path / "erasures.jsonl", factories.ROOT_KEY)


def erased(store: Store) -> int:
    comment = factories.a_held_comment(store)
    store.revisions.withdraw(receipt_hash(factories.receipt_of(comment)), now=NOW)
    return comment.id


def test_what_an_author_took_back_is_written_down_once(store: Store, journal: ErasureJournal) -> None:
    numbers = {erased(store), erased(store)}
    factories.a_held_comment(store)

    written = [write_journal(store, journal, NOW), write_journal(store, journal, NOW)]

    assert written == [2, 0]
    assert set(journal.marks()) == numbers


def test_a_worker_s_log_is_a_journal_too(store: Store, journal: ErasureJournal, tmp_path: Path) -> None:
    # given: a worker whose data directory ended with its machine; its log was kept, with other lines between
    number = erased(store)
    [kept] = store.erasures.waiting()
    with structlog.testing.capture_logs() as lines:
        write_journal(store, journal, NOW)
    (tmp_path / "erasures.jsonl").unlink()
    log = tmp_path / "worker.log"
    judged = {"event": "judged", "comment": number}
    log.write_text("\n".join(["Starting …", *map(json.dumps, (*lines, judged))]))

    # when
    marks = ErasureJournal(tmp_path / "erasures.jsonl", factories.ROOT_KEY, [log]).marks()

    # then
    assert journal.names(kept, marks[number])
    assert marks == {number: frozenset({journal.mark(kept)})}


def test_what_cannot_be_written_waits(store: Store, tmp_path: Path) -> None:
    # given: a directory where the file should be
    number = erased(store)
    (tmp_path / "erasures.jsonl").mkdir()
    journal = ErasureJournal(tmp_path / "erasures.jsonl", factories.ROOT_KEY)

    # when
    with structlog.testing.capture_logs() as lines:
        written = write_journal(store, journal, NOW)
    (tmp_path / "erasures.jsonl").rmdir()

    # then
    assert written == 0
    assert [line["event"] for line in lines] == ["erasure journal not written"]
    assert write_journal(store, journal, NOW) == 1
    assert set(journal.marks()) == {number}


def test_a_torn_or_foreign_line_is_passed_over(journal: ErasureJournal, tmp_path: Path) -> None:
    good = {"comment": 7, "mark": "ab", "kid": "k", "on": "2026-05-04"}
    lines = ['{"comment": 8, "ma', "null", "[]", json.dumps(good), '{"comment": null, "mark": "x"}', "\ufffd\x00"]
    (tmp_path / "erasures.jsonl").write_text("\n".join(lines))

    assert journal.marks() == {7: frozenset({"ab"})}


def test_another_key_knows_nothing_of_it(journal: ErasureJournal, tmp_path: Path, store: Store) -> None:
    number = erased(store)
    write_journal(store, journal, NOW)
    other = ErasureJournal(tmp_path / "erasures.jsonl", type(factories.ROOT_KEY)(b"x" * 32))

    marks = other.marks()
    again = store.erasures.erase_again(marks, lambda each: other.mark(each) in marks[each.comment_id], NOW)

    assert set(marks) == {number}
    assert again == 0


def test_the_sweeper_deletes_what_is_overdue_and_writes_down_what_was_erased(
    sqlite_store: Store, journal: ErasureJournal
) -> None:
    # given
    rejected, taken_back = factories.a_rejected_comment(sqlite_store), erased(sqlite_store)
    later = NOW + timedelta(days=31)
    beat = Heartbeat(sqlite_store, "sweeper/test", Pulse(), lambda: later)
    redis = connect_quickly("unix:///nowhere/valkey.sock")
    here = Runtime(sqlite_store, redis, opinions.approve, 60, beat, lambda: later, journal=journal)

    # when
    Sweeper(here, "this", sweep_seconds=5.0).sweep(later)

    # then
    assert row_of(sqlite_store, rejected.id).text == ""
    assert set(journal.marks()) == {taken_back}


def erased_by_link(store: Store, address: str) -> int:
    """Erase as the link of a privacy request does. Returns how many comments."""
    site = factories.a_site(store)
    token = notices.a_request(store, site.id, Wish.ERASE, NOW)
    found = store.privacy_requests.find(token, NOW)
    keys = author_keys(address, site.key, factories.ROOT_KEY)
    assert found is not None
    assert keys is not None
    gone = store.rights.erase(site.id, keys, NOW, asked_by=BY_LINK)
    assert store.privacy_requests.use(found, NOW)
    return len(gone.comment_ids)


def test_what_a_link_erased_is_overwritten_at_once(store: Store, journal: ErasureJournal, tmp_path: Path) -> None:
    # given
    notary = Notary(seal_key(factories.ROOT_KEY), factories.ROOT_KEY.kid, tmp_path / "anchors.jsonl")
    number = factories.a_rejected_comment(
        store,
        email="zanzibar.pelican@example.org",
        name="Zanzibar Pelican",
        text="Unforgettable ostriches.",
        client_ip="198.51.100.99",  # the other one's network is its own
    ).id
    other = factories.an_approved_comment(store)
    store.search.index_waiting(NOW)
    wanted = [b"Zanzibar", b"nforgettable", b"It is an advertisement.", *keyed(store, number)]
    assert len(wanted) > 6
    assert not store.database.is_sqlite or all(each in bytes_of(store) for each in wanted), "else this proves nothing"

    # when
    count = erased_by_link(store, "zanzibar.pelican@example.org")
    before, done, again = (clean_up(store, None, None, NOW), *(clean_up(store, journal, notary, NOW) for _ in range(2)))

    # then
    assert (count, before, done, again) == (1, 0, 1, 0)
    assert set(journal.marks()) == {number}
    assert row_of(store, other.id).text
    assert store.erasures.with_words() == ()
    if store.database.is_sqlite:
        assert [each for each in wanted if each in bytes_of(store)] == []


def test_nothing_is_overwritten_while_nobody_asked_by_link(store: Store, journal: ErasureJournal) -> None:
    erased(store)
    notary = Notary(seal_key(factories.ROOT_KEY), factories.ROOT_KEY.kid, Path("nowhere"))

    assert clean_up(store, journal, notary, NOW) == 0
    assert not journal.marks()


def keyed(store: Store, comment_id: int) -> list[bytes]:
    with store.database.read() as connection:
        row = connection.execute(select(schema.identities).where(schema.identities.c.comment_id == comment_id)).one()
    return [value for value in row if isinstance(value, bytes)]


def bytes_of(store: Store) -> bytes:
    """Return SQLite's file and log."""
    path = Path(str(store.database.engine.url.database))
    return b"".join(each.read_bytes() for each in path.parent.glob(f"{path.name}*") if not each.name.endswith("-shm"))
