"""docs/asvs.csv: every item of OWASP ASVS 5.0 of level 1 and 2, and what holds it, or why it does not."""

import csv
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROWS = list(csv.DictReader((ROOT / "docs" / "asvs.csv").read_text().splitlines()))
STATUSES = {"held", "not held", "not applicable"}
# The levels of all items of ASVS 5.0.0, section by section, in their order: 70 of level 1, 183 of 2, 92 of 3.
SECTIONS = """
1.1 22|1.2 1111122223|1.3 112222222223|1.4 222|1.5 123
2.1 122|2.2 112|2.3 12223|2.4 23
3.1 3|3.2 113|3.3 12223|3.4 11222233|3.5 11122333|3.6 3|3.7 22333
4.1 12233|4.2 23333|4.3 22|4.4 1222
5.1 2|5.2 112333|5.3 113|5.4 222
6.1 122|6.2 111111112222|6.3 11223333|6.4 112233|6.5 22222333|6.6 2223|6.7 33|6.8 2222
7.1 222|7.2 1111|7.3 22|7.4 11222|7.5 223|7.6 22
8.1 1233|8.2 1123|8.3 133|8.4 23
9.1 111|9.2 1222
10.1 22|10.2 223|10.3 22223|10.4 1111122222233333|10.5 22222|10.6 22|10.7 222
11.1 2233|11.2 22233|11.3 11233|11.4 1222|11.5 23|11.6 23|11.7 33
12.1 12233|12.2 11|12.3 22223
13.1 2333|13.2 222223|13.3 2233|13.4 1222233
14.1 22|14.2 12223333|14.3 122
15.1 12233|15.2 12233|15.3 1222222|15.4 3333
16.1 2|16.2 22222|16.3 2222|16.4 222|16.5 2223
17.1 23|17.2 22223333|17.3 22
"""


def levels() -> dict[str, int]:
    parts = [part.split() for part in SECTIONS.replace("\n", "|").split("|") if part]
    return {f"{section}.{number}": int(level) for section, each in parts for number, level in enumerate(each, 1)}


def test_every_item_of_level_1_and_2_stands_once() -> None:
    items = [row["item"] for row in ROWS]
    wanted = {item for item, level in levels().items() if level <= 2}

    assert len(wanted) == 70 + 183, "else the list is not whole"
    assert wanted - set(items) == set()
    assert sorted(set(items), key=lambda item: [int(part) for part in item.split(".")]) == items


def test_every_row_says_its_level_and_how_it_stands() -> None:
    assert [row["item"] for row in ROWS if int(row["level"]) != levels().get(row["item"])] == []
    assert {row["status"] for row in ROWS} == STATUSES
    assert [row["item"] for row in ROWS if len(row["what holds here, or why not"]) < 5] == []
    assert [row["item"] for row in ROWS if row["status"] == "held" and not row["test"]] == []
    assert [row["item"] for row in ROWS if row["status"] == "not applicable" and row["test"]] == []


def test_every_named_test_is_there() -> None:
    missing = [row["item"] for row in ROWS if row["test"] and not _is_there(row["test"])]

    assert missing == []


def test_the_documentation_tells_the_numbers() -> None:
    held = [row for row in ROWS if row["status"] == "held" and int(row["level"]) <= 2]
    applicable = [row for row in ROWS if row["status"] != "not applicable" and int(row["level"]) <= 2]

    assert f"{len(held)} of {len(applicable)}" in (ROOT / "SECURITY.md").read_text()


def _is_there(named: str) -> bool:
    """Say whether the test, the file's tests or the documentation's heading exists."""
    path, _, heading = named.partition("#")
    if heading:
        lines = (ROOT / path).read_text().splitlines()
        return any(re.fullmatch(rf"#+ {re.escape(heading)}", line) for line in lines)
    path, _, name = named.partition("::")
    file = ROOT / path
    if not file.is_file():
        return False
    functions = re.findall(r"^ *def (test_\w+)\(", file.read_text(), re.MULTILINE)
    return name in functions if name else bool(functions)
