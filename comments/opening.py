"""Opening what `contact.py` seals: the private key, which only the notifier has. The web must not import this."""

import hmac
import os
from contextlib import suppress
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from comments.contact import INFO, LENGTH_BYTES, REQUEST_INFO, SUITE, TOKEN_BYTES, SealingKey, content_of, written
from comments.email import Email
from comments.identity import KeyFileProblem, strict_form

MAILBOX_KEY_BYTES = 16
_PRIVATE = 0o600


class CannotOpen(Exception):  # noqa: N818 - named for what it says, as in STYLE.md
    """Raised for a sealed address that this key does not open, or not beside this comment."""


class OpeningKey:
    """The private key: it opens. Only the notifier holds one. Shows only its public name, `kid`."""

    __slots__ = ("_key", "_mailbox_key", "kid")

    def __init__(self, key: X25519PrivateKey) -> None:
        self._key = key
        self._mailbox_key = HKDF(SHA256(), 32, salt=None, info=b"replydesk mailbox").derive(key.private_bytes_raw())
        self.kid = SealingKey(key.public_key()).kid

    def __repr__(self) -> str:
        return f"OpeningKey(kid={self.kid})"

    def open(self, sealed: bytes, receipt_hash: bytes) -> tuple[Email, str]:
        """Return the address and the token of its link. Raises CannotOpen."""
        return self._open(sealed, INFO + receipt_hash)

    def open_request(self, sealed: bytes, link_hash: bytes) -> tuple[Email, str]:
        """Return the address of a privacy request and the token of its link. Raises CannotOpen."""
        return self._open(sealed, REQUEST_INFO + link_hash)

    def _open(self, sealed: bytes, info: bytes) -> tuple[Email, str]:
        try:
            told = SUITE.decrypt(sealed, self._key, info)
        except (InvalidTag, ValueError):
            raise CannotOpen("not sealed for this key and this place") from None
        token, rest = told[:TOKEN_BYTES], told[TOKEN_BYTES:]
        local, rest = _read(rest)
        domain, _ = _read(rest)
        return Email(local.decode(), domain.decode()), written(token)

    def mailbox(self, email: Email, what_for: str = "") -> bytes:
        """Return a keyed hash of the address that nobody without this key can make, or compare a guess with.

        `what_for` keeps apart what is counted apart; no address has the character between the two.
        """
        address = strict_form(*email.reveal())
        told = f"{what_for}\x00{address}" if what_for else address
        return hmac.digest(self._mailbox_key, told.encode(), "sha256")[:MAILBOX_KEY_BYTES]


def load_opening_key(path: Path) -> OpeningKey:
    """Read the private key. Raises KeyFileProblem."""
    content = content_of(path)
    if path.stat().st_mode & 0o077:
        raise KeyFileProblem(f"the private key {path} can be read by others; run: chmod 600 {path}")
    with suppress(ValueError, TypeError):
        key = load_pem_private_key(content, password=None)
        if isinstance(key, X25519PrivateKey):
            return OpeningKey(key)
    raise KeyFileProblem(f"{path} holds no X25519 private key; make a pair: replydesk notifier keygen")


def create_keys(private_path: Path, public_path: Path) -> str:
    """Write a new pair; returns its public name. Raises KeyFileProblem when one of the files is there already."""
    key = X25519PrivateKey.generate()
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    if public_path.exists():
        raise KeyFileProblem(
            f"{public_path} is there already; what was sealed to it opens with its own private key only"
        )
    _create(private_path, private, _PRIVATE)
    _create(public_path, public, 0o644)
    return SealingKey(key.public_key()).kid


def _create(path: Path, content: bytes, mode: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    except FileExistsError:
        raise KeyFileProblem(f"{path} is there already; name a new file") from None
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _read(told: bytes) -> tuple[bytes, bytes]:
    ends = LENGTH_BYTES + int.from_bytes(told[:LENGTH_BYTES])
    return told[LENGTH_BYTES:ends], told[ends:]
