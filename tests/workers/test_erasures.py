"""The sweeper keeps the erasure journal and deletes what is overdue."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
import structlog

from comments.erasure_journal import ErasureJournal
from comments.receipt import receipt_hash
from comments.store import Store
from comments.wakeup import connect_quickly
from tests import factories
from tests.at_the_desk import row_of
from tests.workers import opinions
from workers.erasures import write_journal
from workers.heartbeat import Heartbeat, Pulse
from workers.runtime import Runtime
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
