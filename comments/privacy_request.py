"""Privacy requests: what a reader asks for about their own address, and what is kept until its mailbox has proved it.

Two things are kept apart. The address is sealed for the notifier, who sends the link and forgets it. Whose comments it
is about is locked with the link's own token, which is in no database: so a request says of nobody that they asked, not
even to who has the database and every key of this service.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from comments.contact import TOKEN_BYTES, SealingKey, written
from comments.identity import HASH_BYTES, AuthorKeys, RootKey, keys_of
from comments.phrases import phrase
from comments.submission import FieldError, InvalidSubmission, read_email

_INFO = b"replydesk privacy request lock 1\x00"
# Each token makes a key of its own, which encrypts once.
_NONCE = bytes(12)
_KID_CHARS = 8
_KEYS_BYTES = _KID_CHARS + 2 * HASH_BYTES


class Wish(StrEnum):
    """What a reader wants done with all that is kept of their address."""

    ACCESS = "access"
    ERASE = "erase"


@dataclass(frozen=True, slots=True)
class NewRequest:
    """A request before it is kept. Nothing of it tells who asks."""

    wish: Wish
    sealed: bytes
    kid: str
    link_hash: bytes
    locked_keys: bytes


def read_request(raw: Mapping[str, object], site: str, root: RootKey, sealing: SealingKey) -> NewRequest:
    """Turn the fields of the form into a request. Takes as long whoever asks: nothing is looked up.

    Raises InvalidSubmission with an error per field.
    """
    errors: list[FieldError] = []
    wish = _wish(raw.get("wish"), errors)
    email = read_email(raw, errors)
    if wish is None or email is None:
        raise InvalidSubmission(errors)
    token = secrets.token_bytes(TOKEN_BYTES)
    contact = sealing.seal_request(email, token)
    told = b"".join(each.kid.encode("ascii") + each.strict + each.loose for each in keys_of(email, site, root))
    locked = _lock(written(token), site, wish).encrypt(_NONCE, told, None)
    return NewRequest(wish, contact.sealed, contact.kid, contact.link_hash, locked)


def unlock(locked_keys: bytes, token: str, site: str, wish: Wish) -> tuple[AuthorKeys, ...] | None:
    """Return the keys of who asked, under each root key that was known then.

    None when they were not locked with this token, or for something else.
    """
    try:
        told = _lock(token, site, wish).decrypt(_NONCE, locked_keys, None)
    except InvalidTag:
        return None
    each = (told[start : start + _KEYS_BYTES] for start in range(0, len(told), _KEYS_BYTES))
    return tuple(
        AuthorKeys(one[:_KID_CHARS].decode("ascii"), one[_KID_CHARS:-HASH_BYTES], one[-HASH_BYTES:]) for one in each
    )


def _lock(token: str, site: str, wish: Wish) -> ChaCha20Poly1305:
    info = _INFO + f"{wish}\x00{site}".encode()
    return ChaCha20Poly1305(HKDF(SHA256(), 32, salt=None, info=info).derive(token.encode()))


def _wish(typed: object, errors: list[FieldError]) -> Wish | None:
    if isinstance(typed, str) and typed in set(Wish):
        return Wish(typed)
    errors.append(FieldError("wish", "required", phrase("Choose what you want.")))
    return None
