"""Keyed hashes of who sent a submission. The address goes in, only the hashes come out.

Method: HMAC-SHA-256 cut to 128 bits, one key per site and purpose by HKDF (RFC 5869) from one root key in a file, so
that values from different tables, sites or Redis can never be joined.
"""

import contextlib
import hashlib
import hmac
import os
import secrets
import unicodedata
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from ipaddress import IPv6Address, ip_address, ip_network
from pathlib import Path
from tempfile import NamedTemporaryFile

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from comments.email import Email
from comments.submission import Submission, read_address

ROOT_KEY_BYTES = 32
HASH_BYTES = 16
NORMALISATION_VERSION = 1
# The only providers known to ignore dots; a longer list goes stale (security.md §3.3).
_DOTLESS_DOMAINS = frozenset({"gmail.com", "googlemail.com"})


class KeyFileProblem(Exception):  # noqa: N818 - named for what it says, as in STYLE.md
    """Raised with one line that says what is wrong with the key file and what to do."""


@dataclass(frozen=True, slots=True)
class Identity:
    """What is kept of a person: keyed hashes only, 16 bytes each. Never shown, never sent.

    `strict` is for access and erasure, `loose` for negative use (bans, limits, repeats) only.
    """

    strict: bytes
    loose: bytes
    network: bytes | None
    kid: str
    disposable: bool
    normalisation: int = NORMALISATION_VERSION


class RootKey:
    """The one secret of an installation. Shows only its public name, `kid`."""

    __slots__ = ("_root", "kid")

    def __init__(self, root: bytes) -> None:
        if len(root) != ROOT_KEY_BYTES:
            raise KeyFileProblem(f"the root key must have {ROOT_KEY_BYTES} bytes")
        self._root = root
        self.kid = hashlib.sha256(b"replydesk kid" + root).hexdigest()[:8]

    def __repr__(self) -> str:
        return f"RootKey(kid={self.kid})"

    def digest(self, purpose: str, value: bytes) -> bytes:
        """Return the 16-byte keyed hash of `value` for `purpose` ("email-strict/<site>", "receipt", …)."""
        return hmac.digest(_subkey(self._root, purpose), value, "sha256")[:HASH_BYTES]

    def subkey(self, purpose: str) -> bytes:
        """Return a key of 32 bytes for `purpose` and nothing else, for whoever needs more than a digest."""
        return _subkey(self._root, purpose)

    def token(self, purpose: str, value: bytes) -> str:
        """Return the same as 22 URL-safe characters."""
        return urlsafe_b64encode(self.digest(purpose, value)).rstrip(b"=").decode()

    def derived(self, purpose: str) -> bytes:
        """Return a 32-byte key of its own for `purpose`, for what is encrypted and not only compared."""
        return _subkey(self._root, purpose)


@lru_cache(maxsize=4096)
def _subkey(root: bytes, purpose: str) -> bytes:
    return HKDF(SHA256(), ROOT_KEY_BYTES, salt=None, info=b"replydesk/" + purpose.encode()).derive(root)


def load_root_key(path: Path) -> RootKey:
    """Read the root key. Raises KeyFileProblem with what to do."""
    try:
        mode = path.stat().st_mode
        content = path.read_bytes()
    except OSError as error:
        raise KeyFileProblem(
            f"cannot read the root key {path}: {error.strerror}. Create it: replydesk migrate"
        ) from None
    if mode & 0o077:
        raise KeyFileProblem(f"the root key {path} can be read by others; run: chmod 600 {path}")
    try:
        return RootKey(bytes.fromhex(content.decode("ascii").strip()))
    except ValueError:
        raise KeyFileProblem(f"{path} must hold 64 hexadecimal digits") from None


def create_root_key(path: Path) -> RootKey:
    """Write a new key, mode 0600, unless the file is there already; then read it.

    The file appears whole or not at all, so two processes that start together agree on one key.
    """
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with NamedTemporaryFile("w", dir=path.parent, prefix=".root-key-") as file:  # made with mode 0600
            file.write(secrets.token_hex(ROOT_KEY_BYTES) + "\n")
            file.flush()
            os.fsync(file.fileno())
            with contextlib.suppress(FileExistsError):
                os.link(file.name, path)
    return load_root_key(path)


def identify(
    submission: Submission,
    key: RootKey,
    *,
    client_ip: str | None,
    now: datetime,
    disposable_domains: frozenset[str],
) -> Identity:
    """Turn a submission's address and network into keyed hashes. The address is not kept."""
    network = network_key(key, submission.site, client_ip, now)
    return _identity(submission.email, submission.site, key, network, disposable_domains)


def identify_imported(
    address: str, site: str, key: RootKey, *, network: bytes | None, disposable_domains: frozenset[str]
) -> Identity | None:
    """Turn an address that another comment system kept into keyed hashes; None for what is no address."""
    email = read_address(address)
    return None if email is None else _identity(email, site, key, network, disposable_domains)


def author_keys(address: str, site: str, key: RootKey) -> tuple[bytes, bytes] | None:
    """Return the strict and the loose key of an address on a site, to ask what is kept; None for what is no address."""
    email = read_address(address)
    if email is None:
        return None
    identity = _identity(email, site, key, None, frozenset())
    return identity.strict, identity.loose


def _identity(
    email: Email, site: str, key: RootKey, network: bytes | None, disposable_domains: frozenset[str]
) -> Identity:
    local, domain = email.reveal()
    return Identity(
        strict=key.digest(f"email-strict/{site}", strict_form(local, domain).encode()),
        loose=key.digest(f"email-loose/{site}", loose_form(local, domain).encode()),
        network=network,
        kid=key.kid,
        disposable=domain in disposable_domains,
    )


def strict_form(local: str, domain: str) -> str:
    """Return the address with only ASCII case folded: two people's addresses never become one."""
    folded = "".join(char.lower() if char.isascii() else char for char in unicodedata.normalize("NFC", local))
    return f"{folded}@{domain.lower()}"


def loose_form(local: str, domain: str) -> str:
    """Return the address with case, width, +tag and (at Gmail) dots folded. For negative use only."""
    domain = domain.lower()
    folded = unicodedata.normalize("NFKC", local).casefold()
    folded = folded.split("+", 1)[0] or folded
    if domain in _DOTLESS_DOMAINS:
        folded, domain = folded.replace(".", ""), "gmail.com"
    return f"{folded}@{domain}"


def network_key(key: RootKey, site: str, client_ip: str | None, now: datetime) -> bytes | None:
    """Return the keyed hash of the client's network (IPv4 address, IPv6 /64) with the key of the day."""
    network = network_of(client_ip)
    if network is None:
        return None
    return key.digest(f"network/{site}/{now:%Y-%m-%d}", network.encode())


def network_of(client_ip: str | None) -> str | None:
    """Return "203.0.113.7" or "2001:db8::/64", or None for what is no address."""
    try:
        address = ip_address(client_ip or "")
    except ValueError:
        return None
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return str(address.ipv4_mapped)
        return str(ip_network((address, 64), strict=False))
    return str(address)
