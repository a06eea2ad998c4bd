"""The JSON gate: what comes in is one plain object (or list) in UTF-8, or it is refused before anyone works with it.

Python's own parser takes NaN, duplicate keys and UTF-16, and runs out of stack on deep nesting.
"""

import json
import re
from typing import NoReturn

MAX_DEPTH = 16
MAX_DIGITS = 20

# Always matches from a quote to its end or to the end of the text, so a hostile body costs one pass.
_STRING = re.compile(r'"(?:[^"\\]+|\\.)*+\\?(?:"|\Z)', re.DOTALL)
_BRACKETS = re.compile(r"[\[\]{}]")
_STEP = {"[": 1, "{": 1, "]": -1, "}": -1}


class BadJson(Exception):  # noqa: N818 - named for what it says, as in STYLE.md
    """Raised with a fixed sentence that says what is wrong with the body."""


def read_object(body: bytes) -> dict[str, object]:
    """Return the object in `body`. Raises BadJson."""
    found = _read(body)
    if not isinstance(found, dict):
        raise BadJson("Send one JSON object.")
    return found


def read_list(body: bytes) -> list[object]:
    """Return the list in `body`. Raises BadJson."""
    found = _read(body)
    if not isinstance(found, list):
        raise BadJson("Send one JSON list.")
    return found


def _read(body: bytes) -> object:
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        raise BadJson("Send JSON in UTF-8.") from None
    if _depth(text) > MAX_DEPTH:
        raise BadJson(f"Nest at most {MAX_DEPTH} levels.")
    try:
        found: object = json.loads(
            text, object_pairs_hook=_object, parse_int=_whole, parse_float=_fraction, parse_constant=_constant
        )
    except ValueError:
        raise BadJson("The body is not valid JSON.") from None
    return found


def _depth(text: str) -> int:
    if text.count("[") + text.count("{") <= MAX_DEPTH:
        return 0
    depth = deepest = 0
    for bracket in _BRACKETS.findall(_STRING.sub("", text)):
        depth += _STEP[bracket]
        deepest = max(deepest, depth)
    return deepest


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise BadJson("Give every name in an object once.")
    return found


def _whole(digits: str) -> int:
    if len(digits.removeprefix("-")) > MAX_DIGITS:
        raise BadJson("A number is too large.")
    return int(digits)


def _fraction(digits: str) -> float:
    found = float(digits)
    if found in (float("inf"), float("-inf")):
        raise BadJson("A number is too large.")
    return found


def _constant(name: str) -> NoReturn:  # noqa: ARG001 - the signature is json's
    raise BadJson("NaN and Infinity are not JSON.")
