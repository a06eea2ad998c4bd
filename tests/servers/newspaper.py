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
_OURS = ("sort", "after", "reply_to", "replydesk")
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
        return (
            '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" '
            'content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">'
            f"<title>Newspaper</title>{self.snippet.script}</head><body><main><h1>Strikes</h1>{body}</main></body></html>"
        )

    def policy(self) -> str:
        """Return its content policy."""
        return "; ".join([*_STRICT, *self.snippet.policy])

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
            body = b"" if asked.path == "/favicon.ico" else newspaper.page(asked.path, query).encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
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
