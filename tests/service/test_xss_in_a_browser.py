"""S-16: every payload in every field, in a real browser, on every page that shows it: nothing runs, nothing is fetched.

A payload that ran would open a dialog (all of them call `alert(4711)`), ask another server for something, breach the
content policy, or put an element into the page; each fails the test. One browser, many payloads a page.
"""

import contextlib
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, Route

from comments.store import Store
from comments.store.records import Accepted
from comments.submission import InvalidSubmission
from tests import factories
from tests.corpus.markup import PAYLOADS
from tests.servers.app import serving
from tests.servers.chromium import running_chromium
from tests.service.review.conftest import COOKIE

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

# So many that each fits on one page.
THREADS = 8
WATCH = """document.addEventListener("securitypolicyviolation",
  (breach) => console.error(`content policy: ${breach.violatedDirective} ${breach.blockedURI}`));"""
# An attribute or element that only a payload can have brought; the page's own have no handler and stay at home.
INTRUDERS = """() => [...document.querySelectorAll("*")].flatMap((each) => {
  const roots = [each, ...(each.shadowRoot ? each.shadowRoot.querySelectorAll("*") : [])];
  return roots.filter((one) => [...one.attributes].some((a) => a.name.startsWith("on") || a.name.startsWith("hx-on"))
    || /^(javascript|data|vbscript|blob|file):/i.test(one.getAttribute("href") || one.getAttribute("src") || "")
    || ["IFRAME", "OBJECT", "EMBED", "BASE", "APPLET", "FRAMESET", "MARQUEE", "VIDEO", "AUDIO", "MATH", "XMP"]
      .includes(one.tagName) || (one.tagName === "SCRIPT" && !one.src)
    || (one.tagName === "IMG" && one.getAttribute("src") === "x"))
    .map((one) => one.outerHTML.slice(0, 120));
})"""


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A real browser."""
    with running_chromium() as started:
        yield started


@pytest.fixture
def served(app: Flask) -> Iterator[str]:
    """The address of the running service."""
    with serving(app) as url:
        yield url


@pytest.fixture
def problems() -> list[str]:
    """What went wrong in the browser."""
    return []


@pytest.fixture
def context(chromium: Browser, served: str, problems: list[str]) -> Iterator[BrowserContext]:
    """A browser's window where every dialog, breach, script error and foreign request is written down."""
    opened = chromium.new_context()
    opened.add_init_script(WATCH)
    opened.on("dialog", lambda dialog: (problems.append(f"dialog {dialog.message}"), dialog.dismiss()))
    opened.on("weberror", lambda error: problems.append(str(error.error)))
    opened.on("console", lambda line: problems.append(line.text) if "policy" in line.text.lower() else None)
    opened.on(
        "request",
        lambda request: None if request.url.startswith(served) else problems.append(f"asked for {request.url}"),
    )
    yield opened
    opened.close()


def keep(store: Store, number: int, payload: str, *, is_held: bool = False) -> Accepted:
    """Keep a comment with the payload in every field. Where the door refuses it as a name, it is in the others."""
    make = factories.a_held_comment if is_held else factories.an_approved_comment
    place = f"story-{number}" if is_held else f"markup-{number % THREADS}"
    # The door refuses control characters, which tests/service/test_corpus.py shows; here the rest of it must get in.
    typed = "".join(character for character in payload if character.isprintable())
    thread = {"key": place, "url": "https://news.example/s", "title": typed, "section": typed}
    with contextlib.suppress(InvalidSubmission):
        return make(store, thread=thread, name=typed[:80], text=f"{typed} {number}")
    return make(store, thread=thread, text=f"{typed} {number}")


def look(page: Page, address: str, problems: list[str]) -> str:
    """Open a page and let what it holds happen; return what a reader sees."""
    answer = page.goto(address)
    assert answer is not None
    assert answer.status == 200, address
    # A mouse over everything, a focus on everything: what waits for them happens too.
    page.evaluate("""() => { for (const each of document.querySelectorAll("main *")) {
      for (const name of ["pointerover", "pointerenter", "mouseover", "focus", "animationstart", "toggle"])
        each.dispatchEvent(new Event(name)); } }""")
    assert page.evaluate(INTRUDERS) == [], address
    assert problems == [], address
    return str(page.evaluate("() => document.body.innerText"))


