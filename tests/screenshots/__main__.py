"""`make screenshots`: the pictures in docs/images, taken of a running service that the demo's replies were posted to.

Taken anew after a page has changed, and looked at before they are committed. Needs Chromium and Debian's pngquant.
"""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urljoin

from playwright.sync_api import Browser, Page, ViewportSize, expect

from tests.servers.chromium import running_chromium
from tests.servers.replydesk import Replydesk, running_replydesk, setup_link, under_test

IMAGES = Path(__file__).parents[2] / "docs" / "images"
MAX_BYTES = 250 * 1024
LOGIN, PASSWORD = "ada", "Harmattan-dust-at-noon-7"
ARTICLE = ViewportSize(width=560, height=860)
DESK = ViewportSize(width=1080, height=860)
PHONE = ViewportSize(width=360, height=740)
# The two pages as they would stand beside each other on a wide screen.
BESIDE = """<!doctype html><style>
body { margin: 0; padding: 16px; display: flex; gap: 16px; background: #d9dce1 }
img { display: block; border-radius: 6px }
</style><img src="article.png"><img src="desk.png">"""


def main() -> None:
    """Take all of them, or say what is missing."""
    if shutil.which("pngquant") is None:
        sys.exit("pngquant is missing: apt-get install pngquant")
    with tempfile.TemporaryDirectory() as directory, running_chromium() as chromium:
        folder = Path(directory)
        with running_replydesk(folder, rate_limits="off") as replydesk:
            subprocess.run([*under_test(), "demo", "replies", "--url", replydesk.url], check=True)
            take(chromium, replydesk, folder)
        put_beside(chromium, folder)
        for name in ("together", "queue", "reject", "author", "overview", "settings", "phone"):
            keep(folder / f"{name}.png")


def take(chromium: Browser, replydesk: Replydesk, folder: Path) -> None:
    """Take every page."""
    with opened(chromium, ARTICLE) as page:
        page.goto(replydesk.url + "/")
        page.goto(urljoin(page.url, page.get_by_role("link", name="Oldest").get_attribute("href") or ""))
        page.get_by_role("heading", name="Comments").evaluate("heading => heading.scrollIntoView()")
        page.screenshot(path=folder / "article.png")
    with opened(chromium, DESK) as page:
        enter(page, replydesk)
        page.keyboard.press("j")
        page.screenshot(path=folder / "desk.png")
        shutil.copyfile(folder / "desk.png", folder / "queue.png")
        work(page, folder)
        look_around(page, replydesk, folder)
        page.set_viewport_size(PHONE)
        page.goto(f"{replydesk.url}/review/")
        page.screenshot(path=folder / "phone.png")


def work(page: Page, folder: Path) -> None:
    """Decide on one comment, with the reasons of the next unfolded; look at an author."""
    page.keyboard.press("s")
    expect(page.locator("#toast")).to_contain_text("Rejected as spam.")
    page.keyboard.press("r")
    page.screenshot(path=folder / "reject.png")
    page.keyboard.press("Escape")
    page.keyboard.press("u")
    expect(page.locator("#drawer")).to_be_visible()
    page.screenshot(path=folder / "author.png")


def look_around(page: Page, replydesk: Replydesk, folder: Path) -> None:
    """Take the overview and a site's settings with what a change would have done."""
    page.goto(f"{replydesk.url}/review/overview")
    page.screenshot(path=folder / "overview.png", full_page=False)
    page.goto(f"{replydesk.url}/review/settings/demo")
    page.locator("input[name=mode][value=hold_first]").check()
    page.get_by_role("button", name="See what this would change").click()
    page.screenshot(path=folder / "settings.png")


def enter(page: Page, replydesk: Replydesk) -> None:
    """Make the first moderator by the one-time link, which leads to the queue."""
    page.goto(replydesk.url + setup_link(replydesk))
    page.get_by_label("Login").fill(LOGIN)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label("The same again").fill(PASSWORD)
    page.get_by_role("button", name="Make the moderator").click()
    expect(page).to_have_url(replydesk.url + "/review/")
    expect(page.locator("[data-open-keys]")).to_be_visible()  # the script is at work


@contextmanager
def opened(chromium: Browser, size: ViewportSize) -> Iterator[Page]:
    """Open a page of this size, in light, where nothing moves by and by."""
    context = chromium.new_context(viewport=size, color_scheme="light", reduced_motion="reduce")
    yield context.new_page()
    context.close()


def put_beside(chromium: Browser, folder: Path) -> None:
    """Make one picture of the article and the desk."""
    (folder / "beside.html").write_text(BESIDE)
    size = ViewportSize(width=48 + ARTICLE["width"] + DESK["width"], height=32 + DESK["height"])
    with opened(chromium, size) as page:
        page.goto((folder / "beside.html").as_uri())
        page.screenshot(path=folder / "together.png")


def keep(picture: Path) -> None:
    """Put a picture into docs/images in 256 colours at most, or fail if it is too heavy for a page."""
    target = IMAGES / picture.name
    subprocess.run(["pngquant", "--force", "--strip", "--speed=1", "--output", target, picture], check=True)
    size = target.stat().st_size
    print(f"{target.name}: {size / 1024:.0f} KiB")
    if size > MAX_BYTES:
        sys.exit(f"{target.name} has more than {MAX_BYTES // 1024} KiB")


if __name__ == "__main__":
    main()
