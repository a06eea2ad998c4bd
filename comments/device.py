"""Devices: browsers that a reader asked to be remembered on, for one site, by a random token.

The token is 128 random bits, made from nothing and nobody. It is kept as a keyed hash of the site's own: a stolen
database gives none away, and on another site the same token is unknown.
"""

import re
import secrets
from dataclasses import dataclass
from datetime import timedelta

from comments.identity import RootKey

TOKEN_BYTES = 16
TOKEN = re.compile(r"[A-Za-z0-9_-]{22}", re.ASCII)
# A device that nobody used for so long is unknown again, in the browser and here.
DEVICE_LASTS = timedelta(days=180)


@dataclass(frozen=True, slots=True)
class NewDevice:
    """A token that was just made, for its reader, and what is kept of it."""

    token: str
    hash: bytes


def new_device(key: RootKey, site_key: str) -> NewDevice:
    """Make a device for a site."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    return NewDevice(token, device_hash(key, site_key, token))


def device_hash(key: RootKey, site_key: str, token: str) -> bytes:
    """Return what is kept of a device."""
    return key.digest(f"device/{site_key}", token.encode())


def device_hashes(key: RootKey, site_key: str, token: str) -> tuple[bytes, ...]:
    """Return what a device is looked up by: what is kept of it, and what was under the other root keys."""
    return key.digests(f"device/{site_key}", token.encode())
