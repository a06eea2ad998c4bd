"""Forged forms: is a request from our own page? Asked twice, by the browser's word and by a token."""

import re
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from hmac import compare_digest
from urllib.parse import urlsplit

from flask import Request

from comments.identity import RootKey

FORM_LASTS = timedelta(hours=1)
_PURPOSE = "review-form"
_TOKEN = re.compile(r"([0-9]{1,12})\.([A-Za-z0-9_-]{22})", re.ASCII)


def is_from_our_page(request: Request) -> bool:
    """Say whether the browser, as far as it tells, sends this from a page of ours."""
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    if site is not None and site not in {"same-origin", "none"}:
        return False
    if origin is None:
        return True
    if origin == "null":  # what a page without a referrer says, but also what a sandboxed frame says
        return site == "same-origin"
    return _host(origin) == request.host


def _host(origin: str) -> str | None:
    try:
        return urlsplit(origin).netloc
    except ValueError:  # "http://[" looks like the beginning of an IPv6 address
        return None


def same_secret(expected: str, given: str) -> bool:
    """Compare without telling by the time how much of it was right."""
    return compare_digest(expected.encode(), given.encode("utf-8", "replace"))


def is_one_of(expected: Iterable[str], given: str) -> bool:
    """Say whether one of these is what was given, without telling by the time which and how much of it."""
    compared = [same_secret(each, given) for each in expected]  # all of them
    return any(compared)


def new_binding() -> str:
    """Return what ties a form without a session to one browser, by a cookie."""
    return secrets.token_urlsafe(16)


def form_token(key: RootKey, binding: str, purpose: str, now: datetime) -> str:
    """Return a token for a form that is shown before there is a session. It lasts an hour."""
    issued = str(int(now.timestamp()))
    return f"{issued}.{key.token(_PURPOSE, _signed(binding, purpose, issued))}"


def is_form_token(token: str, key: RootKey, binding: str, purpose: str, *, now: datetime) -> bool:
    """Say whether the token was given for this form to this browser within the last hour."""
    match = _TOKEN.fullmatch(token)
    if not match or not binding:
        return False
    issued, signature = match.groups()
    age = now.timestamp() - int(issued)
    fresh = -60 <= age <= FORM_LASTS.total_seconds()  # two web machines' clocks may differ by a little
    return is_one_of(key.tokens(_PURPOSE, _signed(binding, purpose, issued)), signature) and fresh


def _signed(binding: str, purpose: str, issued: str) -> bytes:
    return "\x1f".join((binding, purpose, issued)).encode()
