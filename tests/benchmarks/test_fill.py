"""The benchmarks' databases: one whose filling was broken off is filled on, and is what it would have been."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from benchmarks.desk.fill import fill
from benchmarks.desk.newsroom import Newsroom, Row

COMMENTS, BROKEN_OFF_AT = 6_000, 5_500
QUESTIONS = (
    "SELECT id, site_id, thread_id, status, name, text, cluster_id, risk FROM comments ORDER BY id",
    "SELECT id, comment_id, old_status, new_status FROM decisions ORDER BY id",
    "SELECT key, title FROM threads ORDER BY id",
    "SELECT comment_id, words FROM search_texts ORDER BY comment_id",
)


def rows(database: Path) -> list[list[Any]]:
    with closing(sqlite3.connect(database)) as connection:
        return [connection.execute(question).fetchall() for question in QUESTIONS]


def test_filling_goes_on_where_it_was_broken_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # given one that was filled at once, and one whose filling was broken off after its first batch
    whole, broken = tmp_path / "whole.sqlite3", tmp_path / "broken.sqlite3"
    fill(f"sqlite:///{whole}", Newsroom(COMMENTS))
    comment_rows = Newsroom.comment_rows

    def break_off(newsroom: Newsroom) -> Iterator[tuple[Row, list[tuple[str, Row]]]]:
        for number, row in enumerate(comment_rows(newsroom)):
            if number == BROKEN_OFF_AT:
                raise KeyboardInterrupt
            yield row

    with monkeypatch.context() as broken_off:
        broken_off.setattr(Newsroom, "comment_rows", break_off)
        with pytest.raises(KeyboardInterrupt):
            fill(f"sqlite:///{broken}", Newsroom(COMMENTS))
    assert len(rows(broken)[0]) == 5_000

    # when
    fill(f"sqlite:///{broken}", Newsroom(COMMENTS))

    # then
    assert rows(broken) == rows(whole)
