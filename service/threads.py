"""Threads as HTML: a page of our own, a fragment for other pages, and what the demo's articles include."""

from collections.abc import Collection, Mapping
from urllib.parse import parse_qsl, urlencode, urlsplit

from flask import Blueprint, Response, render_template, request, url_for
from markupsafe import Markup

from comments.masking import mask_addresses
from comments.phrases import phrase
from comments.store.inbox import UnknownSite
from comments.store.records import Site
from comments.store.threads import CommentPlace
from comments.submission import (
    MAX_ID,
    MAX_LEAD_CHARS,
    MAX_SECTION_CHARS,
    MAX_TITLE_CHARS,
    MAX_URL_CHARS,
    without_address,
)
from service.answers import html_answer
from service.cross_origin import readable_by
from service.door import door
from service.form_answers import is_page_of
from service.headers import is_private, share_across_origins
from service.hot_answers import is_of_version
from service.language import use_language
from service.links import public_base
from service.own_comment import find_own_comment
from service.page_links import AFTER, CONVERSATION, PageLinks
from service.parts import parts
from service.problems import Problem
from service.reply_form import OUR_PAGE
from service.theme_form import FORM, THEME, ThemeLinks
from service.thread_page import (
    Place,
    ThreadView,
    find_or_draw,
    is_thread_key,
    read_thread_key,
    receipt_in,
    view_thread,
)

threads = Blueprint("threads", __name__)

SHORT_CACHE = "public, max-age=5, stale-while-revalidate=30"
FORMAT, FRAGMENT, MINE = "format", "fragment", "mine"


@threads.get("/threads/<site_key>")
def show_thread(site_key: str) -> Response:
    """Answer with a thread: as a page, or with `format=fragment` as a piece of one for a page of the site.

    `format=mine` is the reader's own comment alone, by its receipt.
    """
    query = request.args.to_dict()
    html = _FORMATS.get(query.get(FORMAT, ""), _page)(site_key, query)
    return html_answer(html, cache="no-store" if is_private() else SHORT_CACHE)


@threads.get(f"/threads/<site_key>/comments/<int(max={MAX_ID}):comment_id>")
def show_comment(site_key: str, comment_id: int) -> Response:
    """Lead to the page of the thread on which a comment stands now.

    One that is not public, was taken back or never was there: all the same to who asks.
    """
    site = _site(site_key)
    place = parts().store.threads.place_of(site_key, comment_id)
    if place is None:
        raise Problem(
            404,
            "unknown_comment",
            phrase("There is no such comment here. It may have been taken back, or was never published."),
        )
    query = _page_with(site, comment_id, place)
    where = f"{url_for('threads.show_thread', site_key=site_key)}?{urlencode(query)}#comment-{comment_id}"
    return Response(status=303, headers={"Location": where, "Cache-Control": SHORT_CACHE})


def _page_with(site: Site, comment_id: int, at: CommentPlace) -> dict[str, str]:
    """Return the query of the page that shows the comment: of the thread if it can be, else of its conversation."""
    thread = {"thread": at.thread_key}
    alone = thread | {CONVERSATION: str(at.root_id)}
    pages = [thread, thread | {AFTER: str(at.after_root or "")}, alone]
    for query in pages:
        place = Place(site, at.thread_key, "", "", OUR_PAGE)
        if comment_id in find_or_draw(place, query, _page_links(place, query), request.script_root).names:
            return query
    return alone | {AFTER: str(at.after_reply or "")}


def render_thread(
    site_key: str, thread_key: str, thread_url: str, thread_title: str, query: Mapping[str, str]
) -> Markup:
    """Return the comments and the form for a page of this same application; its links stay on that page."""
    place = Place(_site(site_key), thread_key, thread_url, thread_title)
    base = request.script_root
    view = view_thread(place, query, PageLinks(query, named_by=_query_of(thread_url)), base)
    return Markup(render_template("fragment.html", view=view, base=base))  # noqa: S704 - a template of ours, autoescaped


def _page(site_key: str, query: Mapping[str, str]) -> str:
    place = _place(site_key, query, OUR_PAGE)
    view = view_thread(place, query, _page_links(place, query), request.script_root)
    _hold_for_others(view)
    return render_template("thread.html", view=view, base=request.script_root)


def _page_links(place: Place, query: Mapping[str, str]) -> PageLinks:
    of_our_page = {"thread": place.key, "url": place.url, "title": place.title}
    named_by = {name: value for name, value in of_our_page.items() if value and name in query}
    # From /threads/<site>: short, because it stands there once for every comment.
    return PageLinks(query, named_by=named_by, comments=f"{place.site.key}/comments/")


def _fragment(site_key: str, query: Mapping[str, str]) -> str:
    place = _place(site_key, query)
    share_across_origins()
    readable_by(place.site)
    base = public_base()
    view = view_thread(place, query, fragment_links(place, query), base)
    _hold_for_others(view)
    template = "theme_fragment.html" if query.get(FORM) == THEME else "fragment.html"
    return render_template(template, view=view, base=base)


def _hold_for_others(view: ThreadView) -> None:
    """Let others have the same page, unless a reader's own comment is on it."""
    if view.mine is None:
        is_of_version(view.place.site.key, view.place.key, view.list.page.version)


def _mine(site_key: str, query: Mapping[str, str]) -> str:
    site = _site(site_key)
    share_across_origins()
    readable_by(site)
    mine = find_own_comment(site.key, receipt_in(query), lambda: _shown_to_script(site_key, query), public_base())
    if mine is None:
        raise Problem(404, "unknown_receipt", phrase("There is no such receipt. Check that the link is complete."))
    return render_template("_mine.html", mine=mine, base=public_base())


def _shown_to_script(site_key: str, query: Mapping[str, str]) -> Collection[int]:
    """Return the comments on the page from which the script takes this one when it is public."""
    if not is_thread_key(query.get("thread", "").strip()):
        return ()
    place = _place(site_key, query)
    return find_or_draw(place, query, fragment_links(place, query), public_base()).names


_FORMATS = {FRAGMENT: _fragment, MINE: _mine}


def fragment_links(place: Place, query: Mapping[str, str]) -> PageLinks:
    """Links for a fragment lead to the article, when that is known to be one of the site's own pages."""
    if is_page_of(place.site.key, place.url):
        page = urlsplit(place.url)._replace(query="", fragment="").geturl()
        if query.get(FORM) == THEME:
            return ThemeLinks(place.key, query, named_by=_query_of(place.url), page=page)
        return PageLinks(query, named_by=_query_of(place.url), page=page)
    return PageLinks(query, named_by={"thread": place.key}, page=f"{public_base()}/threads/{place.site.key}")


def _query_of(url: str) -> dict[str, str]:
    """Return the parameters that name an article, as in WordPress's `?p=123`."""
    return dict(parse_qsl(urlsplit(url).query, keep_blank_values=True))


def _place(site_key: str, query: Mapping[str, str], return_to: str = "") -> Place:
    """Return the place that was asked for, without the email addresses that a newsletter's links carry."""
    site, key = _site(site_key), read_thread_key(query)
    url = query.get("url", "")[:MAX_URL_CHARS]
    title, section, lead = (
        mask_addresses(query.get(name, "")[:most])
        for name, most in (("title", MAX_TITLE_CHARS), ("section", MAX_SECTION_CHARS), ("lead", MAX_LEAD_CHARS))
    )
    return Place(site, key, without_address(url) if is_page_of(site_key, url) else "", title, return_to, section, lead)


def _site(site_key: str) -> Site:
    site = door().sites.find(site_key)
    if site is None:
        raise UnknownSite
    use_language(site.language)
    return site
