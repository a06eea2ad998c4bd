"""A reader and a moderator in a real browser: the theme's own form at WordPress, our desk, and back on the article."""

import contextlib
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from tests.servers.chromium import running_chromium
from tests.servers.replydesk import Replydesk, running_replydesk, setup_link, wait_until
from tests.servers.wordpress import Wordpress
from tests.wordpress.answers import shape
from tests.wordpress.ways import SITE, WAYS

RESULT = Path(__file__).with_name("journey.json")
SCREENSHOTS = Path("var/screenshots")
PASSWORD = "Harmattan-dust-at-noon-7"
ADDRESS = "ngozi.marker@address-canary.example"
WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 360, "height": 740}
# The plugin keeps what it fetched for ten seconds.
_KEPT_SECONDS = 15
# As docs/wordpress.md asks for: behind Apache the service sees the newspaper's own host name.
SETTINGS = {"rate_limits": "off", "trusted_proxies": "127.0.0.1", "public_url": "http://127.0.0.1:{port}"}
_ARTICLE = """$id = wp_insert_post( array( 'post_title' => 'Dust over the river', 'post_name' => '{name}',
'post_status' => 'publish', 'post_author' => 1,
'post_content' => 'The harmattan came early this year, and the ferries stayed at the quay until noon.' ) );
echo $id;"""


@dataclass
class Story:
    """What happens on one article, and what was seen, step by step."""

    wordpress: Wordpress
    replydesk: Replydesk
    desk: Page
    name: str
    has_script: bool
    seen: dict[str, object] = field(default_factory=dict)

    @property
    def url(self) -> str:
        """The article's address at WordPress."""
        return f"{self.wordpress.url}/{self.name}/"


def travel(wordpress: Wordpress) -> dict[str, object]:
    """Go every way with script and without. Returns what was seen."""
    with _a_newsroom(wordpress) as (replydesk, browser, desk):
        seen = {way: _go(way, wordpress, replydesk, browser, desk) for way in WAYS}
    theme = wordpress.php("echo get_stylesheet();")
    return {"format": 1, "wordpress": wordpress.version, "theme": theme, "ways": seen}


def _go(way: str, wordpress: Wordpress, replydesk: Replydesk, browser: Browser, desk: Page) -> dict[str, object]:
    WAYS[way](wordpress, replydesk.url)
    seen = {}
    for has_script in (True, False):
        slug = re.sub(r"\W+", "-", f"{way} {'with' if has_script else 'without'} script")
        story = Story(wordpress, replydesk, desk, slug, has_script)
        wordpress.php(_ARTICLE.format(name=slug))
        with _a_reader(browser, wordpress, has_script=has_script) as reader:
            tell(story, reader)
            _see_nothing_of_the_reader(story, reader.context)
        seen["with script" if has_script else "without script"] = story.seen
    seen["replydesk away"] = _go_away(story, browser)
    return seen


def tell(story: Story, reader: Page) -> None:
    """Comment on the article, have it approved, answer it, have the answer approved."""
    number = _comment_after_a_slip(story, reader, "Ngozi A.", "Who pays the ferrymen for the morning?")
    story.seen["after posting"] = _shape(story, reader.url)
    mine = reader.locator(".replydesk .mine")
    expect(mine).to_contain_text("Awaiting moderation")
    expect(mine).to_contain_text("Who pays the ferrymen for the morning?")
    story.seen["awaiting notice"] = True
    _shoot(story, reader, "awaiting")
    _look_as_somebody_else(story, reader, "Who pays the ferrymen")
    _approve(story, "Who pays the ferrymen")
    _reload_until_public(story, reader, "Who pays the ferrymen")
    _shoot(story, reader, "public")
    if story.has_script:  # axe-core is one
        story.seen["axe-core finds in our part"] = _problems_of_our_part(reader)
    answer = _answer(story, reader, number)
    _approve(story, "Nobody does, as ever")
    _reload_until_public(story, reader, "Nobody does, as ever")
    expect(reader.locator(f"#comment-{answer}.d1")).to_be_visible()
    story.seen["answer stands under its comment"] = True
    _shoot(story, reader, "answered")


