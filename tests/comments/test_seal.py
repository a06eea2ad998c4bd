"""A seal depends on the key, the seal before and every part of the line."""

import pytest

from comments.identity import RootKey
from comments.seal import NO_SEAL, Line, seal, seal_key
from tests.factories import ROOT_KEY

LINE = Line(1, "decision", 7, 1_000_000, {"id": 7, "new_status": "approved", "note": "fair"})
KEY = seal_key(ROOT_KEY)


def test_seal_of_a_line_is_always_the_same() -> None:
    content = {"note": "fair", "id": 7, "new_status": "approved"}

    again = seal(KEY, NO_SEAL, LINE._replace(content=content))

    assert again == seal(KEY, NO_SEAL, LINE)
    assert len(again) == 32


@pytest.mark.parametrize(
    "changed",
    [
        LINE._replace(position=2),
        LINE._replace(source="event"),
        LINE._replace(source_id=8),
        LINE._replace(sealed_at_us=1_000_001),
        LINE._replace(content={**LINE.content, "new_status": "rejected"}),
        LINE._replace(content={"id": 7, "new_status": "approved"}),
        LINE._replace(content={**LINE.content, "reason": ""}),
    ],
)
def test_every_part_of_a_line_counts(changed: Line) -> None:
    assert seal(KEY, NO_SEAL, changed) != seal(KEY, NO_SEAL, LINE)


def test_the_seal_before_and_the_root_key_count() -> None:
    other = seal_key(RootKey(b"another key" + bytes(21)))

    seals = {seal(KEY, NO_SEAL, LINE), seal(KEY, b"\x01" * 32, LINE), seal(other, NO_SEAL, LINE)}

    assert len(seals) == 3
