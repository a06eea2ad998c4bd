"""What kind of request a route answers, for the metrics. A route of a blueprint that is not here counts as `other`."""

from comments.metrics import Route

_POSTS = frozenset({"public.post_comment", "wordpress.post_comment", "isso.post_comment"})
_KINDS = {
    "public": Route.READ,
    "reading": Route.READ,
    "threads": Route.READ,
    "feeds": Route.READ,
    "isso": Route.READ,
    "wordpress": Route.READ,
    "wordpress_reads": Route.READ,
    "receipts": Route.RECEIPT,
    "notices": Route.RECEIPT,
    "privacy_requests": Route.RECEIPT,
    "device_page": Route.RECEIPT,
    "review": Route.DESK,
    "plain_pages": Route.ASSET,
    "embed": Route.ASSET,
    "challenges": Route.READ,
    "identicons": Route.ASSET,
    "static": Route.ASSET,
    "versioned_static": Route.ASSET,
    "health": Route.HEALTH,
}


def kind_of_route(endpoint: str | None, method: str) -> Route:
    """Return the kind; `other` for what is no route of ours."""
    if endpoint in _POSTS and method == "POST":
        return Route.POST
    return _KINDS.get((endpoint or "").partition(".")[0], Route.OTHER)
