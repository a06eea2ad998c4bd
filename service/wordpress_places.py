"""Where a WordPress form stood and where its reader goes next: only ever a page of the site's own, or of ours."""

import re
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

from flask import url_for

from comments.status import Status
from comments.store import StoreUnavailable
from comments.submission import MAX_URL_CHARS, is_web_address, without_address
from service.door import door
from service.links import origin_of, public_base
from service.page_links import RECEIPT, WORDPRESS_RECEIPT, WORDPRESS_UNAPPROVED
from service.posting import Kept
from service.wordpress_fields import Posted

PATH = "/wp-comments-post.php"
# What names an article in a plain permalink. Anything else may be a reader's own: a receipt, a newsletter's mark.
_NAMES_ARTICLE = frozenset({"p", "page_id", "attachment_id", "post_type", "name", "lang"})
_NAMES_RECEIPT = frozenset({RECEIPT, WORDPRESS_RECEIPT, WORDPRESS_UNAPPROVED})
_COMMENT_PAGE = re.compile(r"/comment-page-\d+/?$")


def origins_of(site_key: str) -> tuple[str, ...]:
    """Return the site's origins; none while nobody can be asked."""
    try:
        site = door().sites.find(site_key)
    except StoreUnavailable:
        return ()
    return site.origins if site else ()


def find_article(site_key: str, referrer: str) -> str:
    """Return the bare address of the article a form stood on; empty when the browser does not tell."""
    if not _is_on(origins_of(site_key), referrer):
        return ""
    page = urlsplit(referrer)
    query = [pair for pair in parse_qsl(page.query, keep_blank_values=True) if pair[0] in _NAMES_ARTICLE]
    # To another origin browsers send no more than their own, which would make the front page of every article.
    if page.path.endswith(PATH) or (page.path in {"", "/"} and not query):
        return ""
    path = _COMMENT_PAGE.sub("/", page.path)
    return without_address(page._replace(path=path, query=urlencode(query), fragment="").geturl())


def find_page(posted: Posted, thread_url: str = "") -> str:
    """Return the page a reader goes to: the one asked for, the article, or nothing that is known to be the site's."""
    origins = origins_of(posted.site)
    asked = _asked_for(posted, origins)
    return next((url for url in (asked, posted.article_url, thread_url) if _is_on(origins, url)), "")


def find_page_with_comment(posted: Posted, kept: Kept, thread_url: str) -> str:
    """Return where the reader sees their comment, with its receipt while it is not public."""
    ours = url_for("threads.show_thread", site_key=posted.site, thread=posted.thread_key)
    page = urlsplit(find_page(posted, thread_url) or public_base() + ours)
    query = [pair for pair in parse_qsl(page.query, keep_blank_values=True) if pair[0] not in _NAMES_RECEIPT]
    if kept.status is not Status.APPROVED:
        query += [(WORDPRESS_UNAPPROVED, str(kept.id)), (WORDPRESS_RECEIPT, kept.token)]
    return page._replace(query=urlencode(query), fragment=f"comment-{kept.id}").geturl()


def _asked_for(posted: Posted, origins: tuple[str, ...]) -> str:
    if not posted.redirect_to or not origins:
        return ""
    try:
        url = urljoin(posted.article_url or f"{origins[0]}/", posted.redirect_to)
    except ValueError:
        return ""
    return without_address(url)


def _is_on(origins: tuple[str, ...], url: str) -> bool:
    return len(url) <= MAX_URL_CHARS and is_web_address(url) and origin_of(url) in origins
