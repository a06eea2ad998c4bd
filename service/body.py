"""Reads a request's body: JSON through the gate, forms strictly, and nothing compressed."""

from collections.abc import Callable
from typing import TypeVar
from urllib.parse import parse_qsl

from flask import request

from comments.phrases import phrase
from service.json_gate import BadJson, read_list, read_object
from service.problems import Problem

JSON = "application/json"
URLENCODED = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"
FORMS = frozenset({URLENCODED, MULTIPART})
# Our form has ten fields; plugins around a theme's form may add a few.
MAX_FORM_FIELDS = 50

_Read = TypeVar("_Read")


def read_json() -> dict[str, object]:
    """Return the JSON object that was sent. Raises Problem (400, 413, 415)."""
    return _read_json(read_object)


def read_json_list() -> list[object]:
    """Return the JSON list that was sent. Raises Problem (400, 413, 415)."""
    return _read_json(read_list)


def _read_json(read: Callable[[bytes], _Read]) -> _Read:
    refuse_compression()
    charset = request.mimetype_params.get("charset", "utf-8")
    if request.mimetype != JSON or charset.lower().replace("_", "-") not in {"utf-8", "utf8"}:
        raise unsupported_type(JSON)
    try:
        return read(request.get_data(cache=False))
    except BadJson as error:
        raise Problem(400, "malformed", str(error)) from None


def read_form() -> dict[str, str]:
    """Return the fields of the form that was sent. Raises Problem (400, 413)."""
    pairs = read_pairs()
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise Problem(400, "malformed", phrase("Send every field once."))
    return fields


def read_pairs() -> list[tuple[str, str]]:
    """Return the fields of a form that is not ours, as often as they were sent. Raises Problem (400, 413)."""
    refuse_compression()
    return _urlencoded() if request.mimetype == URLENCODED else _multipart()


def refuse_compression() -> None:
    """Raise Problem for a compressed body: a few bytes could unpack to gigabytes, and no form sends one."""
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise Problem(415, "unsupported_encoding", phrase("Send the body uncompressed."))


def unsupported_type(*accepted: str) -> Problem:
    """Return the problem for a body of another type."""
    return Problem(
        415, "unsupported_type", phrase("Send JSON or a form."), headers={"Accept-Post": ", ".join(accepted)}
    )


# Werkzeug replaces bytes that are no UTF-8; what we keep has to be what was typed.
def _urlencoded() -> list[tuple[str, str]]:
    try:
        text = request.get_data(cache=False).decode("ascii")
        return parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=MAX_FORM_FIELDS)
    except ValueError:
        raise _unreadable() from None


def _multipart() -> list[tuple[str, str]]:
    try:
        request.get_data(parse_form_data=False).decode()  # a form of ours has no files, so all of it is text
    except UnicodeDecodeError:
        raise _unreadable() from None
    return list(request.form.items(multi=True))


def _unreadable() -> Problem:
    return Problem(400, "malformed", phrase("The form cannot be read."))