def _comment_after_a_slip(story: Story, reader: Page, name: str, text: str) -> str:
    """Post the theme's form with half an address, and what comes back once it is mended. Returns our number."""
    reader.goto(story.url)
    story.seen["form posts to"] = _shape(story, reader.locator("#commentform").get_attribute("action") or "")
    _fill_in(reader, name, text, email="ngozi.marker@")
    expect(reader.get_by_role("alert")).to_contain_text("Please enter a valid email address.")
    expect(reader.locator("[name=comment]")).to_have_value(text)
    expect(reader.locator(".trap")).not_to_be_in_viewport()  # else the page has no style sheet
    story.seen["refused at"] = _shape(story, reader.url)
    _shoot(story, reader, "refused")
    reader.locator("[name=email]").fill(ADDRESS)
    reader.get_by_role("button", name="Post comment").click()
    return _number_of_kept(reader)


def _fill_in(reader: Page, name: str, text: str, *, email: str = ADDRESS) -> None:
    reader.locator("#commentform [name=author]").fill(name)
    reader.locator("#commentform [name=email]").fill(email)
    reader.locator("#commentform [name=comment]").fill(text)
    reader.locator("#commentform [type=submit]").click()


def _number_of_kept(reader: Page) -> str:
    """Return our number of the comment from where its reader was sent."""
    reader.wait_for_url(re.compile("unapproved="))
    return parse_qs(urlsplit(reader.url).query)["unapproved"][0]


def _problems_of_our_part(reader: Page) -> list[str]:
    found = Axe().run(reader, context=".replydesk").response["violations"]
    return [f"{each['id']}: {each['help']}" for each in found]


def _answer(story: Story, reader: Page, number: str) -> str:
    reader.locator(f"#comment-{number} .answer").click()
    expect(reader.locator("#commentform [name=comment_parent]")).to_have_value(number)
    story.seen["form answers our comment"] = True
    story.seen["form says whom"] = "Ngozi A." in reader.locator("#reply-title").inner_text()
    _shoot(story, reader, "answering")
    _fill_in(reader, "Bashir", "Nobody does, as ever. They wait with us.")
    return _number_of_kept(reader)


def _approve(story: Story, text: str) -> None:
    """Approve a held comment at the desk."""
    desk = story.desk
    card = desk.locator("article", has_text=text)

    def is_waiting() -> bool:
        desk.goto(f"{story.replydesk.url}/review/")
        return card.count() == 1

    wait_until(is_waiting)
    expect(card).to_contain_text("Held")
    story.seen["named at the desk"] = "Dust over the river" in card.inner_text()
    card.get_by_role("button", name="Approve").click()
    expect(card).to_have_count(0)
    story.seen["held, then approved at the desk"] = True


def _reload_until_public(story: Story, reader: Page, text: str) -> None:
    began = time.monotonic()

    def is_public() -> bool:
        reader.goto(story.url)
        return reader.locator(".replydesk .comment", has_text=text).count() == 1

    wait_until(is_public, seconds=_KEPT_SECONDS)
    assert time.monotonic() - began < _KEPT_SECONDS
    story.seen["on the article once approved"] = True


def _look_as_somebody_else(story: Story, reader: Page, text: str) -> None:
    """Open the article as another reader, who must not see the text yet."""
    assert reader.context.browser
    with _a_reader(reader.context.browser, story.wordpress, has_script=True) as other:
        other.goto(story.url)
        expect(other.locator("#commentform")).to_be_visible()
        assert text not in other.content()
    story.seen["nobody else sees it while it waits"] = True


