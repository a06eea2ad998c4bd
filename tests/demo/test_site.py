"""The demo newspaper: whole in the first HTML, without dead links, inline code or anything from elsewhere."""

from collections.abc import Mapping
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urldefrag

import pytest
from flask import Flask
from flask.testing import FlaskClient
from markupsafe import Markup, escape

import demo.site
from demo.site import create_site
from demo.stories import SECTIONS, STORIES, Story

STYLESHEET = Path(demo.site.__file__).parent / "static" / "site.css"
MAX_FIRST_HTML_BYTES = 60 * 1024
VOID = {"meta", "link", "img", "source", "br", "input"}
SCRIPT = {"src": "/embed.js", "data-site": "demo", "defer": ""}
PAGES = [story.path for story in STORIES] + [f"/{section}" for section in SECTIONS]


class Page(HTMLParser):
    """What a browser would find on one page; `unclosed` and `misnested` are empty for well-formed HTML."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.unclosed: list[str] = []
        self.misnested: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self.unclosed.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if self.unclosed.pop() != tag:
            self.misnested.append(tag)

    def every(self, name: str) -> list[str]:
        """The values of one attribute, whichever tags carry it."""
        return [attributes[name] for _, attributes in self.tags if name in attributes]

    def named(self, tag: str) -> list[dict[str, str]]:
        return [attributes for found, attributes in self.tags if found == tag]


def thread_fragment(site: str, key: str, url: str, title: str, query: Mapping[str, str]) -> Markup:
    """Shows what it was asked for, in place of comments."""
    words = escape("|".join([site, key, url, title, *(f"{name}={value}" for name, value in query.items())]))
    return Markup("<section><h2>Comments</h2><p>{}</p></section>").format(words)


@pytest.fixture
def client() -> FlaskClient:
    app = Flask("newspaper")
    app.register_blueprint(create_site(thread_fragment))
    return app.test_client()


def read(client: FlaskClient, path: str) -> Page:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return Page(answer.text)


@pytest.mark.parametrize("path", PAGES)
def test_page_is_well_formed_and_has_its_landmarks(client: FlaskClient, path: str) -> None:
    page = read(client, path)

    assert (page.unclosed, page.misnested) == ([], [])
    assert len(set(page.every("id"))) == len(page.every("id"))
    assert [len(page.named(tag)) for tag in ("main", "h1", "title", "footer")] == [1, 1, 1, 1]
    assert page.named("html") == [{"lang": "en-NG"}]
    assert page.named("a")[0]["href"] == "#content", "the skip link comes first"


@pytest.mark.parametrize("path", PAGES)
def test_page_has_no_inline_code_and_nothing_from_elsewhere(client: FlaskClient, path: str) -> None:
    page = read(client, path)

    assert not [name for _, attributes in page.tags for name in attributes if name == "style" or name[:2] == "on"]
    assert not page.named("style")
    assert page.named("script") == [SCRIPT]
    loaded = [link["href"] for link in page.named("link") if link["rel"] != "canonical"]
    loaded += own_files(page)
    assert loaded, "else this proves nothing"
    assert all(url.startswith("/demo-static/") for url in loaded)


def test_every_link_leads_somewhere(client: FlaskClient) -> None:
    # given a reader who starts at the front page and follows everything
    to_read, pages = {"/"}, dict[str, Page]()
    while to_read:
        path = to_read.pop()
        pages[path] = read(client, path)
        to_read |= {urldefrag(href).url or path for href in links(pages[path])} - pages.keys()

    # then every page of the paper was reached, and every anchor exists
    assert pages.keys() == set(PAGES)
    anchors = [(urldefrag(href).url or path, urldefrag(href).fragment) for path in pages for href in links(pages[path])]
    assert all(fragment in pages[path].every("id") for path, fragment in anchors if fragment)
    # and so do the files
    files = {url for page in pages.values() for url in own_files(page)}
    files |= {link["href"] for page in pages.values() for link in page.named("link") if link["rel"] != "canonical"}
    assert all(fetch_status(client, url) == 200 for url in files)


def links(page: Page) -> list[str]:
    return [anchor["href"] for anchor in page.named("a")]


def own_files(page: Page) -> list[str]:
    """The pictures; the one script is the service's."""
    return [url for url in page.every("src") + page.every("srcset") if url != SCRIPT["src"]]


def fetch_status(client: FlaskClient, path: str) -> int:
    with client.get(path) as answer:
        return answer.status_code


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.key)
def test_thread_stands_in_the_first_html(client: FlaskClient, story: Story) -> None:
    html = client.get(f"{story.path}?sort=newest").text

    asked_for = escape(f"demo|{story.key}|http://localhost{story.path}|{story.headline}|sort=newest")
    assert asked_for in html
    assert html.index(story.headline) < html.index(asked_for)


@pytest.mark.parametrize("path", PAGES)
def test_page_leaves_most_of_the_first_html_to_the_comments(client: FlaskClient, path: str) -> None:
    assert len(client.get(path).data) < MAX_FIRST_HTML_BYTES / 4


def test_pictures_are_described_and_keep_their_place(client: FlaskClient) -> None:
    pictures = read(client, "/").named("img")

    assert pictures
    assert all(len(picture["alt"]) > 40 and picture["width"] and picture["height"] for picture in pictures)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_can_be_read_on_its_ground(scheme: str) -> None:
    tokens = read_tokens(scheme)

    for ground in ("ground", "raised"):
        for ink in ("ink", "ink-soft", "accent", "approve", "hold", "reject"):
            assert contrast(tokens[ink], tokens[ground]) >= 4.5, (ink, ground)


def read_tokens(scheme: str) -> dict[str, str]:
    light, dark = STYLESHEET.read_text("utf-8").split("@media (prefers-color-scheme: dark)")
    rules = (light if scheme == "light" else dark.split("\n}\n")[0]).splitlines()
    declarations = [rule.strip(" ;").split(": ") for rule in rules if rule.strip().startswith("--")]
    return {name[2:]: value for name, value in declarations if value.startswith("#")}


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2 defines it."""
    shares = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
