"""The key file: replaced whole or not at all, for its owner alone, and what each rotation leaves in it."""

import os
import stat
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from comments.identity import KeyFileProblem, RootKey, create_root_key, load_root_key
from comments.root_key import KEPT_PURPOSES
from comments.root_key_file import load_key_ring, prepare_key, retire_key, rotate_key
from tests import factories

NOW = factories.NOW
LATER = NOW + timedelta(days=200)
SMALL = "email-strict/demo"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """The file of a first key."""
    create_root_key(tmp_path / "root.key")
    return tmp_path / "root.key"


def test_new_key_is_current_and_the_one_before_is_known(path: Path) -> None:
    first = load_root_key(path)

    rotate_key(path, NOW)

    second = load_root_key(path)
    assert second.kid != first.kid
    assert [each.kid for each in second.known] == [second.kid, first.kid]
    assert second.others[0].digest(SMALL, b"ada") == first.digest(SMALL, b"ada")
    assert second.others[0].until == NOW
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [each.name for each in path.parent.iterdir()] == ["root.key"]


def test_no_hash_of_one_key_is_another_one_s(path: Path) -> None:
    for day in range(4):
        rotate_key(path, NOW + timedelta(days=day))

    found = load_root_key(path).digests(SMALL, b"ada@example.org")

    assert len(set(found)) == len(found) == 5


def test_prepared_key_is_known_first_and_current_then(path: Path) -> None:
    first = load_root_key(path)

    coming = prepare_key(path)
    assert prepare_key(path).kid == coming.kid, "done twice it is the same"
    known = load_root_key(path)
    rotate_key(path, NOW)

    assert [each.kid for each in known.known] == [first.kid, coming.kid]
    assert [each.kid for each in load_root_key(path).known] == [coming.kid, first.kid]
    assert load_key_ring(path).coming is None


def test_retired_key_leaves_nothing_that_makes_a_hash_of_an_address(path: Path) -> None:
    first = load_root_key(path)
    rotate_key(path, NOW)

    retire_key(path, first.kid)
    retire_key(path, first.kid)

    left = load_root_key(path)
    assert first.as_hex() not in path.read_text()
    assert left.others == ()
    assert first.digest(SMALL, b"ada") not in left.digests(SMALL, b"ada")
    [retired] = left.retired
    assert (retired.kid, retired.until) == (first.kid, NOW)
    assert "subkeys" not in repr(retired)
    for purpose in KEPT_PURPOSES:
        assert left.digests(purpose, b"x") == (left.digest(purpose, b"x"), first.digest(purpose, b"x"))
        assert retired.subkey(purpose) == first.subkey(purpose)


def test_retired_keys_outlive_the_next_rotation(path: Path) -> None:
    first = load_root_key(path).kid
    second = rotate_key(path, NOW).current.kid
    retire_key(path, first)
    third = rotate_key(path, LATER).current.kid

    ring = load_key_ring(path)

    assert [each.kid for each in (ring.current, *ring.previous)] == [third, second]
    assert [each.kid for each in ring.retired] == [first]


def test_those_who_rotate_together_lose_no_key(path: Path) -> None:
    first = load_root_key(path).kid

    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: rotate_key(path, NOW).current.kid, range(8)))

    assert {each.kid for each in load_root_key(path).known} == {first, *made}
    assert len(set(made)) == 8


@pytest.mark.parametrize("call", ["fsync", "fdopen"])
def test_rotation_that_ends_in_the_middle_has_not_happened(
    path: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    before = path.read_bytes()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, call, full)
    with pytest.raises(KeyFileProblem, match="No space left"):
        rotate_key(path, NOW)
    monkeypatch.undo()

    assert path.read_bytes() == before
    assert [each.name for each in path.parent.iterdir()] == ["root.key"], "the key that was never used is gone"


def test_link_stays_a_link(path: Path, tmp_path: Path) -> None:
    link = tmp_path / "elsewhere" / "root.key"
    link.parent.mkdir()
    link.symlink_to(path)

    rotate_key(link, NOW)

    assert link.is_symlink()
    assert load_root_key(link).kid == load_root_key(path).kid
    assert len(load_root_key(path).known) == 2


def test_file_that_cannot_be_replaced_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(KeyFileProblem, match="cannot read"):
        rotate_key(tmp_path / "root.key", NOW)


_A, _B = "ab" * 32, "cd" * 32
_UNTIL = "2026-05-04T12:00:00+00:00"


@pytest.mark.parametrize(
    "lines",
    [
        ["next " + _A],
        ["current " + _A, "current " + _B],
        ["current " + _A, "previous " + _B],
        ["current " + _A, f"previous yesterday {_B}"],
        ["current " + _A, f"previous 2026-05-04T12:00:00 {_B}"],
        ["current " + _A, f"previous {_UNTIL} {_A}"],
        ["current " + _A, "next " + _A],
        ["current " + _A, "next " + _B, "next " + "ef" * 32],
        ["current " + _A, f"retired {_UNTIL} 12345678 audit-chain=00"],
        ["current " + _A, f"retired {_UNTIL}"],
        ["current " + _A, "some words"],
        ["current " + _A[:-2]],
        [_A, _B],
    ],
)
def test_lines_that_make_no_sense_are_refused_and_not_shown(lines: list[str], tmp_path: Path) -> None:
    path = tmp_path / "root.key"
    path.touch(mode=0o600)
    path.write_text("\n".join(lines))

    with pytest.raises(KeyFileProblem) as refused:
        load_root_key(path)

    assert _A[:10] not in str(refused.value)
    assert refused.value.__cause__ is None


@pytest.mark.parametrize("root", [b"x" * 32, bytes(range(32)), b"0123456789abcdef" * 2])
def test_example_does_not_look_random(root: bytes) -> None:
    assert not RootKey(root).looks_random


def test_new_key_looks_random(path: Path) -> None:
    assert load_root_key(path).looks_random
