"""Contacts: an address that its author wants to be written to, sealed so that only the notifier can read it.

Method: HPKE (RFC 9180) with X25519, HKDF-SHA-256 and ChaCha20-Poly1305, to a public key. Who has the public key alone
(the web) can seal and not open. What is sealed is as long as any other, so its length says nothing; and it opens only
beside the comment it was sealed for. The link of its mails is sealed with it: whoever reads the database cannot follow
it, for what is kept beside is only the SHA-256 it is found by. Opening is in `opening.py`: the web must not import it.
"""

import hashlib
import secrets
from base64 import urlsafe_b64encode
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from comments.email import Email
from comments.identity import KeyFileProblem

TOKEN_BYTES = 16
# The longest address (254 bytes, and 253 for a domain that its ASCII spelling makes longer), the token, two lengths.
PADDED_BYTES = 544
SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)
INFO = b"replydesk contact 1\x00"
REQUEST_INFO = b"replydesk privacy request 1\x00"
LENGTH_BYTES = 2


@dataclass(frozen=True, slots=True)
class NewContact:
    """What is kept of an address: sealed, by which key, and what its link is found by."""

    sealed: bytes
    kid: str
    link_hash: bytes


class SealingKey:
    """The public key: it seals. Not secret, but whoever swaps it reads what is sealed from then on."""

    __slots__ = ("_key", "kid")

    def __init__(self, key: X25519PublicKey) -> None:
        self._key = key
        self.kid = hashlib.sha256(b"replydesk notice kid" + key.public_bytes_raw()).hexdigest()[:8]

    def seal(self, email: Email, receipt_hash: bytes) -> NewContact:
        """Seal an address for the comment whose receipt has this hash."""
        token = secrets.token_bytes(TOKEN_BYTES)
        sealed = _sealed(self._key, token, email, INFO + receipt_hash)
        return NewContact(sealed, self.kid, link_hash(written(token)))

    def seal_request(self, email: Email, token: bytes) -> NewContact:
        """Seal an address for a privacy request whose link has this token: it opens beside that link's hash alone."""
        found_by = link_hash(written(token))
        return NewContact(_sealed(self._key, token, email, REQUEST_INFO + found_by), self.kid, found_by)


def link_hash(token: str) -> bytes:
    """Return what a contact is looked up by."""
    return hashlib.sha256(token.encode()).digest()


def load_sealing_key(path: Path) -> SealingKey:
    """Read the public key. Raises KeyFileProblem, also for a private one: that must not be where the web can read."""
    content = content_of(path)
    if b"PRIVATE" in content:
        raise KeyFileProblem(f"{path} holds a private key; REPLYDESK_NOTICE_PUBLIC_KEY_FILE names the public one")
    with suppress(ValueError, TypeError):
        key = load_pem_public_key(content)
        if isinstance(key, X25519PublicKey):
            return SealingKey(key)
    raise KeyFileProblem(f"{path} holds no X25519 public key; make a pair: replydesk notifier keygen")


def content_of(path: Path) -> bytes:
    """Return what is in a key file. Raises KeyFileProblem."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise KeyFileProblem(
            f"cannot read {path}: {error.strerror}; make a pair of keys: replydesk notifier keygen"
        ) from None


def _sealed(key: X25519PublicKey, token: bytes, email: Email, info: bytes) -> bytes:
    local, domain = (part.encode() for part in email.reveal())
    told = token + _with_length(local) + _with_length(domain)
    return SUITE.encrypt(told.ljust(PADDED_BYTES, b"\x00"), key, info)


def _with_length(part: bytes) -> bytes:
    return len(part).to_bytes(LENGTH_BYTES) + part


def written(token: bytes) -> str:
    """Return a token as it stands in a link."""
    return urlsafe_b64encode(token).rstrip(b"=").decode()
