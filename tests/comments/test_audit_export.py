"""An export gives back what is in the trail, runs nothing in a spreadsheet, and holds no address of a reader."""

import csv
import io
import json
from dataclasses import replace
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comments.audit_export import COLUMNS, Format, TrailLine, defuse_cell, restore_cell, write
from tests.factories import NOW

LINE = TrailLine("decision", 7, NOW, "demo", "moderator", "ada", "decision", comment_id=3, new_status="approved")


def cells(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠"])
def test_a_formula_is_defused(sign: str) -> None:
    assert defuse_cell(f"{sign}1+1") == f"'{sign}1+1"
    assert defuse_cell(f"''{sign}1") == f"'''{sign}1"


@pytest.mark.parametrize("cell", ["", "7", "a=b", "'quoted'", "It contains two links."])
def test_an_ordinary_cell_is_left_alone(cell: str) -> None:
    assert defuse_cell(cell) == cell


@given(st.text())
def test_every_cell_comes_back(cell: str) -> None:
    assert restore_cell(defuse_cell(cell)) == cell


@given(st.text(alphabet="'=+-@\t\r x", max_size=6))
def test_awkward_cells_come_back_and_start_no_formula(cell: str) -> None:
    assert restore_cell(defuse_cell(cell)) == cell
    assert defuse_cell(cell)[:1] not in set("=+-@\t\r")


def test_csv_begins_with_a_mark_and_the_names_of_its_columns() -> None:
    text = "".join(write([], Format.CSV))

    assert text.startswith("\ufeffsource,id,made_at,site,")
    assert cells(text) == [list(COLUMNS)]


def test_csv_holds_a_line_with_every_cell_defused() -> None:
    line = replace(LINE, note='=HYPERLINK("http://evil.example")', explanation=("+1, said twice", "second"))

    [_, row] = cells("".join(write([line], Format.CSV)))
    told = dict(zip(COLUMNS, row, strict=True))

    assert told["note"] == '\'=HYPERLINK("http://evil.example")'
    assert told["explanation"] == "'+1, said twice\nsecond"
    assert (told["id"], told["comment_id"], told["place"]) == ("7", "3", "")
    assert told["made_at"] == "2026-05-04T12:00:00.000000+00:00"


def test_json_lines_hold_what_is_known_and_nothing_empty() -> None:
    event = TrailLine("event", 1, NOW, "", "moderator", "ada", "site.changed", detail='{"mode": ["a", "b"]}', place=4)

    first, second = "".join(write([LINE, event], Format.JSON_LINES)).splitlines()

    assert json.loads(first) == {
        "source": "decision",
        "id": 7,
        "made_at": "2026-05-04T12:00:00.000000+00:00",
        "site": "demo",
        "made_by": "moderator",
        "moderator": "ada",
        "kind": "decision",
        "comment_id": 3,
        "new_status": "approved",
    }
    assert json.loads(second)["detail"] == {"mode": ["a", "b"]}


@pytest.mark.parametrize("form", list(Format))
def test_an_address_that_was_typed_into_the_trail_is_not_exported(form: Format, now: datetime) -> None:
    address = "ada.obi@example.org"
    line = replace(
        LINE,
        note=f"wrote from {address}",
        explanation=(f"It holds the words “{address}”.",),
        detail=json.dumps({"blocked_words": [[], [address]], "by": {"who": address}}),
    )

    text = "".join(write([line], form))

    assert address not in text
    assert text.count("[address removed]") == 4


def test_a_line_is_sent_before_the_next_one_is_asked_for() -> None:
    asked = []

    def lines() -> "object":
        for number in (1, 2, 3):
            asked.append(number)
            yield replace(LINE, id=number)

    pieces = write(lines(), Format.CSV)  # type: ignore[arg-type]  # a generator of lines
    next(pieces)

    assert asked == [1]
