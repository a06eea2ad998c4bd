"""Make what another system kept fit what we keep: what may be shown stays as it was written, the rest is noted."""

import re
import unicodedata
from datetime import UTC, datetime

from comments.masking import find_addresses, mask_addresses
from comments.submission import (
    MAX_NAME_CHARS,
    MAX_THREAD_KEY_CHARS,
    MAX_TITLE_CHARS,
    MAX_URL_CHARS,
    is_web_address,
    without_address,
)
from comments.typed_text import (
    MAX_MARKS_IN_A_ROW,
    has_forbidden_character,
    has_format_character,
    has_too_many_marks,
    is_blank,
    unify_newlines,
)
from ops.imports.raw import Change

NOBODY = "Anonymous"
# WordPress keeps no longer one. Ours are shorter, but what was public there is not cut.
MAX_IMPORTED_TEXT_CHARS = 65_535
# Blogs are younger; dates before are what databases make of nothing.
_FIRST_DATE = datetime(1990, 1, 1, tzinfo=UTC)
_MARKS = frozenset({"Mn", "Me"})
_AT_IN_NAME = re.compile(r"[^\s@＠﹫][@＠﹫][^\s@＠﹫]")


def tidy_text(text: str) -> tuple[str, frozenset[Change]]:
    """Return a comment's text; empty when nothing in it can be seen."""
    unified = unify_newlines(text)
    clean = _without_odd_characters(unified).strip()
    if not clean or is_blank(clean):
        return "", frozenset()
    return clean, frozenset() if clean == unified.strip() else frozenset({Change.CHARACTERS_REMOVED})


def tidy_name(name: str) -> tuple[str, frozenset[Change]]:
    """Return a name that may be shown, `Anonymous` where nobody gave one or it was an address."""
    given = " ".join(name.split())
    clean = " ".join(_without_odd_characters(given).split())
    if has_format_character(clean):
        clean = "".join(char for char in clean if not has_format_character(char)).strip()
    if _AT_IN_NAME.search(clean) or find_addresses(clean) or is_blank(clean):
        clean = NOBODY
    clean = clean[:MAX_NAME_CHARS].rstrip()
    return clean, frozenset() if clean == given else frozenset({Change.NAME_CHANGED})


def tidy_title(title: str) -> str:
    """Return an article's title on one line, without addresses."""
    return mask_addresses(" ".join(_without_odd_characters(title).split())[:MAX_TITLE_CHARS].rstrip())


def tidy_url(url: str) -> str:
    """Return an article's address if it may be shown, else nothing."""
    stripped = url.strip()
    is_usable = len(stripped) <= MAX_URL_CHARS and is_web_address(stripped)
    return without_address(stripped) if is_usable else ""


def tidy_key(key: str) -> str:
    """Return a thread's key, empty when it cannot be one."""
    found = without_address(key.strip())
    is_usable = len(found) <= MAX_THREAD_KEY_CHARS and not has_format_character(found) and not is_blank(found)
    return found if is_usable else ""


def tidy_time(found: datetime | None, now: datetime) -> tuple[datetime | None, frozenset[Change]]:
    """Return when a comment was written; None, with the reason, for what cannot be."""
    if found is None or found < _FIRST_DATE:
        return None, frozenset({Change.TIME_MISSING})
    if found > now:
        return now, frozenset({Change.TIME_IN_FUTURE})
    return found, frozenset()


def _without_odd_characters(text: str) -> str:
    if has_forbidden_character(text):
        text = "".join(char for char in text if not has_forbidden_character(char))
    return _with_fewer_marks(text) if has_too_many_marks(text) else text


def _with_fewer_marks(text: str) -> str:
    kept, run = [], 0
    for char in unicodedata.normalize("NFC", text):
        category = unicodedata.category(char)
        run = run + 1 if category in _MARKS else run if category == "Cf" else 0
        if run <= MAX_MARKS_IN_A_ROW:
            kept.append(char)
    return "".join(kept)
