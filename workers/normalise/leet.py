"""Digits and signs standing for letters inside words ("v1agra", "fr€€"), read as letters.

Numbers, prices, codes, addresses and @handles are not words, and stay.
"""

import re
from collections.abc import Iterator

from workers.normalise.draft import Draft, Edit, same_length
from workers.normalise.lexicon import is_hidden_word
from workers.normalise.view import Kind

_PLAIN = str.maketrans("013457@$€", "oieastase")
# What a sign can mean is decided by the word that comes out; 1, ! and | are i in one reading and l in the other.
_READINGS = (
    str.maketrans("0134567896@$€!|+£(", "oieasgtbggaseiitlc"[:18]),
    str.maketrans("0134567896@$€!|+£(", "oleasgtbggasellttc"[:18]),
)
_L = "[a-z\u00df-\u024f\u1e00-\u1eff]"
_HINT = re.compile(rf"{_L}[0-9@$€!|+£(]|[0-9@$€!|+£(]{_L}")
_TOKEN = re.compile(rf"(?<![\w@$€!|+£(])(?:{_L}|[0-9@$€!|+£(])++")
# Inside a word, between letters, one sign at a time; at its end only doubled ("cla$$").
_WORD_WITH_SIGNS = re.compile(rf"{_L}+(?:([013457@$€])\1*+{_L}+)+(?:\$\$|€€)?|{_L}{{2,}}(?:\$\$|€€)")
_NOT_A_WORD = re.compile(rf"n\d+(?:k|m|b|bn|tn|trn|mn|million|billion|trillion)?|{_L}+\d+s|h\dn\d|{_L}\d{_L}\d?")
_MAX_TOKEN_CHARS = 30
_MIN_LETTERS = 2
_MAX_LINK_CHARS = 200
_MAIL_HOSTS = ("gmail", "yahoo", "hotmail", "outlook", "ymail", "icloud", "proton", "live", "aol")


def read_leet(draft: Draft) -> Draft:
    """Return the draft with signs that stand for letters read as letters."""
    if not _HINT.search(draft.text):
        return draft
    return draft.apply(_edits(draft.text))


def _edits(text: str) -> Iterator[Edit]:
    for match in _TOKEN.finditer(text):
        token = match[0].rstrip("!|(+")
        if token.isalpha() or token.isdigit() or len(token) > _MAX_TOKEN_CHARS:
            continue
        if _is_in_link(text, match.start()):
            continue
        if "@" in token and _is_address(token, text[match.start() + len(token) :][:2]):
            continue
        read = _read(token)
        if read:
            yield same_length(match.start(), read, Kind.LEET)


def _is_in_link(text: str, start: int) -> bool:
    """Say whether the token stands in a web address, where letters and digits mix as they like."""
    before = text[max(0, start - _MAX_LINK_CHARS) : start]
    chunk = before.rsplit(maxsplit=1)[-1] if before and not before[-1].isspace() else ""
    return "/" in chunk or "www." in chunk


def _is_address(token: str, following: str) -> bool:
    host = token.partition("@")[2]
    return host.startswith(_MAIL_HOSTS) or (following[:1] in {".", "-"} and following[1:].isalnum())


def _read(token: str) -> str | None:
    letters = sum(char.isalpha() for char in token)
    if letters < _MIN_LETTERS:
        return None if "$" not in token else _hidden_word(token)
    return _hidden_word(token) or _plain_reading(token, letters)


def _hidden_word(token: str) -> str | None:
    return next((read for read in map(token.translate, _READINGS) if is_hidden_word(read)), None)


def _plain_reading(token: str, letters: int) -> str | None:
    if letters <= _MIN_LETTERS and not token.endswith(("$$", "€€")):
        return None
    if letters < len(token) - letters or _NOT_A_WORD.fullmatch(token) or not _WORD_WITH_SIGNS.fullmatch(token):
        return None
    return token.translate(_PLAIN)