def look_through(page: Page, address: str, problems: list[str]) -> str:
    """Look at a page and at those that follow it."""
    words = look(page, address, problems)
    while following := page.query_selector(".more a[href*='after='], a[data-next]"):
        words += look(page, str(following.evaluate("(link) => link.href")), problems)
    return words


def count_shown(words: str) -> int:
    """Count the payloads that a reader sees as they were typed, in lines and spaces of the browser's making."""
    seen = "".join(words.split())
    return sum("".join(payload.split())[:60] in seen for payload in PAYLOADS)


def answer_with(html: str) -> Callable[[Route], None]:
    """Return what answers a request with this page."""
    return lambda route: route.fulfill(content_type="text/html; charset=utf-8", body=html)


def test_no_payload_does_anything_on_any_page(
    app: Flask, sqlite_store: Store, context: BrowserContext, served: str, problems: list[str]
) -> None:
    # given
    kept = [keep(sqlite_store, number, payload) for number, payload in enumerate(PAYLOADS)]
    for number, payload in enumerate(PAYLOADS):
        keep(sqlite_store, number, payload, is_held=True)
    page = context.new_page()

    # the thread's pages, with the form
    words = "".join(
        look_through(page, f"{served}/threads/demo?thread=markup-{number}", problems) for number in range(THREADS)
    )
    assert count_shown(words) >= 223, "else this proves little"

    # the receipt, as its author sees it, and the form that comes back with what was typed
    for receipt in kept[:: len(kept) // 12]:
        look(page, f"{served}/receipts/{factories.receipt_of(receipt)}", problems)

    # the desk
    moderator = factories.a_moderator(sqlite_store)
    token = sqlite_store.sessions.open(moderator.id, lasts=timedelta(hours=12), now=factories.NOW)
    context.add_cookies([{"name": COOKIE, "value": token, "url": f"{served}/review/"}])
    assert count_shown(look_through(page, f"{served}/review/", problems)) >= 223, "else this proves little"
    for path in ("decided", "trail", "overview"):
        look(page, f"{served}/review/{path}", problems)

    # the feed, opened like a page
    feed = context.new_page()
    feed.goto(f"{served}/feeds/demo.atom")
    assert problems == []


def test_no_payload_does_anything_in_the_widget(
    app: Flask, sqlite_store: Store, context: BrowserContext, served: str, problems: list[str]
) -> None:
    # given: an article of the same origin with nothing but the widget's two lines
    for number, payload in enumerate(PAYLOADS):
        keep(sqlite_store, number, payload)
    for number in range(THREADS):
        html = (
            f'<!doctype html><meta charset="utf-8"><title>Article</title><main>'
            f'<replydesk-thread site="demo" thread="markup-{number}"></replydesk-thread></main>'
            f'<script src="{served}/embed.js" defer></script>'
        )
        context.route(f"{served}/article-{number}", answer_with(html))
    page = context.new_page()
    words = ""

    for number in range(THREADS):
        # when
        look(page, f"{served}/article-{number}", problems)
        page.wait_for_selector("article.comment")

        # then
        assert page.evaluate(INTRUDERS) == []
        assert problems == []
        assert urlsplit(page.url).path == f"/article-{number}"
        words += str(page.evaluate("() => document.body.innerText"))
    assert count_shown(words) >= 223, "else this proves little"


def test_a_payload_that_is_not_escaped_is_noticed(context: BrowserContext, served: str, problems: list[str]) -> None:
    """Else everything above proves nothing."""
    page = context.new_page()
    body = f"<!doctype html><meta charset=utf-8><main>{''.join(re.findall(r'<img[^>]*>', ' '.join(PAYLOADS)))}</main>"
    context.route(f"{served}/bad", answer_with(body))

    page.goto(f"{served}/bad")

    assert page.evaluate(INTRUDERS)
    assert any("dialog" in problem or "asked for" in problem for problem in problems)
