"""Keyed hashes of who sent a submission. The address goes in, only the hashes come out.

Method: HMAC-SHA-256 cut to 128 bits, one key per site and purpose by HKDF (RFC 5869) from one root key in a file, so
that values from different tables, sites or Redis can never be joined.
"""

import unicodedata
from dataclasses import dataclass
from datetime import datetime
from ipaddress import IPv6Address, ip_address, ip_network

from comments.email import Email
from comments.root_key import HASH_BYTES, ROOT_KEY_BYTES, KeyFileProblem, RootKey
from comments.root_key_file import create_root_key, load_root_key
from comments.submission import Submission, read_address

# Whoever asks who somebody is needs the key: both come from here.
__all__ = [
    "HASH_BYTES",
    "NORMALISATION_VERSION",
    "ROOT_KEY_BYTES",
    "AuthorKeys",
    "Identity",
    "KeyFileProblem",
    "RootKey",
    "author_keys",
    "create_root_key",
    "identify",
    "identify_imported",
    "load_root_key",
    "loose_form",
    "network_key",
    "network_of",
    "strict_form",
]

NORMALISATION_VERSION = 1
# The only providers known to ignore dots; a longer list goes stale (security.md §3.3).
_DOTLESS_DOMAINS = frozenset({"gmail.com", "googlemail.com"})


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


@dataclass(frozen=True, slots=True)
class AuthorKeys:
    """The keyed hashes of an address on a site under the root key `kid`. Never shown, never sent."""

    kid: str
    strict: bytes
    loose: bytes


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


def author_keys(address: str, site: str, key: RootKey) -> tuple[AuthorKeys, ...] | None:
    """Return an address's keys on a site under each root key that is known, the current one first.

    None for what is no address. Whoever asks what is kept must ask under all of them.
    """
    email = read_address(address)
    return None if email is None else keys_of(email, site, key)


def keys_of(email: Email, site: str, key: RootKey) -> tuple[AuthorKeys, ...]:
    """Return the same of an address that was read already."""
    found = (_identity(email, site, each, None, frozenset()) for each in key.known)
    return tuple(AuthorKeys(each.kid, each.strict, each.loose) for each in found)


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
