"""docs/asvs.csv: what of OWASP ASVS 5.0 is held by which test. A test that is not there proves nothing."""

import ast
import csv
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROWS = list(csv.DictReader((ROOT / "docs" / "asvs.csv").read_text().splitlines()))


def test_every_item_stands_once() -> None:
    items = [row["item"] for row in ROWS]

    assert len(items) > 50, "else this proves nothing"
    assert all(re.fullmatch(r"\d{1,2}\.\d{1,2}\.\d{1,2}", item) for item in items)
    assert sorted(set(items), key=lambda item: [int(part) for part in item.split(".")]) == items


def test_every_named_test_is_there() -> None:
    missing = [row["item"] for row in ROWS if not _is_there(*row["test"].partition("::")[::2])]

    assert missing == []


def _is_there(path: str, name: str) -> bool:
    file = ROOT / path
    if not file.is_file():
        return False
    functions = {node.name for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, ast.FunctionDef)}
    return name in functions if name else any(each.startswith("test_") for each in functions)