def _see_nothing_of_the_reader(story: Story, context: BrowserContext) -> None:
    """No cookie, no address on any page, and nothing in WordPress's own table."""
    assert context.cookies() == []
    story.seen["cookies"] = 0
    for path in ("", "?sort=oldest", "feed/"):
        page = context.request.get(story.url + path).text()
        assert "canary" not in page
    story.seen["address on a page"] = False
    kept = story.wordpress.sql(f"SELECT COUNT(*) FROM wp_comments WHERE comment_author_email = '{ADDRESS}'")  # noqa: S608 - our own address
    assert kept.strip() == "0", kept
    story.seen["comments that WordPress kept"] = 0


def _go_away(story: Story, browser: Browser) -> dict[str, object]:
    """Stop Replydesk's processes for a moment: the article stays what it is, without comments."""
    web = story.replydesk.children()
    for process in web:
        process.suspend()
    try:
        time.sleep(_KEPT_SECONDS)
        with _a_reader(browser, story.wordpress, has_script=False) as reader:
            began = time.monotonic()
            answer = reader.goto(story.url)
            took = time.monotonic() - began
            assert answer
            expect(reader.locator("#commentform")).to_be_visible()
            expect(reader.locator(".replydesk")).to_have_count(0)
            _shoot(story, reader, "away")
    finally:
        for process in web:
            process.resume()
    assert took < 5, took
    return {"status": answer.status, "comments": 0, "form is there": True, "seconds below": 5}


@contextlib.contextmanager
def _a_newsroom(wordpress: Wordpress) -> Iterator[tuple[Replydesk, Browser, Page]]:
    """Run Replydesk with this newspaper as its site, and a browser with a moderator at the desk."""
    with (
        tempfile.TemporaryDirectory(prefix="wordpress-journey-") as directory,
        running_replydesk(Path(directory), **SETTINGS) as replydesk,
        running_chromium() as browser,
    ):
        _ops(replydesk, "site", "add", SITE, "Harmattan Herald", "--origin", wordpress.url)
        _ops(replydesk, "site", "set", SITE, "--mode", "hold_all")
        desk = browser.new_context(viewport=WIDE).new_page()
        desk.goto(replydesk.url + setup_link(replydesk))
        for name, typed in {"login": "ada", "password": PASSWORD, "again": PASSWORD}.items():
            desk.locator(f"[name={name}]").fill(typed)
        desk.locator("main form button.primary").click()
        desk.wait_for_url("**/review/**")
        yield replydesk, browser, desk


def _ops(replydesk: Replydesk, *words: str) -> None:
    command = [sys.executable, "-m", "ops", *words]
    environment = {"REPLYDESK_DATA_DIR": str(replydesk.data), "PATH": "/usr/bin:/bin"}
    subprocess.run(command, env=environment, check=True, capture_output=True)


@contextlib.contextmanager
def _a_reader(browser: Browser, wordpress: Wordpress, *, has_script: bool) -> Iterator[Page]:
    """A fresh browser: wide with script, narrow without; it talks to this machine alone, and errors of pages count."""
    context = browser.new_context(viewport=WIDE if has_script else NARROW, java_script_enabled=has_script)
    context.route(lambda url: urlsplit(url).hostname != "127.0.0.1", _abort)
    page = context.new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    yield page
    context.close()
    assert not problems, problems


def _abort(route: Route) -> None:
    route.abort()


def _shape(story: Story, url: str) -> str:
    return shape(url, {story.url: "ARTICLE/", story.wordpress.url: "WORDPRESS", story.replydesk.url: "REPLYDESK"})


def _shoot(story: Story, page: Page, what: str) -> None:
    """Keep a screenshot of the comments at this reader's width and at the other one."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    before = page.viewport_size
    for size in (WIDE, NARROW):
        page.set_viewport_size(size)  # type: ignore[arg-type]  # a plain dictionary of the two
        path = SCREENSHOTS / f"wordpress-{story.name}-{what}-{size['width']}.png"
        page.screenshot(path=path, full_page=True)
    page.set_viewport_size(before)  # type: ignore[arg-type]  # what it said itself
