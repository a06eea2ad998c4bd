"""What people do in a real browser while addresses are typed: readers with and without scripts, and a moderator."""

import contextlib
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from playwright.sync_api import Page, expect

from tests.privacy.browser import Chromium, Session, Window, chromium
from tests.privacy.canaries import Aviary
from tests.privacy.world import World
from tests.servers.chromium import find_chromium
from tests.servers.newspaper import SITE, running_newspaper
from tests.service.review.conftest import COOKIE

# What a moderator opens; the card, the drawer and the settings come by clicks.
_DESK = ("approved", "rejected", "decided", "overview", "people", "trail", "account", "preferences", "help")
_TYPED = ("email",)


def visit(world: World, aviary: Aviary, journeys: Sequence[str]) -> bool:
    """Let everybody come by. Returns False when there is no Chromium: then the browser was not looked at."""
    path = find_chromium()
    if path is None:
        return False
    with chromium(path) as browser:
        for name in journeys:
            JOURNEYS[name](world, browser, aviary.hatch(f"browser, {name}"))
    return True


def read_and_post(world: World, browser: Chromium, address: str) -> None:
    """Post on the article's own page with scripts, look at the receipt, edit, and go back."""
    with _window(world, browser, "script") as window:
        window.page.goto(f"{world.running.url}/")
        window.look()
        write(window.page, address, "Said in a real browser, with scripts.", notify=True)
        window.look(own=_TYPED)  # for the next comment, until the page is left
        window.page.get_by_role("link", name="Keep this link").click()
        expect(window.page.get_by_role("heading", level=1)).to_be_visible()
        window.look()
        window.page.go_back()
        window.look(own=_TYPED)  # the browser itself fills them in again


def post_without_script(world: World, browser: Chromium, address: str) -> None:
    """Send a form that has to be mended, with an address for a name too, and then a good one."""
    with _window(world, browser, "no script", script=False) as window:
        window.page.goto(f"{world.running.url}/")
        window.look()
        _fill(window.page, address, "Said in a real browser, without scripts.", name=address)
        window.page.get_by_role("button", name="Post comment").click()
        expect(window.page.locator("#reply-name-error")).to_be_visible()
        window.look()
        write(window.page, address, "Said in a real browser, without scripts.")
        window.look()
        window.page.goto(f"{world.running.url}/privacy")
        window.look()


def post_elsewhere(world: World, browser: Chromium, address: str) -> None:
    """Post on a newspaper's own page, of another origin, where the script puts the thread."""
    with running_newspaper() as newspaper, _window(world, browser, "elsewhere") as window:
        newspaper.service_url = world.running.url
        if world.store.sites.find(SITE) is None:
            world.store.sites.add(SITE, "The Courier", origins=(newspaper.url,), now=datetime.now(UTC))
        window.page.goto(f"{newspaper.url}/element")
        write(window.page, address, "Said in a real browser, on another site.")
        window.look(own=_TYPED)


def moderate(world: World, browser: Chromium, _address: str) -> None:
    """Read the queue, a card, an author's drawer, the settings and the rest."""
    session = Session(COOKIE, world.sessions["admin"], f"{world.running.url}/review")
    with _window(world, browser, "desk", session=session) as window:
        page, desk = window.page, f"{world.running.url}/review"
        page.goto(f"{desk}/")
        window.look()
        page.locator("article.card [data-drawer]").first.click()
        expect(page.locator("#drawer h1")).to_be_visible()
        window.look()
        number = page.locator("article.card").first.get_attribute("data-card")
        for place in (f"comments/{number}", f"authors/{number}", "settings/demo", *_DESK):
            page.goto(f"{desk}/{place}")
            window.look()


def post_under_names(world: World, addresses: Mapping[str, str]) -> None:
    """Post with scripts under each name, with its address: what the planted leaks in the browser wait for."""
    path = find_chromium()
    if path is None:
        return
    with chromium(path) as browser, _window(world, browser, "planted") as window:
        for name, address in addresses.items():
            window.page.goto(f"{world.running.url}/")
            write(window.page, address, f"Said by {name}.", name=name)
            window.look(own=_TYPED)


JOURNEYS: dict[str, Callable[[World, Chromium, str], None]] = {
    "with scripts": read_and_post,
    "without scripts": post_without_script,
    "on another site": post_elsewhere,
    "at the desk": moderate,
}


def write(page: Page, address: str, text: str, *, name: str = "Bashir", notify: bool = False) -> None:
    """Post a comment and wait until the page says that it was taken."""
    _fill(page, address, text, name=name, notify=notify)
    page.get_by_role("button", name="Post comment").click()
    expect(page.get_by_role("link", name="Keep this link")).to_be_visible()


def _fill(page: Page, address: str, text: str, *, name: str, notify: bool = False) -> None:
    page.get_by_label("Name").fill(name)
    page.get_by_label("Email").fill(address)
    page.get_by_role("textbox", name="Comment").fill(text)
    if notify:
        page.get_by_label("Write to me when somebody replies").check()


def _window(world: World, browser: Chromium, name: str, **options: Any) -> contextlib.AbstractContextManager[Window]:
    return browser.window(world.directory / "browser" / name.replace(" ", "-"), world.pages, **options)
