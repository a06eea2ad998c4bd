"""Seals: what makes a line of the audit trail provable. Each is a keyed hash of the line and of the seal before it.

The key is derived from the root key, which is not in the database: who has the database alone cannot seal anew.
"""

import hmac
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from comments.root_key import RetiredKey, RootKey

# What stands before the first seal.
NO_SEAL = bytes(32)
_PURPOSE = "audit-chain"
# So long after a rotation a machine that was not restarted yet may still seal with the key before.
ROLLING_US = 86_400_000_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FORMAT = b"replydesk audit 1\x00"
_FORMAT_WITHOUT_WORDS = b"replydesk audit without words 1\x00"
_encode = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False).encode


class Line(NamedTuple):  # millions are made in a proof, and a frozen dataclass takes thrice as long
    """A row of the trail at its place in the chain. `content` is the row as it is stored, without its empty columns.

    Empty ones are left out so that a column added by a later version changes no seal of an earlier one.
    """

    position: int
    source: str  # decision or event
    source_id: int
    sealed_at_us: int  # microseconds since 1970
    content: Mapping[str, object]


def seal_key(root: RootKey) -> bytes:
    """Return the key of this installation's seals."""
    return root.subkey(_PURPOSE)


class EarlierKey(NamedTuple):
    """A key that seals were made with until a moment, in microseconds since 1970."""

    key: bytes
    until_us: int


def earlier_seal_keys(root: RootKey) -> tuple[EarlierKey, ...]:
    """Return the keys of this installation's seals before this one: their lines are proved with them."""
    past: tuple[RootKey | RetiredKey, ...] = (*root.others, *root.retired)
    return tuple(EarlierKey(each.subkey(_PURPOSE), _microseconds(each.until)) for each in past if each.until)


def seal_keys_of(key: bytes, earlier: Sequence[EarlierKey], sealed_at_us: int) -> tuple[bytes, ...]:
    """Return the keys that a line of this moment may have been sealed with.

    Not any earlier one: who has found one out could seal anew what was sealed after it.
    """
    return key, *(each.key for each in earlier if sealed_at_us <= each.until_us + ROLLING_US)


def _microseconds(moment: datetime) -> int:
    return (moment - _EPOCH) // timedelta(microseconds=1)


def seal(key: bytes, before: bytes, line: Line) -> bytes:
    """Return the 32-byte seal of a line whose predecessor has the seal `before`."""
    told = _encode(line)  # a JSON list, in the order of the fields
    return hmac.digest(key, _FORMAT + before + told.encode("ascii"), "sha256")


def reseal(key: bytes, first: bytes, line: Line) -> bytes:
    """Return the 32-byte seal of a line that has lost its words and was sealed with them as `first`.

    Whoever lacks the key cannot make one, so nobody else can pass a changed line for one that lost its words.
    """
    return hmac.digest(key, _FORMAT_WITHOUT_WORDS + first + _encode(line).encode("ascii"), "sha256")


def has_words(line: Line) -> bool:
    """Say whether a line holds sentences: a note to the author, or an explanation."""
    return "note" in line.content or line.content.get("explanation", "[]") != "[]"
