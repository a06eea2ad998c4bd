"""A file of any shape is put in order in a time that grows with its size and no faster."""

import time
from pathlib import Path

import pytest

from ops.imports.raw import RawComment, RawThread, State
from ops.imports.staging import Staging, staging_place
from tests import factories

MANY = 4_000


def a_raw(number: int, parent: int) -> RawComment:
    return RawComment(str(number), "1", str(parent or ""), State.APPROVED, "Ada", "Words.", factories.NOW, None)


SHAPES = {
    "a chain": [a_raw(n, n - 1) for n in range(1, MANY)],
    "a chain backwards": [a_raw(n, n - 1) for n in range(MANY, 0, -1)],
    "one circle": [a_raw(n, n - 1 or MANY - 1) for n in range(1, MANY)],
    "circles of two": [a_raw(n, n + 1 if n % 2 else n - 1) for n in range(1, MANY)],
    "everybody answers themselves": [a_raw(n, n) for n in range(1, MANY)],
    "everybody answers the last": [a_raw(n, MANY - 1) for n in range(1, MANY)],
    "one number": [a_raw(7, 7) for _ in range(MANY)],
    "nobody there": [a_raw(n, n + MANY) for n in range(1, MANY)],
}


@pytest.mark.parametrize("shape", SHAPES)
def test_a_parent_comes_before_its_replies_and_nobody_is_lost(shape: str) -> None:
    begun = time.process_time()
    with Staging() as staging:
        read = staging.take([RawThread("1", "story", "", ""), *SHAPES[shape]])
        staging.resolve()
        placed = [row for rows in staging.batches(500) for row in rows]
        skipped = sum(len(ids) for ids in staging.skipped().values())

    order = {row["source_id"]: place for place, row in enumerate(placed)}
    assert read == len(SHAPES[shape]) == len(placed) + skipped
    assert all(order[row["keeper_id"]] < order[row["source_id"]] for row in placed if row["keeper_id"])
    assert time.process_time() - begun < 10


def test_the_place_is_the_first_that_can_be_written_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SQLITE_TMPDIR", "/nowhere")
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    by_the_second = staging_place()
    monkeypatch.delenv("TMPDIR")

    assert by_the_second == (str(tmp_path), "TMPDIR")
    assert staging_place() == ("/var/tmp", "SQLITE_TMPDIR")  # noqa: S108 - SQLite's own choice
