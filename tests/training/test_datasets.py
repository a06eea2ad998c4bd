import gzip
from pathlib import Path

import pytest

from training.datasets import Row, read


def write(folder: Path, content: str) -> None:
    (folder / "some.csv.gz").write_bytes(gzip.compress(content.encode()))


def test_rows_are_read_with_their_other_columns(tmp_path: Path) -> None:
    write(tmp_path, 'text,label,lang\n"two\nlines &amp; more",1,ha\n')

    [row] = read(tmp_path, "some")

    assert row == Row("two\nlines & more", "1", {"lang": "ha"})
    assert row.is_positive


def test_rows_without_text_are_left_out(tmp_path: Path) -> None:
    write(tmp_path, 'text,label\n" ",1\nkept,0\n')

    assert [row.text for row in read(tmp_path, "some")] == ["kept"]


def test_a_list_needs_no_labels(tmp_path: Path) -> None:
    write(tmp_path, "text,severity\nword,2.0\n")

    assert read(tmp_path, "some") == [Row("word", "", {"severity": "2.0"})]


def test_a_missing_dataset_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"absent\.csv\.gz"):
        read(tmp_path, "absent")


def test_about_a_tenth_is_held_out_and_always_the_same_tenth() -> None:
    rows = [Row(f"text {number}", "0") for number in range(2000)]

    held_out = [row.text for row in rows if row.is_held_out]

    assert 140 < len(held_out) < 260
    assert held_out == [row.text for row in rows if row.is_held_out]
