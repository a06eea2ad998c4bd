"""What comes in through an address or a hidden field, made harmless: numbers in range and paths within the desk."""

import re
from urllib.parse import urlencode, urlsplit

from flask import Request

from comments.submission import MAX_ID

# One slash and then ordinary characters: no other host, no backslash, no control can follow.
_DESK_PATH = re.compile(r"/review/[a-z0-9/]*", re.ASCII)
# As long as an address gets whose search is as long as it may be, each of its letters percent-encoded.
_QUERY = re.compile(r"[\w=&%.+~*-]{0,3000}", re.ASCII)
QUEUE = "/review/"
COMMENT = f"/comments/<int(max={MAX_ID}):comment_id>"


def number(raw: str | None) -> int | None:
    """Return the whole number in `raw`, None when it is none that the store could hold."""
    if raw is None or not (raw.isascii() and raw.isdigit()) or len(raw) > len(str(MAX_ID)):
        return None
    return int(raw) if int(raw) <= MAX_ID else None


def desk_address(raw: str | None) -> str:
    """Return `raw` if it is a page of the desk, else the queue."""
    try:
        parts = urlsplit(raw or "") if raw and raw.isprintable() else urlsplit("")
    except ValueError:  # "//[" looks like the beginning of an IPv6 address
        return QUEUE
    if parts.scheme or parts.netloc or not _DESK_PATH.fullmatch(parts.path) or not _QUERY.fullmatch(parts.query):
        return QUEUE
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def back_to_here(request: Request) -> str:
    """Return the address of the page that is being asked for, without the news of an earlier decision."""
    kept = [(name, value) for name, value in request.args.items(multi=True) if name != "done"]
    return desk_address(f"{request.path}?{urlencode(kept)}" if kept else request.path)


def with_news(address: str, decision_id: int, card_id: int | None = None) -> str:
    """Return the address with the news of a decision, at the card that is next."""
    joint = "&" if "?" in address else "?"
    place = "" if card_id is None else f"#comment-{card_id}"
    return f"{address}{joint}done={decision_id}{place}"
