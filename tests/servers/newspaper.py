"""A newspaper of its own origin, as a news site is: it includes the thread while it makes a page, or leaves it to the
script, and its content policy allows nothing but what Replydesk says it needs."""

import contextlib
import threading
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit

from service.embed.snippet import Snippet, snippet_for

SITE, THREAD, TITLE = "courier", "2024/strikes", "Strikes & <counter-strikes>"
# What our links and redirects put into an article's address; nothing else is handed on.
_OURS = ("sort", "conversation", "after", "reply_to", "replydesk")
# Its own style sheet, so that what looks for contrast sees a ground.
STYLE_SHEET, _STYLES = "/paper.css", b"body { background: Canvas; color: CanvasText; }"
_STRICT = ("default-src 'none'", "base-uri 'none'", "require-trusted-types-for 'script'", "trusted-types 'none'")


@dataclass
class Newspaper:
    """A running newspaper. `url` is its origin; `service_url` may be set once the service is there."""

    url: str
    service_url: str = ""

    @property
    def snippet(self) -> Snippet:
        """What the newspaper has copied."""
        return snippet_for(SITE, self.service_url)

    def page(self, path: str, query: dict[str, str]) -> str:
        """Return one of its pages: `/included`, `/element`, or the list of articles."""
        body = {"/included": self._included, "/element": self._element}.get(path, self._listed)(query)
        # The others are light for everybody.
        scheme = '<meta name="color-scheme" content="light dark">' if path == "/included" else ""
        return (
            '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" '
            f'content="width=device-width, initial-scale=1">{scheme}'
            f'<link rel="stylesheet" href="{STYLE_SHEET}">'
            f"<title>Newspaper</title>{self.snippet.script}</head><body><main><h1>Strikes</h1>{body}</main></body></html>"
        )

    def policy(self) -> str:
        """Return its content policy."""
        lines = "; ".join([*_STRICT, *self.snippet.policy])
        return lines.replace("style-src ", "style-src 'self' ")

    def _included(self, query: dict[str, str]) -> str:
        ours = {name: query[name] for name in _OURS if name in query}
        place = {"thread": THREAD, "url": f"{self.url}/included", "title": TITLE, "format": "fragment"}
        address = f"{self.service_url}/threads/{SITE}?{urlencode(place | ours)}"
        with urllib.request.urlopen(address, timeout=10) as answer:
            return str(answer.read().decode())

    def _element(self, _query: dict[str, str]) -> str:
        line = self.snippet.element.replace("KEY", THREAD).replace("ADDRESS", f"{self.url}/element")
        return line.replace("TITLE", escape(TITLE))

    def _listed(self, _query: dict[str, str]) -> str:
        line = self.snippet.count.replace("ADDRESS", f"{self.url}/included")
        return "".join(f"<p>{line.replace('KEY', key)}</p>" for key in [THREAD, *(f"other {n}" for n in range(120))])


@contextlib.contextmanager
def running_newspaper() -> Iterator[Newspaper]:
    """Run a newspaper on a loopback port for the length of the block."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked = urlsplit(self.path)
            query = {name: values[0] for name, values in parse_qs(asked.query).items()}
            is_page = asked.path not in {STYLE_SHEET, "/favicon.ico"}
            body = newspaper.page(asked.path, query).encode() if is_page else _STYLES
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8" if is_page else "text/css")
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Content-Security-Policy", newspaper.policy())
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Nobody reads it."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    newspaper = Newspaper(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield newspaper
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
