"""Links to our own pages: from the configured address, else from the address the request came to."""

from functools import lru_cache
from urllib.parse import urlsplit

from flask import request
from werkzeug.sansio.utils import get_current_url

from service.parts import parts


def public_base() -> str:
    """Return the service's address without a slash at its end."""
    configured = parts().settings.public_url
    return configured.rstrip("/") if configured else _root(request.scheme, request.host, request.root_path)


@lru_cache(maxsize=64)
def _root(scheme: str, host: str, path: str) -> str:
    """Return what `request.url_root` is; it is worked out with each request, and the hosts of a service are few."""
    return get_current_url(scheme, host, path).rstrip("/")


def receipt_url(token: str) -> str:
    """Return the author's private link."""
    return f"{public_base()}/receipts/{token}"


def comment_address(site_key: str, comment_id: int, base: str) -> str:
    """Return a public comment's own address below `base`; it leads to the page of the thread that it is on."""
    return f"{base}/threads/{site_key}/comments/{comment_id}"


def origin_of(url: str) -> str | None:
    """Return scheme and host as a browser writes an Origin; None for what is no web address."""
    try:
        parts_of = urlsplit(url)
        port = parts_of.port
    except ValueError:
        return None
    if parts_of.scheme not in {"http", "https"} or not parts_of.hostname:
        return None
    host = f"[{parts_of.hostname}]" if ":" in parts_of.hostname else parts_of.hostname
    default = {"http": 80, "https": 443}[parts_of.scheme]
    return f"{parts_of.scheme}://{host}" + ("" if port in (None, default) else f":{port}")
