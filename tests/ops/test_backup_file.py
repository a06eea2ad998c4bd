"""The file of a backup: whatever becomes of its bytes, it is read as it was written or refused."""

from pathlib import Path

import pytest

from comments.store.tallies import Tally
from ops.backup_file import Manifest, checksum, read_file, write_file
from ops.problems import Problem

# Bits that say something in the fields of a ZIP: encrypted, compressed in another way, further back than the file.
FLIPS = (0x01, 0x0C, 0x80, 0xFF)
COMPRESSION, BZIP2, LZMA = 10, 12, 14
DIRECTORY = b"PK\x01\x02"
CONTENT = bytes(each * each % 251 for each in range(300)) + b"abc" * 1000


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A small backup."""
    copy, path = tmp_path / "copy", tmp_path / "saved.backup"
    copy.write_bytes(CONTENT)
    write_file(path, Manifest("now", "sqlite", "0012", "k", checksum(copy), {"comments": Tally(1, "ab")}), copy)
    return path


def is_refused(file: Path) -> bool:
    """Say whether the file is refused; what is read must be what was written."""
    out = file.with_name("out")
    try:
        read = read_file(file, out)
    except Problem as problem:
        return "damaged" in str(problem)
    assert (read.tables, read.kid, out.read_bytes()) == ({"comments": Tally(1, "ab")}, "k", CONTENT)
    return False


def test_a_flipped_byte_is_refused_wherever_it_is(file: Path) -> None:
    # given
    sound, refused = file.read_bytes(), 0
    assert not is_refused(file)

    # when: each byte, one after the other
    for position, byte in enumerate(sound):
        flipped = byte ^ FLIPS[position % len(FLIPS)]
        file.write_bytes(sound[:position] + bytes([flipped]) + sound[position + 1 :])
        refused += is_refused(file)

    # then: all but those that say nothing, a time for example
    assert refused > len(sound) * 3 / 4


@pytest.mark.parametrize("other", [BZIP2, LZMA])
def test_a_flip_that_names_another_compression_is_refused(file: Path, other: int) -> None:
    content = bytearray(file.read_bytes())
    content[content.index(DIRECTORY) + COMPRESSION] = other
    file.write_bytes(content)

    assert is_refused(file)
