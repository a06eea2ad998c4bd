"""The export as WordPress's importer reads it (WXR 1.2): an item for each thread, with its comments; no address.

What WordPress has no place for stands in fields that its importer keeps and our own reads (ops/imports/wxr.py).
"""

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from html import escape
from xml.sax.saxutils import escape as escape_xml

from comments.masking import mask_addresses
from comments.reasons import Reason
from comments.status import Status
from comments.store.exports import ExportedComment, ExportedThread
from comments.store.records import Site
from ops.imports.raw import State
from ops.imports.wxr import STATE_META, THREAD_KEY_META
from service.wordpress_fields import THREAD_KEY_PREFIX, read_number

# Threads that are no posts of WordPress get numbers above any that it gave.
_FIRST_POST_ID = 1_000_000_000
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<!-- Comments only. WordPress reads this by Tools, Import, WordPress. -->
<rss version="2.0" xmlns:excerpt="http://wordpress.org/export/1.2/excerpt/"
 xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:wfw="http://wellformedweb.org/CommentAPI/"
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:wp="http://wordpress.org/export/1.2/">
<channel>
"""
_FOOT = "</channel>\n</rss>\n"
_APPROVED = {Status.APPROVED: "1", Status.HELD: "0", Status.PENDING: "0", Status.ERASED: "trash"}
_SPAM = frozenset({Reason.SPAM.value, Reason.ADVERTISING.value})


def write_wxr(site: Site, pieces: Iterable[ExportedThread | ExportedComment], now: datetime) -> Iterator[str]:
    """Return the file piece by piece."""
    origin = site.origins[0] if site.origins else "http://localhost"
    yield _HEAD
    yield _plain("title", site.name) + _plain("link", origin) + _plain("pubDate", f"{now:%a, %d %b %Y %H:%M:%S} +0000")
    yield _plain("language", site.language) + "<wp:wxr_version>1.2</wp:wxr_version>\n"
    yield _plain("wp:base_site_url", origin) + _plain("wp:base_blog_url", origin)
    is_open = False
    for piece in pieces:
        if isinstance(piece, ExportedComment):
            yield _comment(piece)
        else:
            yield "</item>\n" * is_open + _item(piece)
            is_open = True
    yield "</item>\n" * is_open + _FOOT


def _item(thread: ExportedThread) -> str:
    number = read_number(thread.key.removeprefix(THREAD_KEY_PREFIX)) if thread.key.startswith(THREAD_KEY_PREFIX) else ""
    post_id = number or str(_FIRST_POST_ID + thread.id)
    at = _time(thread.created_at)
    return "".join(
        (
            "<item>\n",
            _plain("title", escape(mask_addresses(thread.title), quote=False)),
            _plain("link", thread.url),
            '<guid isPermaLink="false">', escape_xml(f"replydesk:{thread.key}"), "</guid>\n",
            "<description></description>\n<dc:creator></dc:creator>\n",
            "<content:encoded></content:encoded>\n<excerpt:encoded></excerpt:encoded>\n",
            _plain("wp:post_id", post_id),
            _plain("wp:post_date", at) + _plain("wp:post_date_gmt", at),
            _plain("wp:comment_status", "closed" if thread.closed_at else "open") + _plain("wp:ping_status", "closed"),
            _plain("wp:post_name", f"thread-{post_id}") + _plain("wp:status", "publish"),
            _plain("wp:post_parent", "0") + _plain("wp:menu_order", "0") + _plain("wp:post_type", "post"),
            _plain("wp:post_password", "") + _plain("wp:is_sticky", "0"),
            _meta("wp:postmeta", THREAD_KEY_META, thread.key),
        )
    )  # fmt: skip


def _comment(comment: ExportedComment) -> str:
    at = _time(comment.created_at)
    # WordPress keeps HTML: what is plain text here is escaped once for it and once for XML.
    name, text = escape(mask_addresses(comment.name)), escape(mask_addresses(comment.text), quote=False)
    return "".join(
        (
            "<wp:comment>\n",
            _plain("wp:comment_id", str(comment.id)),
            _plain("wp:comment_author", name) + _plain("wp:comment_author_email", ""),
            _plain("wp:comment_author_url", "") + _plain("wp:comment_author_IP", ""),
            _plain("wp:comment_date", at) + _plain("wp:comment_date_gmt", at),
            _plain("wp:comment_content", text),
            _plain("wp:comment_approved", _approved(comment)) + _plain("wp:comment_type", "comment"),
            _plain("wp:comment_parent", str(comment.parent_id or 0)) + _plain("wp:comment_user_id", "0"),
            _meta("wp:commentmeta", STATE_META, State.GONE.value) if comment.status is Status.ERASED else "",
            "</wp:comment>\n",
        )
    )


def _approved(comment: ExportedComment) -> str:
    if comment.status is Status.REJECTED:
        return "spam" if comment.reason in _SPAM else "trash"
    return _APPROVED[comment.status]


def _meta(name: str, key: str, value: str) -> str:
    return f"<{name}>{_plain('wp:meta_key', key)}{_plain('wp:meta_value', value)}</{name}>\n"


def _plain(name: str, text: str) -> str:
    return f"<{name}>{escape_xml(_NOT_XML.sub('', text))}</{name}>\n"


def _time(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S}"
