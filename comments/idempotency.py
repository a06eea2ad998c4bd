"""Recognise the same submission sent twice: a retry on a bad connection, a double click.

Both values depend on who sent it, so they are keyed hashes and live in the `identities` table only.
"""

from dataclasses import dataclass
from datetime import datetime

from comments.identity import HASH_BYTES, Identity, RootKey, identify
from comments.submission import Submission

# Without a key of the client's own, the same words by the same author from the same network within one such window
# (of the clock: the ten minutes from 12:00, from 12:10, …) are one comment.
TWIN_WINDOW_SECONDS = 600
MAX_KEY_CHARS = 255
_SEPARATOR = "\x1f"


@dataclass(frozen=True, slots=True)
class Trace:
    """What one submission leaves of its sender and of itself under one root key."""

    identity: Identity
    idempotency_hash: bytes
    request_digest: bytes


def traces(
    submission: Submission,
    key: RootKey,
    *,
    client_key: str | None,
    client_ip: str | None,
    now: datetime,
    disposable_domains: frozenset[str],
) -> tuple[Trace, ...]:
    """Return a submission's trace under each root key that is known, the current one's first.

    Only that one is kept; the others find what was kept under theirs.
    """
    found = []
    for each in key.known:
        who = identify(submission, each, client_ip=client_ip, now=now, disposable_domains=disposable_domains)
        digest = request_digest(submission, who, each)
        found.append(Trace(who, idempotency_hash(client_key, digest, each, now, network=who.network), digest))
    return tuple(found)


def request_digest(submission: Submission, identity: Identity, key: RootKey) -> bytes:
    """Return what two requests must share to be the same request."""
    thread, parent = submission.thread.key, str(submission.parent or "")
    parts = (submission.site, thread, parent, submission.name, identity.loose.hex(), submission.text)
    return key.digest("request", _SEPARATOR.join(parts).encode())


def idempotency_hash(
    client_key: str | None, digest: bytes, key: RootKey, now: datetime, *, network: bytes | None
) -> bytes:
    """Return what finds an earlier twin: the client's Idempotency-Key, or the request itself within ten minutes.

    A twin answers with the first one's receipt, so without the client's own key it must come from the same `network`:
    else anyone could repeat a public comment with guessed addresses until the right one answers with its receipt.
    """
    if client_key is not None:
        return key.digest("idempotency-key", client_key.encode())
    window = int(now.timestamp()) // TWIN_WINDOW_SECONDS
    return key.digest("idempotency-twin", digest + (network or bytes(HASH_BYTES)) + window.to_bytes(8))
