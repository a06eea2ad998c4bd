"""What a site copies into its pages to have the script: the lines of HTML, and those of its content policy."""

from dataclasses import dataclass
from html import escape
from urllib.parse import quote

from service.embed.script import script
from service.links import origin_of


@dataclass(frozen=True, slots=True)
class Snippet:
    """Lines to copy. `element` is a whole thread in one line, `count` a number on a list of articles."""

    script: str
    newest_script: str
    element: str
    count: str
    policy: tuple[str, ...]


def snippet_for(site_key: str, service_url: str) -> Snippet:
    """Return the lines for a site whose comments are at `service_url` (without a slash at its end)."""
    site, origin = escape(site_key), origin_of(service_url) or service_url
    return Snippet(
        script=f'<script src="{escape(service_url)}{script().path}" integrity="{script().integrity}"\n'
        f'  crossorigin="anonymous" data-site="{site}" defer></script>',
        newest_script=f'<script src="{escape(service_url)}/embed.js" data-site="{site}" defer></script>',
        element=f'<replydesk-thread site="{site}" thread="KEY" url="ADDRESS" title="TITLE">\n'
        f'  <a href="{escape(service_url)}/threads/{quote(site_key)}?thread=KEY">Comments</a>\n'
        "</replydesk-thread>",
        count='<a href="ADDRESS#comments" data-replydesk-count="KEY">Comments</a>',
        policy=policy_for(origin),
    )


def policy_for(origin: str) -> tuple[str, ...]:
    """Return what the content policy of a page has to allow; to be added to what it allows already.

    The form posts to the service and comes back to the page, and Chrome applies form-action to the way back too.
    """
    return (
        f"script-src {origin}",
        f"style-src {origin}",
        f"connect-src {origin}",
        f"form-action 'self' {origin}",
    )
