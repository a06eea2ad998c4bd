"""The audit sample: which published comments a moderator looks at, so that what the checks miss can be counted."""

import hmac
from hashlib import sha256

AUDIT_RATE = 0.01
_WHOLE = 1 << 64


def is_audit_sample(comment_id: int, seed: bytes, rate: float = AUDIT_RATE) -> bool:
    """Say whether this comment is drawn: the same answer whenever it is asked, with chance `rate` over all comments.

    `seed` is secret, so that nobody can tell beforehand which comment number goes unseen.
    """
    drawn = hmac.digest(seed, b"audit-sample:%d" % comment_id, sha256)
    return int.from_bytes(drawn[:8]) < rate * _WHOLE
