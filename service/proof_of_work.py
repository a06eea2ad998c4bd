"""Proof of work: a sum that a reader's browser does unseen, where a site asks for it. Never a puzzle for a person.

The challenge has ALTCHA's first format (SHA-256), so that its widget can solve it too (decision 0029). Ours on top: the
signature covers site, thread and the whole salt, and the store lets each proof count once (comments/store/spent.py).
It never refuses anybody: a comment without a proof that counts is held.
"""

import base64
import hashlib
import hmac
import re
import secrets
from datetime import UTC, datetime, timedelta

from comments.identity import RootKey
from comments.store.spent import Proof
from service.json_gate import BadJson, read_object

FIELD = "altcha"
# Longer than most write at a comment; a proof that was spent is remembered for as long.
LASTS = timedelta(hours=1)
_ALGORITHM = "SHA-256"
_SALT_BYTES = 12
# The "&" at the end keeps digits of the number from passing for digits of the time.
_SALT = re.compile(r"[0-9a-f]{24}\?expires=([0-9]{10})&", re.ASCII)
_CHALLENGE = re.compile(r"[0-9a-f]{64}", re.ASCII)
_SIGNATURE = re.compile(r"[0-9a-f]{32}", re.ASCII)
_MAX_NUMBER = 99_999_999
# The longest honest one has some 330 characters; ALTCHA's widget adds how long it took.
_MAX_CHARS = 600


def make_challenge(key: RootKey, site: str, thread: str, now: datetime, *, max_number: int) -> dict[str, object]:
    """Return a challenge for one comment in one thread: find the number, 0 to `max_number`, that makes the hash."""
    expires_at_seconds = int((now + LASTS).timestamp())
    salt = f"{secrets.token_hex(_SALT_BYTES)}?expires={expires_at_seconds}&"
    challenge = _hash(salt, secrets.randbelow(max_number + 1))
    return {
        "algorithm": _ALGORITHM,
        "challenge": challenge,
        "maxnumber": max_number,
        "salt": salt,
        "signature": _sign(key, site, thread, salt, challenge),
    }


def read_proof(key: RootKey, sent: object, *, site: str, thread: str, now: datetime) -> Proof | None:
    """Return what was sent as a proof, or None when it is none: forged, of another thread, too late or of no shape."""
    solved = _read(sent)
    if solved is None:
        return None
    salt, challenge, number, signature = solved
    known = _SALT.fullmatch(salt)
    # A challenge outlives the rotation of the root key.
    signed = [_sign(each, site, thread, salt, challenge) for each in key.known]
    is_ours = any(hmac.compare_digest(each, signature) for each in signed)
    if known is None or not is_ours or _hash(salt, number) != challenge:
        return None
    expires_at = datetime.fromtimestamp(int(known[1]), UTC)
    return Proof(bytes.fromhex(challenge), expires_at) if now < expires_at else None


def _read(sent: object) -> tuple[str, str, int, str] | None:
    """Return salt, challenge, number and signature of a solution, None where one is missing or of another type."""
    if not isinstance(sent, str) or len(sent) > _MAX_CHARS:
        return None
    try:
        fields = read_object(base64.b64decode(sent, validate=True))
    except (ValueError, BadJson):  # no base64, or no object in it
        return None
    salt, challenge, number, signature = (fields.get(name) for name in ("salt", "challenge", "number", "signature"))
    if not (isinstance(salt, str) and isinstance(challenge, str) and isinstance(signature, str)):
        return None
    # True is a number for Python.
    if not isinstance(number, int) or isinstance(number, bool) or not 0 <= number <= _MAX_NUMBER:
        return None
    is_shaped = _CHALLENGE.fullmatch(challenge) and _SIGNATURE.fullmatch(signature)
    return (salt, challenge, number, signature) if is_shaped and fields.get("algorithm") == _ALGORITHM else None


def _hash(salt: str, number: int) -> str:
    return hashlib.sha256(f"{salt}{number}".encode("utf-8", "surrogatepass")).hexdigest()


def _sign(key: RootKey, site: str, thread: str, salt: str, challenge: str) -> str:
    # A site's key has no separator in it, and salt and challenge are of one length: so this is of one thread alone.
    signed = "\x1f".join((site, thread, salt, challenge))
    return key.digest("proof-of-work", signed.encode("utf-8", "surrogatepass")).hex()
