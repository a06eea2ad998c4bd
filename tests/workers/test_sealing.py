"""The sealer seals what is new, and writes the end of the chain where the database's owner cannot reach it."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import structlog
from sqlalchemy import delete

from comments import schema
from comments.anchors import Anchor, anchor_of, append_anchor, last_anchor, read_anchors
from comments.proof import prove
from comments.root_key_file import rotate_key
from comments.seal import seal_key
from comments.store import Store
from tests import factories
from workers.sealing import Notary, drop_anchor, renewed, seal_new


@pytest.fixture
def notary(tmp_path: Path) -> Notary:
    return Notary(seal_key(factories.ROOT_KEY), factories.ROOT_KEY.kid, tmp_path / "anchors.jsonl")


@pytest.fixture
def logged() -> Iterator[list[structlog.typing.EventDict]]:
    with structlog.testing.capture_logs() as lines:
        yield lines


def test_rotation_counts_at_once_for_who_seals_already(
    store: Store, notary: Notary, now: datetime, tmp_path: Path
) -> None:
    path = factories.root_key_file(tmp_path)
    running = replace(notary, key_path=path)
    factories.a_held_comment(store)
    seal_new(store.chain, running, now)
    new = rotate_key(path, now).current

    factories.a_held_comment(store)
    assert seal_new(store.chain, running, now + timedelta(days=9)) == 2
    assert drop_anchor(store.chain, running, now) == 1

    earlier = renewed(running).earlier
    assert prove(store.chain, seal_key(new), read_anchors(running.anchors_path), now, earlier=earlier).is_sound
    assert {each.kid for each in read_anchors(running.anchors_path)} == {new.kid}
    assert not prove(store.chain, seal_key(new), (), now).is_sound, "the lines of before need the key of before"

    path.unlink()
    assert renewed(running) == running


def test_new_lines_are_sealed_and_proved(store: Store, notary: Notary, now: datetime) -> None:
    factories.a_held_comment(store)

    first, second = seal_new(store.chain, notary, now), seal_new(store.chain, notary, now)

    assert (first, second) == (2, 0)
    assert prove(store.chain, notary.key, (), now + timedelta(hours=1)).is_sound


def test_sealing_stops_when_its_time_is_up(
    sqlite_store: Store, notary: Notary, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workers.sealing.BATCH_ROWS", 0)  # as if every batch were a full one
    for _ in range(3):
        factories.a_held_comment(sqlite_store)
    clock = iter([0.0, 5.0])

    sealed = seal_new(sqlite_store.chain, notary, now, monotonic=lambda: next(clock))

    assert sealed == 6


def test_anchor_goes_to_the_file_and_the_log(
    sqlite_store: Store, notary: Notary, now: datetime, logged: list[structlog.typing.EventDict]
) -> None:
    factories.a_held_comment(sqlite_store)
    seal_new(sqlite_store.chain, notary, now)

    dropped = drop_anchor(sqlite_store.chain, notary, now)

    [anchor] = read_anchors(notary.anchors_path)
    head = sqlite_store.chain.head()
    assert dropped == 1
    assert (anchor.position, anchor.seal, anchor.kid) == (head.position, head.seal, notary.kid)
    assert logged[0]["event"] == "audit anchor"
    assert logged[0]["seal"] == head.seal.hex()
    assert notary.anchors_path.stat().st_mode & 0o077 == 0


def test_no_second_anchor_without_news(sqlite_store: Store, notary: Notary, now: datetime) -> None:
    assert drop_anchor(sqlite_store.chain, notary, now) == 0
    factories.a_held_comment(sqlite_store)
    seal_new(sqlite_store.chain, notary, now)

    drops = [drop_anchor(sqlite_store.chain, notary, now) for _ in range(2)]

    assert drops == [1, 0]


def test_a_log_serves_as_anchors_too(
    sqlite_store: Store, notary: Notary, now: datetime, logged: list[structlog.typing.EventDict], tmp_path: Path
) -> None:
    factories.a_held_comment(sqlite_store)
    seal_new(sqlite_store.chain, notary, now)
    drop_anchor(sqlite_store.chain, notary, now)
    log = tmp_path / "workers.log"
    log.write_text("not JSON\n[1]\n" + json.dumps({"timestamp": "2026-05-04T12:00:00Z", **logged[0]}) + "\n{}\n")

    [anchor] = read_anchors(log)

    assert anchor.seal == sqlite_store.chain.head().seal
    assert anchor.at == "2026-05-04T12:00:00Z"


def test_a_torn_line_costs_no_other_anchor(sqlite_store: Store, notary: Notary, now: datetime) -> None:
    factories.a_held_comment(sqlite_store)
    seal_new(sqlite_store.chain, notary, now)
    notary.anchors_path.write_text('{"at": "2026-05-04T12:00:00+00:00", "posi')

    drop_anchor(sqlite_store.chain, notary, now)

    assert [anchor.position for anchor in read_anchors(notary.anchors_path)] == [2]


def test_a_file_that_cannot_be_written_leaves_the_anchor_in_the_log(
    sqlite_store: Store, notary: Notary, now: datetime, logged: list[structlog.typing.EventDict]
) -> None:
    factories.a_held_comment(sqlite_store)
    seal_new(sqlite_store.chain, notary, now)
    notary.anchors_path.mkdir()

    drop_anchor(sqlite_store.chain, notary, now)

    assert [line["event"] for line in logged] == ["audit anchor", "anchor not written"]


def test_a_chain_that_became_shorter_is_told_at_once(
    sqlite_store: Store, notary: Notary, now: datetime, logged: list[structlog.typing.EventDict]
) -> None:
    factories.a_held_comment(sqlite_store)
    seal_new(sqlite_store.chain, notary, now)
    drop_anchor(sqlite_store.chain, notary, now)
    with sqlite_store.database.write() as connection:
        connection.exec_driver_sql("DROP TRIGGER audit_chain_no_delete")
        connection.execute(delete(schema.audit_chain).where(schema.audit_chain.c.position == 2))
    logged.clear()

    dropped = drop_anchor(sqlite_store.chain, notary, now)

    assert dropped == 0
    assert logged[0]["event"] == "audit chain is shorter than its last anchor"
    assert logged[0]["log_level"] == "error"


def test_the_last_anchor_is_found_at_the_end_of_a_long_file(notary: Notary, now: datetime) -> None:
    for position in range(1, 60):
        anchor = an_anchor(position, notary.kid, now)
        append_anchor(notary.anchors_path, anchor)

    assert last_anchor(notary.anchors_path) == an_anchor(59, notary.kid, now)
    assert len(read_anchors(notary.anchors_path)) == 59


def an_anchor(position: int, kid: str, now: datetime) -> Anchor:
    return anchor_of(position, bytes([position]) * 32, kid, now)


def test_a_process_without_a_notary_seals_nothing(sqlite_store: Store, now: datetime) -> None:
    factories.a_held_comment(sqlite_store)

    assert (seal_new(sqlite_store.chain, None, now), drop_anchor(sqlite_store.chain, None, now)) == (0, 0)


def test_a_notary_does_not_show_its_key(notary: Notary) -> None:
    assert repr(notary) == f"Notary(kid={notary.kid})"
