"""Sign what we send, so that a checker knows that it comes from this installation and is not old."""

import hmac
import re
from datetime import datetime
from hashlib import sha256

HEADER = "Replydesk-Signature"
TOLERANCE_SECONDS = 300
_SHAPE = re.compile(r"t=(\d{1,12}),v1=([0-9a-f]{64})", re.ASCII)


def sign(secret: bytes, body: bytes, now: datetime) -> str:
    """Return the header's value: the time and the HMAC-SHA-256 of the time and the body."""
    moment = int(now.timestamp())
    return f"t={moment},v1={_mac(secret, moment, body)}"


def is_genuine(secret: bytes, header: str, body: bytes, now: datetime) -> bool:
    """Say whether the header was made with this secret, for this body, within five minutes of now."""
    found = _SHAPE.fullmatch(header)
    if found is None:
        return False
    moment = int(found[1])
    is_recent = abs(now.timestamp() - moment) <= TOLERANCE_SECONDS
    return hmac.compare_digest(_mac(secret, moment, body), found[2]) and is_recent


def _mac(secret: bytes, moment: int, body: bytes) -> str:
    return hmac.new(secret, b"%d." % moment + body, sha256).hexdigest()
