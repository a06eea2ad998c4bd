"""Any CSV file is read to its end, and what cannot be used is counted."""

import gzip
from pathlib import Path

import pytest

from benchmarks.accuracy.table import Table, UnusableTable
from comments.submission import MAX_TEXT_CHARS


def table(folder: Path, content: bytes, *, is_labelled: bool = True) -> Table:
    path = folder / "any.csv"
    path.write_bytes(content)
    return Table(path, is_labelled=is_labelled)


def test_rows_are_read_whatever_other_columns_there_are(tmp_path: Path) -> None:
    found = table(tmp_path, b'id,Label,text,note\n1,1,"a, ""b""\nc",x\n2,0.0,d,y\n')
    assert list(found.rows()) == [('a, "b"\nc', 1), ("d", 0)]
    assert not found.skipped


def test_what_cannot_be_used_is_counted_and_the_rest_is_read(tmp_path: Path) -> None:
    found = table(tmp_path, b"text,label\n,1\nno label\nodd,maybe\nfine,1,extra\n\n   ,0\nlast,0\n")
    assert list(found.rows()) == [("fine", 1), ("last", 0)]
    assert found.skipped == {"no text": 3, "label is neither 0 nor 1": 2}


def test_benign_texts_need_no_label(tmp_path: Path) -> None:
    found = table(tmp_path, b"text\nfine\n", is_labelled=False)
    assert list(found.rows()) == [("fine", 0)]


def test_compressed_file_is_recognised_by_its_content(tmp_path: Path) -> None:
    found = table(tmp_path, gzip.compress(b"text,label\nfine,1\n"))
    assert list(found.rows()) == [("fine", 1)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_text_in_any_script_is_read(tmp_path: Path, encoding: str) -> None:
    found = table(tmp_path, "text,label\nọ̀rọ̀ 文字 עברית,1\n".encode(encoding))
    assert list(found.rows()) == [("ọ̀rọ̀ 文字 עברית", 1)]


def test_undecodable_bytes_become_replacement_characters(tmp_path: Path) -> None:
    found = table(tmp_path, b"text,label\nca\xf1a \xff,1\nnul \x00 byte,0\n")
    assert list(found.rows()) == [("ca�a �", 1), ("nul \x00 byte", 0)]


def test_huge_cell_is_cut_and_counted(tmp_path: Path) -> None:
    found = table(tmp_path, b'text,label\n"' + b"x" * 1_000_000 + b'",1\nnext,0\n')
    texts = [text for text, _ in found.rows()]
    assert (len(texts[0]), texts[1], found.cut) == (MAX_TEXT_CHARS + 1, "next", 1)


@pytest.mark.parametrize("content", [b"", b"comment,label\nx,1\n", b"text\nx\n"])
def test_file_without_the_columns_is_refused(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(UnusableTable, match="no column"):
        list(table(tmp_path, content).rows())


def test_missing_or_broken_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnusableTable, match="cannot be read"):
        list(Table(tmp_path / "none.csv", is_labelled=True).rows())
    with pytest.raises(UnusableTable, match="cannot be read"):
        list(table(tmp_path, gzip.compress(b"text,label\n" + b"fine,1\n" * 9_999)[:-20]).rows())
