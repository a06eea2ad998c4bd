"""A thread of everything that breaks a page, in a real browser: nothing overflows, no letter is cut, each line its way.

With REPLYDESK_SCREENSHOTS=1 it leaves pictures beside those of the journeys.
"""

import os
from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page

from comments.roles import EVERY_SITE
from comments.store import Store
from tests import factories
from tests.journeys.conftest import SCREENSHOTS
from tests.servers.app import serving
from tests.servers.chromium import running_chromium

pytestmark = pytest.mark.browser

YORUBA = "Ọ̀rọ̀ yìí ṣe pàtàkì gan-an; ẹ jẹ́ kí a gbọ́ tẹnu àwọn aráàlú. Ìjọba gbọ́dọ̀ dáhùn."
IGBO = "Ụlọ akwụkwọ dị mkpa; ndị nnọchi anya kwesịrị ikwu okwu ọ́nụ̀ ha n'ọhaneze."
ARABIC = "السلام عليكم ورحمة الله وبركاته. كان على السفراء أن يتحدثوا أولاً قبل أن تطير الصواريخ."
MIXED = f"English first.\n{ARABIC}\nThen {YORUBA}"
LONG_WORD = "Supercalifragilistic" * 20
LINK = "https://news.example/" + "a-very-long-path/" * 12
NAME_OF_60 = "Olúwafẹ́mi Adébáyọ̀ Ọládàpọ̀ Adéyẹmí-Ògúnbọ̀wálé Jnr. Esq."
NAME_IN_ONE_WORD = "W" * 60
# Beside the widths of a phone and a desk: the smallest that WCAG asks for, and 1280 px at 200 % zoom.
SIZES = {"320": (320, 1), "360": (360, 1), "1280": (1280, 1), "1280 at 200 %": (640, 2)}
WAYS = {"thread": "", "oldest": "&sort=oldest", "conversation": "&conversation=1&after=9", "answering": "&reply_to=2"}

_TOO_WIDE = """() => {
  const width = document.documentElement.clientWidth;
  const seen = [...document.querySelectorAll("body *")].filter((each) => {
    const box = each.getBoundingClientRect();
    return box.width && !each.closest(".trap") && (box.right > width + 0.5 || box.left < -0.5);
  });
  return seen.map((each) => `${each.tagName} ${each.className} ${each.textContent.slice(0, 40)}`);
}"""
# Where each line of a text begins: its distance from the left and from the right end of the paragraph.
_LINES = """(text) => {
  const box = text.getBoundingClientRect(), range = document.createRange();
  range.selectNodeContents(text);
  return [...range.getClientRects()].filter((line) => line.width > 1)
    .map((line) => [Math.round(line.left - box.left), Math.round(box.right - line.right)]);
}"""


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A real browser."""
    with running_chromium() as started:
        yield started


@pytest.fixture
def url(app: Flask, sqlite_store: Store) -> Iterator[str]:
    """The address of a thread with everything in it."""
    _write(sqlite_store)
    with serving(app) as address:
        yield f"{address}/threads/demo?thread=border-strikes"


def _write(store: Store) -> None:
    root = factories.an_approved_comment(store, name="Ngozi A.", text="Three hundred of you will answer.")
    last = root.id
    for number, (name, text) in enumerate(((NAME_OF_60, YORUBA), (NAME_IN_ONE_WORD, IGBO), ("بشير", ARABIC)), 1):
        last = factories.an_approved_comment(store, name=name, text=text, parent=last).id
        assert last == root.id + number
    for number in range(30):
        last = factories.an_approved_comment(store, name=f"Reader {number}", text="Yes.", parent=last).id
    for name, text in {
        "Long": ("Word after word. " * 295)[:5_000],
        "Word": LONG_WORD,
        "Link": LINK,
        "Mixed": MIXED,
        "Tower": "Z̸̡̢̧̨" + "a" * 200,
        "عبد الله": ARABIC,
    }.items():
        factories.an_approved_comment(store, name=name, text=text)
    moderator = factories.a_moderator(store)
    store.newsroom.reply(root.id, YORUBA, moderator_id=moderator.id, scope=EVERY_SITE, now=factories.NOW)


def _shoot(page: Page, name: str) -> None:
    if os.environ.get("REPLYDESK_SCREENSHOTS"):
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=SCREENSHOTS / f"thread-{name.replace(' ', '-').replace('%', '')}.png", full_page=True)


def test_nothing_overflows_at_any_width_with_any_words(chromium: Browser, url: str) -> None:
    found = {}
    for size, (width, scale) in SIZES.items():
        # Without a script, without an image, in the dark: nothing here may need any of them.
        context = chromium.new_context(
            viewport={"width": width, "height": 800},
            device_scale_factor=scale,
            java_script_enabled=False,
            color_scheme="dark" if size == "360" else "light",
        )
        context.route("**/*.{png,jpg,svg,ico}", lambda route: route.abort())
        page = context.new_page()
        for way, query in WAYS.items():
            page.goto(url + query)
            found[size, way] = page.evaluate(_TOO_WIDE)
            _shoot(page, f"{way}-{size}")
        context.close()

    assert {place: wide for place, wide in found.items() if wide} == {}


def test_each_paragraph_reads_in_its_own_direction(chromium: Browser, url: str) -> None:
    page = chromium.new_page(viewport={"width": 360, "height": 800})
    page.goto(url)

    def lines(start: str) -> list[list[int]]:
        found: list[list[int]] = page.locator(".text", has_text=start).first.evaluate(_LINES)
        return found

    # A line that begins at the right ends anywhere on the left, and the other way round.
    assert [right for _, right in lines("السلام")[:1]] == [0]
    assert [left for left, _ in lines("Three hundred")[:1]] == [0]
    mixed = page.locator(".text", has_text="English first.").first.evaluate(_LINES)
    assert mixed[0][0] == 0
    assert mixed[1][1] == 0, "the Arabic paragraph begins at the right although the first one is English"
    assert mixed[-1][0] == 0
    page.close()


def test_marks_above_and_below_have_room(chromium: Browser, url: str) -> None:
    page = chromium.new_page(viewport={"width": 320, "height": 800})
    page.goto(f"{url}&sort=oldest")

    def ratio(locator: str) -> float:
        found: float = page.locator(locator).first.evaluate(
            "(each) => parseFloat(getComputedStyle(each).lineHeight) / parseFloat(getComputedStyle(each).fontSize)"
        )
        return found

    assert ratio(".comment .text") >= 1.5
    assert ratio(".comment h3") >= 1.45
    # Nothing that holds a name or a text cuts off what sticks out of its line.
    clipped = page.evaluate(
        """() => [...document.querySelectorAll(".comment, .comment *")]
        .filter((each) => getComputedStyle(each).overflowY !== "visible").length"""
    )
    assert clipped == 0
    page.close()


def test_comment_that_was_linked_is_in_sight_and_marked(chromium: Browser, url: str) -> None:
    page = chromium.new_page(viewport={"width": 360, "height": 800})
    base = url.partition("?")[0]

    page.goto(f"{base}/comments/20")

    target = page.locator(":target")
    assert target.get_attribute("id") == "comment-20"
    box = target.bounding_box()
    assert box is not None
    assert 0 <= box["y"] < 700
    page.close()
