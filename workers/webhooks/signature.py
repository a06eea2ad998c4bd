"""Sign as the Standard Webhooks specification says, so that a receiver verifies with a library it has already."""

import hmac
from base64 import b64encode
from collections.abc import Sequence
from datetime import datetime


def headers(secrets: Sequence[bytes], message_id: str, body: bytes, now: datetime) -> dict[str, str]:
    """Return the three headers; with two secrets, while one takes the other's place, there are two signatures."""
    timestamp = str(int(now.timestamp()))
    return {
        "webhook-id": message_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": " ".join(_signature(secret, message_id, timestamp, body) for secret in secrets),
    }


def _signature(secret: bytes, message_id: str, timestamp: str, body: bytes) -> str:
    signed = f"{message_id}.{timestamp}.".encode() + body
    return f"v1,{b64encode(hmac.digest(secret, signed, 'sha256')).decode()}"
