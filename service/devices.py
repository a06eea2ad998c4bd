"""Remembering a device, only where its reader ticked the box: one cookie for one site, made of nothing but chance.

It fills in nothing and shows nobody. All it can do is to have a clean comment of its reader not held as a stranger's.
Pages that caches keep never read it.
"""

from typing import TypeVar
from urllib.parse import urlsplit

from flask import request
from werkzeug.wrappers import Response

from comments.device import DEVICE_LASTS, TOKEN, device_hashes
from comments.store.records import Site
from service.auth.cookies import is_secure
from service.parts import parts
from service.posting import DeviceSent, Kept

FIELD = "remember"
HEADER = "Replydesk-Device"
# __Host-: a browser takes it only with Secure, Path=/ and no Domain, so a sister site cannot plant one.
_PREFIX, _PLAIN_PREFIX = "__Host-replydesk-device-", "replydesk_device_"
# Nobody has more sites on one host; a longer list of cookies was not set by us.
_MAX_SITES = 50

_Answer = TypeVar("_Answer", bound=Response)


def can_be_kept(site: Site, base: str) -> bool:
    """Say whether a browser would bring the cookie back from the page a form stands on: from our own, where `base` is
    empty, or from one of the same site as we are.

    Without a list of public suffixes the ends of the hosts have to do: at worst a box is offered that does nothing.
    """
    return not base or _end_of(base) in {_end_of(origin) for origin in site.origins}


def _end_of(url: str) -> str:
    host = urlsplit(url).hostname or ""
    labels = host.split(".")
    return host if labels[-1].isdigit() or ":" in host else ".".join(labels[-2:])


def read_cookie(site_key: str, *, is_wanted: bool = False) -> DeviceSent:
    """Return the device of a form of this site. `is_wanted`: its reader ticked the box."""
    return DeviceSent(request.cookies.get(_name(site_key), ""), is_wanted)


def read_header(*, is_wanted: bool) -> DeviceSent:
    """Return the device of a program, which keeps the token itself."""
    return DeviceSent(request.headers.get(HEADER, ""), is_wanted)


def remember(answer: _Answer, sent: DeviceSent, site_key: str, kept: Kept) -> _Answer:
    """Give the browser its cookie, if the reader asked for it."""
    if sent.is_wanted and kept.device:
        answer.set_cookie(
            _name(site_key),
            kept.device,
            max_age=DEVICE_LASTS,
            secure=is_secure(request),
            httponly=True,
            samesite="Lax",
            path="/",
        )
        answer.headers["Cache-Control"] = "no-store"
    return answer


def is_remembered(site_key: str) -> bool:
    """Say whether this browser is known on a site."""
    token = request.cookies.get(_name(site_key), "")
    if not TOKEN.fullmatch(token):
        return False
    return parts().store.devices.is_known(site_key, device_hashes(parts().key, site_key, token), parts().now())


def sites_of_browser() -> tuple[str, ...]:
    """Return the keys of the sites on which this browser says it is remembered."""
    prefix = _name("")
    return tuple(name.removeprefix(prefix) for name in request.cookies if name.startswith(prefix))[:_MAX_SITES]


def forget_cookies(answer: _Answer) -> _Answer:
    """Forget this browser on every site, and take its cookies back."""
    for site_key in sites_of_browser():
        forget(site_key, request.cookies[_name(site_key)])
        answer.delete_cookie(_name(site_key), secure=is_secure(request), httponly=True, samesite="Lax", path="/")
    return answer


def forget(site_key: str, token: str) -> bool:
    """Forget a device here. Returns False when it was not known."""
    if not TOKEN.fullmatch(token):
        return False
    return parts().store.devices.forget(device_hashes(parts().key, site_key, token))


def _name(site_key: str) -> str:
    return (_PREFIX if is_secure(request) else _PLAIN_PREFIX) + site_key
