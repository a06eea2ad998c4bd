"""Receipts: the author's private link to one comment's status.

The token is a keyed hash of 128 random bits kept with the comment: a retry of the same submission gets the same link,
and a stolen database gives no link away. Looked up by its SHA-256.
"""

import hashlib
import re
import secrets
from dataclasses import dataclass

from comments.identity import RootKey

NONCE_BYTES = 16
TOKEN = re.compile(r"[A-Za-z0-9_-]{22}", re.ASCII)


@dataclass(frozen=True, slots=True)
class NewReceipt:
    """What is kept of a receipt: the nonce it is made from and the hash it is found by."""

    nonce: bytes
    hash: bytes


def new_receipt(key: RootKey) -> NewReceipt:
    """Make a receipt for a comment that is about to be kept."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    return NewReceipt(nonce, receipt_hash(receipt_token(key, nonce)))


def no_receipt() -> NewReceipt:
    """Return what is kept for a comment that nobody gets a link to: no token has this hash."""
    return NewReceipt(secrets.token_bytes(NONCE_BYTES), secrets.token_bytes(hashlib.sha256().digest_size))


def receipt_token(key: RootKey, nonce: bytes) -> str:
    """Return the 22 characters that go into the link."""
    return key.token("receipt", nonce)


def receipt_token_of(key: RootKey, nonce: bytes, kept: bytes) -> str:
    """Return the token of a receipt that was kept, perhaps under an earlier root key; `kept` is what it is found by."""
    tokens = key.tokens("receipt", nonce)
    return next((token for token in tokens if receipt_hash(token) == kept), tokens[0])


def receipt_hash(token: str) -> bytes:
    """Return what a receipt is looked up by."""
    return hashlib.sha256(token.encode()).digest()
