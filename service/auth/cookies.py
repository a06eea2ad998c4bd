"""The desk's cookies: the session, the browser that has come in before, the form without a session, the way to and
from the OpenID provider.
"""

from datetime import timedelta

from flask import Request
from werkzeug.wrappers import Response

from comments.identity import RootKey
from comments.store.records import Moderator
from service.parts import parts

SESSION, FORM, KNOWN, PROVIDER = "session", "form", "known", "provider"
_NAMES = {SESSION: "replydesk", FORM: "replydesk-form", KNOWN: "replydesk-known", PROVIDER: "replydesk-provider"}
_PLAIN_NAMES = {
    SESSION: "replydesk_session",
    FORM: "replydesk_form",
    KNOWN: "replydesk_known",
    PROVIDER: "replydesk_provider",
}
KNOWN_LASTS = timedelta(days=90)
# Between our page and the provider's answer; people look for their phone there.
PROVIDER_LASTS = timedelta(minutes=10)
_LASTS = {KNOWN: KNOWN_LASTS, PROVIDER: PROVIDER_LASTS}


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
        max_age=_LASTS.get(which),
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
    """Return what a browser keeps after a whole login: it changes with the password and the second factor.

    It opens nothing by itself.
    """
    return known_browsers(key, moderator)[0]


def known_browsers(key: RootKey, moderator: Moderator) -> tuple[str, ...]:
    """Return what such a browser may show: it may have got it under another root key that is known."""
    shown = (moderator.login, moderator.password_hash, (moderator.totp_secret or b"").hex())
    return key.tokens("review-known", "\x1f".join(shown).encode())


def _name(request: Request, which: str) -> str:
    # __Host-: a browser takes it only with Secure, Path=/ and no Domain, so a sister site cannot plant one.
    return f"__Host-{_NAMES[which]}" if is_secure(request) else _PLAIN_NAMES[which]
