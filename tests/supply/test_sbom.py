"""The bill of materials names every locked package, with hashes, and is the same each time."""

import json
import re

import pytest

from tests.supply.__main__ import LOCK, bill, read_lock


def components() -> list[dict[str, object]]:
    found = bill()["components"]
    assert isinstance(found, list)
    return found


def test_every_locked_package_is_in_the_bill() -> None:
    pins = set(re.findall(r"^([A-Za-z0-9._-]+)==", LOCK.read_text(), re.MULTILINE))
    assert len(pins) > 40, "else this proves nothing"

    assert {component["name"] for component in components()} == pins | {"htmx.org"}


def test_every_component_can_be_looked_up() -> None:
    for component in components():
        assert re.fullmatch(r"pkg:(pypi|npm)/[a-z0-9.-]+@[0-9][\w.+!-]*", str(component["purl"])), component["name"]
    assert len({str(component["bom-ref"]) for component in components()}) == len(components())


def test_bill_is_the_same_each_time() -> None:
    assert json.dumps(bill()) == json.dumps(bill())


@pytest.mark.parametrize("line", ["flask>=3", "flask==3.1", "flask @ https://elsewhere.example/flask.whl", "-e ."])
def test_package_without_pin_or_hash_is_refused(line: str) -> None:
    with pytest.raises(ValueError, match="not pinned"):
        list(read_lock(f"{line}\n"))
