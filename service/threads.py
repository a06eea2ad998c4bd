"""Threads as HTML: a page of our own, a fragment for other pages, and what the demo's articles include."""

from collections.abc import Mapping

from flask import Blueprint, Response, render_template, request
from markupsafe import Markup

from comments.store.inbox import UnknownSite
from comments.store.records import Site
from comments.submission import MAX_THREAD_KEY_CHARS, MAX_TITLE_CHARS, MAX_URL_CHARS
from service.answers import html_answer
from service.cross_origin import readable_by
from service.door import door
from service.form_answers import is_page_of
from service.headers import is_private, share_across_origins
from service.links import public_base
from service.page_links import PageLinks
from service.problems import Problem
from service.reply_form import OUR_PAGE
from service.thread_page import Place, view_thread

threads = Blueprint("threads", __name__)

SHORT_CACHE = "public, max-age=5, stale-while-revalidate=30"
FORMAT, FRAGMENT = "format", "fragment"


@threads.get("/threads/<site_key>")
def show_thread(site_key: str) -> Response:
    """Answer with a thread: as a page, or with `format=fragment` as a piece of one for a page of the site."""
    query = request.args.to_dict()
    place = _place(site_key, query)
    if query.get(FORMAT) == FRAGMENT:
        html = _fragment(place, query)
    else:
        view = view_thread(place, query, PageLinks(query))
        html = render_template("thread.html", view=view, base=request.script_root)
    return html_answer(html, cache="no-store" if is_private() else SHORT_CACHE)


def render_thread(
    site_key: str, thread_key: str, thread_url: str, thread_title: str, query: Mapping[str, str]
) -> Markup:
    """Return the comments and the form for a page of this same application; its links stay on that page."""
    place = Place(_site(site_key), thread_key, thread_url, thread_title)
    view = view_thread(place, query, PageLinks(query))
    return Markup(render_template("fragment.html", view=view, base=request.script_root))  # noqa: S704 - a template of ours, autoescaped


def _fragment(place: Place, query: Mapping[str, str]) -> str:
    share_across_origins()
    readable_by(place.site)
    asked = {name: value for name, value in query.items() if name not in {FORMAT, "thread", "url", "title"}}
    return render_template(
        "fragment.html", view=view_thread(place, query, _fragment_links(place, asked)), base=public_base()
    )


def _fragment_links(place: Place, asked: Mapping[str, str]) -> PageLinks:
    """Links for a fragment lead to the article, when that is known to be one of the site's own pages."""
    if is_page_of(place.site.key, place.url):
        return PageLinks(asked, page=place.url.partition("#")[0].partition("?")[0])
    return PageLinks({**asked, "thread": place.key}, page=f"{public_base()}/threads/{place.site.key}")


def _place(site_key: str, query: Mapping[str, str]) -> Place:
    key, url, title = (query.get(name, "").strip() for name in ("thread", "url", "title"))
    if not key or len(key) > MAX_THREAD_KEY_CHARS or len(url) > MAX_URL_CHARS or len(title) > MAX_TITLE_CHARS:
        raise Problem(400, "bad_thread", "Say which thread: `thread` is its key on the site.")
    site = _site(site_key)
    return Place(site, key, url if is_page_of(site_key, url) else "", title, return_to=OUR_PAGE)


def _site(site_key: str) -> Site:
    site = door().sites.find(site_key)
    if site is None:
        raise UnknownSite
    return site
