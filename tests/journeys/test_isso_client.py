"""Isso's own script, as it is, on a site of its own: it shows a thread, counts, and sends a comment to Replydesk."""

import contextlib
import hashlib
import http.server
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from comments.store import open_store
from tests import factories
from tests.journeys.conftest import SCREENSHOTS
from tests.servers.replydesk import Replydesk, wait_until

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

SCRIPT = Path(__file__).parent / "isso" / "embed.min.js"
# As isso 0.14.0 on PyPI has it; a newer one changes this line and NOTICE.
SCRIPT_SHA256 = "e436be2ebce108f4ceb6831c2a54ad19d14ec6b7acc504454a21b0dd80ef0007"
PATH = "/2026/05/strikes/"
ADDRESS = "ngozi.marker@leak-test.example"
PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Strikes</title><link rel="icon" href="data:,">
<script data-isso="{url}/isso/courier/" data-isso-css="false" src="/embed.min.js" async></script>
<h1>Strikes on the border</h1><p><a href="{path}#isso-thread">Comments</a></p>
<section id="isso-thread" data-title="Strikes on the border"></section></html>"""


@dataclass(frozen=True)
class Newspaper:
    """A site with one page, on an origin of its own."""

    origin: str

    @property
    def article(self) -> str:
        """The page's address."""
        return self.origin + PATH


@pytest.fixture(scope="module")
def newspaper(replydesk: Replydesk) -> Iterator[Newspaper]:
    """The site, known to the service by its origin."""
    html = PAGE.format(url=replydesk.url, path=PATH).encode()
    with serving({PATH: ("text/html", html), "/embed.min.js": ("text/javascript", SCRIPT.read_bytes())}) as origin:
        store = open_store(f"sqlite:///{replydesk.data / 'replydesk.sqlite3'}")
        site = store.sites.add("courier", "The courier", origins=(origin,), now=datetime.now(UTC))
        made = factories.an_arrival(
            site=site.key, thread={"key": PATH, "url": origin + PATH}, name="Ada <b>", text="<i>First</i>"
        )
        factories.settle(store, store.inbox.accept(made, datetime.now(UTC)))
        store.close()
        asked = {"Origin": origin, "Access-Control-Request-Method": "GET"}
        # A preflight knows a new site's origin after the few seconds for which sites are remembered.
        wait_until(
            lambda: (
                "access-control-allow-origin"
                in replydesk.ask("OPTIONS", f"/isso/courier/?uri={PATH}", headers=asked).headers
            )
        )
        yield Newspaper(origin)


def test_script_is_the_file_that_was_looked_at() -> None:
    assert hashlib.sha256(SCRIPT.read_bytes()).hexdigest() == SCRIPT_SHA256


def test_isso_script_shows_a_thread_and_sends_a_comment(
    replydesk: Replydesk, newspaper: Newspaper, browser: Browser, page: Page
) -> None:
    # given: a page with Isso's script, at another origin than the service
    page.goto(newspaper.article)
    first = page.locator("#isso-root > .isso-comment")
    expect(first).to_have_count(1)
    expect(first.locator(".isso-author")).to_have_text("Ada <b>")
    expect(first.locator(".isso-text")).to_have_text("<i>First</i>")
    expect(first.locator(".isso-avatar svg rect").first).to_be_visible()
    expect(page.locator("h4.isso-thread-heading")).to_have_text("One Comment")
    expect(page.get_by_role("link", name="One Comment")).to_be_visible()

    # when: a reader answers the first comment
    first.get_by_text("Reply").click()
    box = first.locator(".isso-postbox")
    box.locator("textarea").fill("The envoys should have talked first.")
    box.locator("[name=author]").fill("Ngozi")
    box.locator("[name=email]").fill(ADDRESS)
    box.locator("[type=submit]").click()

    # then: they are told that it waits
    reply = first.locator(".isso-follow-up > .isso-comment")
    expect(reply).to_contain_text("Comment in queue for moderation.")
    expect(reply.locator(".isso-text")).to_have_text("The envoys should have talked first.")
    shoot(page, "isso-1280")

    # and: the workers publish it, and whoever comes next sees it below what it answers
    read = f"/isso/courier/?uri={PATH}"
    wait_until(lambda: replydesk.ask("GET", read).json["replies"][0]["replies"])
    assert ADDRESS.split("@", maxsplit=1)[0] not in replydesk.ask("GET", read).body
    assert page.context.cookies() == []
    with browser.new_context() as context:
        other = context.new_page()
        other.goto(newspaper.article)
        expect(other.locator("#isso-root .isso-follow-up > .isso-comment .isso-author")).to_have_text("Ngozi")
        expect(other.locator("h4.isso-thread-heading")).to_have_text("2 Comments")


@contextlib.contextmanager
def serving(files: dict[str, tuple[str, bytes]]) -> Iterator[str]:
    """Serve some files from an origin of their own for the length of the block."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            kind, content = files.get(self.path, ("text/plain", b""))
            self.send_response(200 if self.path in files else 404)
            self.send_header("Content-Type", f"{kind}; charset=utf-8")
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://localhost:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def shoot(page: Page, name: str) -> None:
    """Keep a picture for whoever looks."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=True)
