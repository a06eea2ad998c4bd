"""`replydesk embed`: what a site copies into its pages, ready to paste."""

from collections.abc import Iterator

from rich.console import Console

from comments.settings import Settings
from ops.opened import opened_store
from ops.problems import Problem
from ops.sites import find_site
from service.embed.snippet import snippet_for
from service.links import origin_of


def print_snippet(settings: Settings, site_key: str, url: str | None) -> None:
    """Print the lines for one site. Raises Problem."""
    service_url = (url or settings.public_url or "").rstrip("/")
    if origin_of(service_url) is None:
        raise Problem("say where readers reach this service: --url https://comments.example.org")
    with opened_store() as store:
        site = find_site(store, site_key)
    console = Console()
    for line in _lines(site.key, site.origins, service_url):
        # Neither coloured nor broken: it is for copying.
        console.print(line, markup=False, highlight=False, soft_wrap=True)


def _lines(site_key: str, origins: tuple[str, ...], service_url: str) -> Iterator[str]:
    snippet = snippet_for(site_key, service_url)
    yield from ("# Once in every page with comments, in its head:", snippet.script, "")
    yield from ("# The same without a pinned version, for pages that nobody makes anew after an upgrade:",)
    yield from (snippet.newest_script, "")
    yield from ("# Where the thread stands, unless the page includes it (docs/embed.md):", snippet.element, "")
    yield from ("# On lists of articles:", snippet.count, "")
    yield from (
        "# Content-Security-Policy: add to what your pages allow already",
        *(f"{line};" for line in snippet.policy),
    )
    if not origins:
        yield from ("", f"# First tell Replydesk where the site is: replydesk site set {site_key} --origin https://…")
