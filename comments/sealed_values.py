"""What must be read again but by nobody else: encrypted with a key of the root key's and tied to its place.

Method: AES-256-GCM, the key by HKDF for each purpose, `place` as associated data, so that a sealed value copied into
another row, cookie or form opens nothing.
"""

import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from contextlib import suppress

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from comments.identity import RootKey

_NONCE_BYTES = 12


def seal(key: RootKey, purpose: str, place: str, value: bytes) -> bytes:
    """Return the value so that only `unseal` with the same purpose and place reads it."""
    nonce = os.urandom(_NONCE_BYTES)
    return nonce + AESGCM(key.subkey(f"sealed/{purpose}")).encrypt(nonce, value, place.encode())


def unseal(key: RootKey, purpose: str, place: str, sealed: bytes) -> bytes | None:
    """Return the value, or None when it was not sealed here for this place, under any root key that is known."""
    nonce, encrypted = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
    if len(encrypted) < _NONCE_BYTES:
        return None
    for each in key.known:
        with suppress(InvalidTag):
            return AESGCM(each.subkey(f"sealed/{purpose}")).decrypt(nonce, encrypted, place.encode())
    return None


def seal_text(key: RootKey, purpose: str, place: str, value: str) -> str:
    """Return the text sealed, for a cookie or a hidden field."""
    return urlsafe_b64encode(seal(key, purpose, place, value.encode())).decode()


def unseal_text(key: RootKey, purpose: str, place: str, sealed: str) -> str | None:
    """Return the text, or None when it was not sealed here for this place."""
    try:
        value = unseal(key, purpose, place, urlsafe_b64decode(sealed.encode("ascii")))
    except ValueError:  # not base64, not ASCII
        return None
    return None if value is None else value.decode()
