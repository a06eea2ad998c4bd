"""The desk's cookies: the session, the browser that has logged in before, and the form that has no session yet."""

from datetime import timedelta

from flask import Request
from werkzeug.wrappers import Response

from comments.identity import RootKey
from comments.store.records import Moderator
from service.parts import parts

SESSION, FORM, KNOWN = "session", "form", "known"
_NAMES = {SESSION: "replydesk", FORM: "replydesk-form", KNOWN: "replydesk-known"}
_PLAIN_NAMES = {SESSION: "replydesk_session", FORM: "replydesk_form", KNOWN: "replydesk_known"}
KNOWN_LASTS = timedelta(days=90)


def is_secure(request: Request) -> bool:
    """Say whether the browser speaks https to us or to a proxy of ours."""
    return request.is_secure or (parts().settings.public_url or "").startswith("https://")


def read_cookie(request: Request, which: str) -> str:
    """Return a cookie's value, "" when there is none."""
    return request.cookies.get(_name(request, which), "")


def set_cookie(request: Request, response: Response, which: str, value: str) -> None:
    """Set a cookie that scripts cannot read and other sites cannot send with a form."""
    response.set_cookie(
        _name(request, which),
        value,
        max_age=KNOWN_LASTS if which == KNOWN else None,
        secure=is_secure(request),
        httponly=True,
        samesite="Lax",
        path="/" if is_secure(request) else "/review",
    )


def clear_cookie(request: Request, response: Response, which: str) -> None:
    """Take a cookie back."""
    response.delete_cookie(
        _name(request, which),
        secure=is_secure(request),
        httponly=True,
        samesite="Lax",
        path="/" if is_secure(request) else "/review",
    )


def known_browser(key: RootKey, moderator: Moderator) -> str:
    """Return what a browser keeps after a login: it changes with the password and opens nothing by itself."""
    return key.token("review-known", f"{moderator.login}\x1f{moderator.password_hash}".encode())


def _name(request: Request, which: str) -> str:
    # __Host-: a browser takes it only with Secure, Path=/ and no Domain, so a sister site cannot plant one.
    return f"__Host-{_NAMES[which]}" if is_secure(request) else _PLAIN_NAMES[which]
