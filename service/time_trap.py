"""The time trap: a signed note in the form of when it was given out, so that a check can see who needed no time.

It never refuses anybody: a note that is missing, old or forged only means that nothing is known.
"""

from datetime import datetime

from comments.identity import RootKey

FIELD = "form_token"
MAX_SECONDS = 24 * 60 * 60
_MAX_TOKEN_CHARS = 40
_PURPOSE = "timetrap"


def make_token(key: RootKey, site: str, thread: str, now: datetime) -> str:
    """Return the note for one form of one thread."""
    given_at_seconds = int(now.timestamp())
    return f"{given_at_seconds}.{key.token(_PURPOSE, _signed(site, thread, given_at_seconds))}"


def read_seconds(key: RootKey, token: object, *, site: str, thread: str, now: datetime) -> int | None:
    """Return how long the form was open, or None when the note does not tell."""
    if not isinstance(token, str) or len(token) > _MAX_TOKEN_CHARS or not token.isascii():
        return None
    given, _, signature = token.partition(".")
    if not given.isdigit() or signature not in key.tokens(_PURPOSE, _signed(site, thread, int(given))):
        return None
    seconds = int(now.timestamp()) - int(given)
    return seconds if 0 <= seconds <= MAX_SECONDS else None


def _signed(site: str, thread: str, given_at_seconds: int) -> bytes:
    # "surrogatepass": a thread key is signed before anybody has checked what is in it.
    return f"{site}\x1f{thread}\x1f{given_at_seconds}".encode("utf-8", "surrogatepass")
