"""Solve a proof of work as a browser does, for tests that are not about the browser."""

import base64
import hashlib
import json
from collections.abc import Mapping
from typing import Any


def solved(challenge: Mapping[str, Any], /, **changes: object) -> str:
    """Return the solution as it is sent; `changes` are what is wrong with it, None for what is missing."""
    number = next(
        each
        for each in range(challenge["maxnumber"] + 1)
        if hashlib.sha256(f"{challenge['salt']}{each}".encode()).hexdigest() == challenge["challenge"]
    )
    fields = {name: challenge[name] for name in ("algorithm", "challenge", "salt", "signature")}
    sent = {name: value for name, value in (fields | {"number": number} | changes).items() if value is not None}
    return as_sent(sent)


def as_sent(payload: object) -> str:
    """Return anything as Base64 of JSON."""
    return base64.b64encode(json.dumps(payload).encode()).decode()
