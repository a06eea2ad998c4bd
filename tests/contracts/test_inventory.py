"""Every column has a class, a purpose and an end, and docs/privacy.md says the same (L-04)."""

from pathlib import Path

from sqlalchemy import LargeBinary

from comments import schema
from comments.inventory import INVENTORY, Class, as_markdown, lines

PRIVACY = Path(__file__).parents[2] / "docs" / "privacy.md"


def test_every_column_has_a_class() -> None:
    there = {f"{column.table.name}.{column.name}" for table in schema.metadata.tables.values() for column in table.c}
    classed = [f"{line.table}.{line.column}" for line in lines()]

    assert len(there) > 250, "else this proves nothing"
    assert sorted(classed) == sorted(there), "name a new column in comments/inventory.py, once, and say what it is"


def test_every_line_says_what_for_and_how_long() -> None:
    assert [line for line in lines() if not line.purpose or not line.how_long] == []


def test_what_goes_sooner_is_a_column() -> None:
    assert all(set(kept.sooner) <= set(kept.columns) for kept in INVENTORY.values())


def test_bytes_are_never_called_harmless() -> None:
    of_bytes = {
        (column.table.name, column.name)
        for table in schema.metadata.tables.values()
        for column in table.c
        if isinstance(column.type, LargeBinary)
    }

    harmless = {(line.table, line.column) for line in lines() if line.is_a is Class.NONE}

    assert of_bytes & harmless == {("audit_chain", "seal"), ("audit_chain", "reseal")}


def test_the_documentation_holds_the_inventory() -> None:
    text = PRIVACY.read_text()

    assert as_markdown() in text, "copy the new one: replydesk privacy inventory --markdown"
