"""The root key: the one secret of an installation, and those before it that something still needs.

Everything that is written is written under the current key. What comes in is looked for under each key that is known.
"""

import hashlib
import hmac
from base64 import urlsafe_b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

ROOT_KEY_BYTES = 32
HASH_BYTES = 16
# What a retired key leaves behind: keys of their own, from which neither the root key nor a hash of any address can be
# made. With them the trail stays provable, what was erased stays so, and nobody loses the codes for a lost phone.
KEPT_PURPOSES = ("audit-chain", "erasure-journal", "recovery-code")
# Among 32 random bytes there are fewer different ones about once in ten thousand million keys.
_FEWEST_BYTES = 16


class KeyFileProblem(Exception):  # noqa: N818 - named for what it says, as in STYLE.md
    """Raised with one line that says what is wrong with the key file and what to do."""


@dataclass(frozen=True, slots=True)
class RetiredKey:
    """What is left of a root key that no row needs any more. `until` is when the next one became current."""

    kid: str
    until: datetime
    subkeys: Mapping[str, bytes] = field(repr=False)

    def digest(self, purpose: str, value: bytes) -> bytes:
        """Return what the root key would have, for one of KEPT_PURPOSES."""
        return _digest(self.subkeys[purpose], value)

    def subkey(self, purpose: str) -> bytes:
        """Return the key of one of KEPT_PURPOSES."""
        return self.subkeys[purpose]


class RootKey:
    """A root key. Shows only its public name, `kid`.

    The current one knows the `others` that addresses are looked up under too, the newest first, and what is left of
    the `retired` ones. `until` says when an earlier key's successor became current.
    """

    __slots__ = ("_root", "kid", "others", "retired", "until")

    def __init__(
        self,
        root: bytes,
        *,
        others: Sequence["RootKey"] = (),
        retired: Sequence[RetiredKey] = (),
        until: datetime | None = None,
    ) -> None:
        if len(root) != ROOT_KEY_BYTES:
            raise KeyFileProblem(f"the root key must have {ROOT_KEY_BYTES} bytes")
        self._root = root
        self.kid = hashlib.sha256(b"replydesk kid" + root).hexdigest()[:8]
        self.others = tuple(others)
        self.retired = tuple(retired)
        self.until = until

    def __repr__(self) -> str:
        return f"RootKey(kid={self.kid})"

    @property
    def known(self) -> "tuple[RootKey, ...]":
        """Every whole key, this one first."""
        return self, *self.others

    @property
    def looks_random(self) -> bool:
        """Say that it is not somebody's example."""
        content, half = self._root, ROOT_KEY_BYTES // 2
        return (
            len(set(content)) >= _FEWEST_BYTES
            and content != bytes(sorted(content))
            and content[:half] != content[half:]
        )

    def digest(self, purpose: str, value: bytes) -> bytes:
        """Return the 16-byte keyed hash of `value` for `purpose` ("email-strict/<site>", "receipt", …)."""
        return _digest(self.subkey(purpose), value)

    def digests(self, purpose: str, value: bytes) -> tuple[bytes, ...]:
        """Return the hash under each key that can tell, this one's first: for what comes in."""
        left = (each for each in self.retired if purpose in each.subkeys)
        return *(each.digest(purpose, value) for each in self.known), *(each.digest(purpose, value) for each in left)

    def subkey(self, purpose: str) -> bytes:
        """Return a key of 32 bytes for `purpose` and nothing else, for whoever needs more than a digest."""
        return _subkey(self._root, purpose)

    def token(self, purpose: str, value: bytes) -> str:
        """Return the same as 22 URL-safe characters."""
        return _written(self.digest(purpose, value))

    def tokens(self, purpose: str, value: bytes) -> tuple[str, ...]:
        """Return `digests` as URL-safe characters."""
        return tuple(_written(each) for each in self.digests(purpose, value))

    def as_hex(self) -> str:
        """Return the key itself, for its file and for nothing else."""
        return self._root.hex()

    def left_behind(self, until: datetime) -> RetiredKey:
        """Return what stays when it is retired."""
        return RetiredKey(self.kid, until, {purpose: self.subkey(purpose) for purpose in KEPT_PURPOSES})


def _digest(key: bytes, value: bytes) -> bytes:
    # Unlike `hmac.digest` this keeps the interpreter to itself: several threads that hash by turns cost more than that.
    mac = _keyed(key).copy()
    mac.update(value)
    return mac.digest()[:HASH_BYTES]


@lru_cache(maxsize=4096)
def _keyed(key: bytes) -> hmac.HMAC:
    return hmac.new(key, digestmod="sha256")


def _written(digest: bytes) -> str:
    return urlsafe_b64encode(digest).rstrip(b"=").decode()


@lru_cache(maxsize=4096)
def _subkey(root: bytes, purpose: str) -> bytes:
    return HKDF(SHA256(), ROOT_KEY_BYTES, salt=None, info=b"replydesk/" + purpose.encode()).derive(root)
