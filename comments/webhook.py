"""Webhooks: the addresses a site wants told of what was decided, what they are told, and how we prove that it is us.

What is told holds no personal data: numbers, states and the article's address. Who wants the words
reads the public API.
"""

from base64 import b64decode, b64encode
from collections.abc import Iterable
from enum import StrEnum
from secrets import token_bytes
from urllib.parse import urlsplit

from comments.identity import RootKey
from comments.sealed_values import seal, unseal

MAX_URL_CHARS = 1000
# What the Standard Webhooks specification advises: between 24 and 64 bytes.
SECRET_BYTES, FEWEST_SECRET_BYTES = 32, 24
_PREFIX = "whsec_"
_PURPOSE = "webhook"


class Announcement(StrEnum):
    """What a webhook may be told."""

    PUBLISHED = "comment.published"
    HELD = "comment.held"
    REJECTED = "comment.rejected"
    UNPUBLISHED = "comment.unpublished"
    WITHDRAWN = "comment.withdrawn"
    ERASED = "comment.erased"
    THREAD_CLOSED = "thread.closed"
    THREAD_REOPENED = "thread.reopened"


EVERYTHING = tuple(Announcement)
# Sent by an operator who wants to see whether it arrives; nobody subscribes to it.
TEST = "webhook.test"


class BadWebhook(Exception):  # noqa: N818 - named for what it says, as in STYLE.md
    """Raised with a few words that say what is wrong with an address or a list of announcements."""


def check_url(url: str) -> str:
    """Return the address if a webhook may have it. Raises BadWebhook. Where it leads is looked at when it is sent."""
    if len(url) > MAX_URL_CHARS or not url.isascii() or not url.isprintable() or " " in url:
        raise BadWebhook(f"use an address of at most {MAX_URL_CHARS} ASCII characters without spaces")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise BadWebhook("this is no web address") from None
    if parts.scheme not in {"http", "https"} or not parts.hostname or port == 0:
        raise BadWebhook("use an https (or http) address")
    if "@" in parts.netloc or parts.fragment:
        raise BadWebhook("use an address without user name, password and fragment")
    return url


def check_announcements(names: Iterable[str]) -> tuple[Announcement, ...]:
    """Return what is to be told, each once; everything when nothing is named. Raises BadWebhook."""
    wanted = set(names)
    unknown = wanted - {each.value for each in Announcement}
    if unknown:
        raise BadWebhook(f"these can be told: {', '.join(Announcement)}")
    return tuple(each for each in Announcement if each in wanted) or EVERYTHING


def host_of(url: str) -> str:
    """Return what may be shown and logged of an address: its path can be a secret of its receiver's."""
    return urlsplit(url).hostname or ""


def new_secret() -> bytes:
    """Return a new secret."""
    return token_bytes(SECRET_BYTES)


def written(secret: bytes) -> str:
    """Return the secret as its receiver gets it."""
    return _PREFIX + b64encode(secret).decode()


def read_secret(text: str) -> bytes:
    """Return the secret that was written so. Raises BadWebhook."""
    try:
        secret = b64decode(text.removeprefix(_PREFIX), validate=True)
    except ValueError:
        raise BadWebhook("this is no secret: whsec_ and base64") from None
    if len(secret) < FEWEST_SECRET_BYTES:
        raise BadWebhook(f"the secret is too short: {FEWEST_SECRET_BYTES} bytes or more, as base64")
    return secret


def seal_secret(key: RootKey, site_id: int, url: str, secret: bytes) -> bytes:
    """Return the secret as it is kept: of no use without the root key, nor for another address."""
    return seal(key, _PURPOSE, _place(site_id, url), secret)


def unseal_secret(key: RootKey, site_id: int, url: str, sealed: bytes) -> bytes | None:
    """Return the secret, or None when it was sealed with another root key."""
    return unseal(key, _PURPOSE, _place(site_id, url), sealed)


def _place(site_id: int, url: str) -> str:
    return f"{site_id} {url}"
